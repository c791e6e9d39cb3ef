package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.testing.BalancePort;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Two stacks of real engines on a link in memory, for datagrams; closing asserts that nothing is left. */
final class DatagramRig implements AutoCloseable {
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    final LinkedStack left;
    final LinkedStack right;
    final MillraceEventLoopGroup leftGroup;
    final MillraceEventLoopGroup rightGroup;
    private final long memoryBefore = MemoryRegion.bytesInUse();
    private final MemoryLink link;
    private final List<BalancePort> ports = new ArrayList<>();

    DatagramRig(final int engines) {
        link = MemoryLink.builder().ethernet(false).queues(engines).build();
        left = new LinkedStack("10.0.0.1", engines, queue -> balanced(link.side(0).queue(queue)));
        right = new LinkedStack("10.0.0.2", engines, queue -> balanced(link.side(1).queue(queue)));
        leftGroup = new MillraceEventLoopGroup(left);
        rightGroup = new MillraceEventLoopGroup(right);
    }

    private PacketPort balanced(final PacketPort port) {
        final BalancePort balance = new BalancePort(port);
        ports.add(balance);
        return balance;
    }

    Bootstrap onLeft(final ChannelHandler handler) {
        return bootstrap(leftGroup, handler);
    }

    Bootstrap onLeft(final int engine, final ChannelHandler handler) {
        return bootstrap(leftGroup.loopOf(engine), handler);
    }

    Bootstrap onRight(final int engine, final ChannelHandler handler) {
        return bootstrap(rightGroup.loopOf(engine), handler);
    }

    Bootstrap onRight(final ChannelHandler handler) {
        return bootstrap(rightGroup, handler);
    }

    private Bootstrap bootstrap(final EventLoopGroup group, final ChannelHandler handler) {
        return new Bootstrap().group(group).channel(MillraceDatagramChannel.class).handler(handler).option(
                ChannelOption.ALLOCATOR, allocator);
    }

    @Override
    public void close() {
        leftGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        rightGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        left.close();
        right.close();
        link.close();
        assertThat(allocator.metric().usedDirectMemory()).as("direct bytes not released").isZero();
        assertThat(allocator.metric().usedHeapMemory()).as("heap bytes not released").isZero();
        assertThat(ports).as("frames that engines still hold").allMatch(port -> port.held() == 0);
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes of the stacks").isEqualTo(memoryBefore);
    }
}
