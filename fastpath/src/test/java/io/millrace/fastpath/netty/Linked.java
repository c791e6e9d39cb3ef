package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.testing.BalancePort;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Two real stacks on one memory link, each with its group. What they hold in the end fails {@link #close}. */
final class Linked implements AutoCloseable {
    static final InetSocketAddress SERVER = new InetSocketAddress("10.0.0.1", 80);

    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    final LinkedStack serverStack;
    final LinkedStack clientStack;
    final MillraceEventLoopGroup serverGroup;
    final MillraceEventLoopGroup clientGroup;
    private final long memoryBefore = MemoryRegion.bytesInUse();
    private final List<BalancePort> ports = new ArrayList<>();
    private final MemoryLink link;

    /** @param engines of each stack. */
    Linked(final int engines) {
        this(engines, Faults.NONE);
    }

    /** @param faults what happens to packets, both ways. */
    Linked(final int engines, final Faults faults) {
        link = MemoryLink.builder().ethernet(false).queues(engines).build();
        serverStack = new LinkedStack("10.0.0.1", engines, queue -> balanced(link.side(0).queue(queue)));
        clientStack = new LinkedStack("10.0.0.2", engines, queue -> balanced(
                new FaultInjectionPort(link.side(1).queue(queue), faults, faults, 42 + queue)));
        serverGroup = new MillraceEventLoopGroup(serverStack);
        clientGroup = new MillraceEventLoopGroup(clientStack);
    }

    private BalancePort balanced(final PacketPort port) {
        final BalancePort balance = new BalancePort(port);
        ports.add(balance);
        return balance;
    }

    ServerBootstrap server(final ChannelHandler child) {
        return new ServerBootstrap().group(serverGroup).channel(MillraceServerSocketChannel.class).childHandler(child)
                .childOption(ChannelOption.ALLOCATOR, allocator).localAddress(SERVER);
    }

    Channel serve(final ChannelHandler child) {
        return server(child).bind().syncUninterruptibly().channel();
    }

    Bootstrap client(final ChannelHandler handler) {
        return new Bootstrap().group(clientGroup).channel(MillraceSocketChannel.class).handler(handler)
                .option(ChannelOption.ALLOCATOR, allocator).remoteAddress(SERVER);
    }

    MillraceSocketChannel connect(final ChannelHandler handler) {
        return connected(client(handler).connect());
    }

    static MillraceSocketChannel connected(final ChannelFuture connect) {
        return (MillraceSocketChannel) connect.syncUninterruptibly().channel();
    }

    static void shutDown(final MillraceEventLoopGroup group) {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Override
    public void close() {
        shutDown(clientGroup);
        shutDown(serverGroup);
        clientStack.close();
        serverStack.close();
        link.close();
        assertThat(allocator.metric().usedDirectMemory()).as("direct bytes not released").isZero();
        assertThat(allocator.metric().usedHeapMemory()).as("heap bytes not released").isZero();
        assertThat(ports).as("frames that engines still hold").allMatch(port -> port.held() == 0);
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes of the stacks").isEqualTo(memoryBefore);
    }
}
