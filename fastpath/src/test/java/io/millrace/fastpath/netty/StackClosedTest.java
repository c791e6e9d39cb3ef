package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.MemoryLink;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stack that is closed under its channels, in every way in which that can be done. */
@Timeout(60)
class StackClosedTest {
    private static final int CONNECTIONS = 8;

    private final long memoryBefore = MemoryRegion.bytesInUse();
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final Noting noting = new Noting();
    private final List<Channel> clients = new ArrayList<>();
    private final List<ChannelFuture> writes = new ArrayList<>();
    private MemoryLink link;
    private LinkedStack serverStack;
    private LinkedStack clientStack;
    private MillraceEventLoopGroup serverGroup;
    private MillraceEventLoopGroup clientGroup;

    /** Connections both of whose sides have bytes that the other does not read. */
    @BeforeEach
    void connect() {
        link = MemoryLink.builder().ethernet(false).queues(2).build();
        serverStack = new LinkedStack("10.0.0.1", 2, queue -> link.side(0).queue(queue));
        clientStack = new LinkedStack("10.0.0.2", 2, queue -> link.side(1).queue(queue));
        serverGroup = new MillraceEventLoopGroup(serverStack);
        clientGroup = new MillraceEventLoopGroup(clientStack);
        final Channel listening = new ServerBootstrap().group(serverGroup).channel(MillraceServerSocketChannel.class)
                .childHandler(noting).childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.AUTO_READ, false).bind("10.0.0.1", 80).syncUninterruptibly().channel();
        final Bootstrap client = new Bootstrap().group(clientGroup).channel(MillraceSocketChannel.class)
                .handler(noting).option(ChannelOption.ALLOCATOR, allocator).option(ChannelOption.AUTO_READ, false);
        for (int i = 0; i < CONNECTIONS; i++) {
            final Channel channel = client.connect(listening.localAddress()).syncUninterruptibly().channel();
            clients.add(channel);
            writes.add(channel.writeAndFlush(allocator.directBuffer(8 << 20).writeZero(8 << 20)));
        }
        // one that will never be answered
        writes.add(client.connect("10.0.0.99", 80));
        final MillraceSocketChannel unanswered = (MillraceSocketChannel) writes.getLast().channel();
        clients.add(unanswered);
        Rig.until(() -> unanswered.isConnectionOpen() && noting.active.size() == 2 * CONNECTIONS);
    }

    @AfterEach
    void close() {
        clientGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        serverGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        clientStack.close();
        serverStack.close();
        link.close();
        assertThat(clientStack.defects()).isEmpty();
        assertThat(serverStack.defects()).isEmpty();
        assertThat(allocator.metric().usedDirectMemory()).as("direct bytes not released").isZero();
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes of the stacks").isEqualTo(memoryBefore);
    }

    private void assertEnded() {
        for (final Channel channel : clients) {
            assertThat(channel.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
        }
        // a channel is closed before its writes are failed
        assertThat(writes).allMatch(write -> write.awaitUninterruptibly(20, TimeUnit.SECONDS)).extracting(
                ChannelFuture::cause).allSatisfy(cause -> assertThat(cause).isInstanceOf(IOException.class));
        assertThat(noting.exceptions).allSatisfy(cause -> assertThat(cause).isInstanceOf(IOException.class));
    }

    @Test
    void shouldEndChannelsWhereAnotherThreadClosesTheStack() {
        clientStack.close();
        assertEnded();
    }

    @Test
    void shouldEndChannelsWhereATaskOfTheirLoopClosesTheStack() {
        clients.getFirst().eventLoop().execute(clientStack::close);
        assertEnded();
    }

    @Test
    void shouldEndChannelsWhereAHandlerClosesTheStackInATurn() {
        noting.onException = () -> {
            clientStack.engine(0).requestClose();
            clientStack.engine(1).requestClose();
        };
        serverStack.close();
        assertEnded();
    }

    /** In the middle of a pass over what waits, in a task: the stack is closed as soon as the handler returns. */
    @Test
    void shouldEndChannelsWhereAHandlerClosesTheStackWhileItReads() {
        final Channel reading = noting.active.stream().filter(channel -> channel.parent() != null).findFirst()
                .orElseThrow();
        reading.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(100));
        noting.onRead = () -> {
            noting.onRead = () -> {};
            serverStack.close();
        };
        reading.read();
        assertThat(reading.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
        assertThat(noting.exceptions).isNotEmpty()
                .allSatisfy(cause -> assertThat(cause).isInstanceOf(IOException.class));
    }

    @Test
    void shouldEndChannelsWhereTheGroupIsShutDownMeanwhile() {
        clientGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS);
        clientStack.close();
        assertEnded();
    }

    @Test
    void shouldEndChannelsWhoseGroupIsShutDownFirst() {
        clientGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        clientStack.close();
        assertEnded();
    }

    @Test
    void shouldCloseAStackUnderAChannelThatIsRegisteredNowhere() {
        final Channel first = clients.getFirst();
        first.deregister().syncUninterruptibly();
        clientStack.close();
        first.close();
        assertThat(first.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
        assertEnded();
    }

    /** Its loop ends before it comes to a turn of its engine with the channel registered. */
    @Test
    void shouldEndAChannelThatConnectsWhileItsGroupIsShutDown() {
        final Bootstrap client = new Bootstrap().group(clientGroup).channel(MillraceSocketChannel.class)
                .handler(noting);
        final Channel late = client.register().syncUninterruptibly().channel();
        final Future<ChannelFuture> connect = late.eventLoop().submit(() -> {
            clientGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS);
            return new Bootstrap().group(late.eventLoop()).channel(MillraceSocketChannel.class).handler(noting)
                    .register().channel().connect(new InetSocketAddress("10.0.0.99", 80));
        });
        clientGroup.terminationFuture().syncUninterruptibly();
        assertThat(connect.getNow().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
        assertThat(connect.getNow().cause()).isInstanceOf(ClosedChannelException.class);
        clientStack.close();
        assertEnded();
    }

    @Test
    void shouldCloseAStackUnderAChannelWhoseGroupHasEnded() {
        final Channel channel = new Bootstrap().group(clientGroup).channel(MillraceSocketChannel.class).handler(noting)
                .option(ChannelOption.AUTO_READ, false).connect("10.0.0.1", 80).syncUninterruptibly().channel();
        channel.deregister().syncUninterruptibly();
        clientGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        clientStack.close();
        assertThat(channel.isOpen()).isTrue();
        channel.unsafe().closeForcibly();
        assertThat(channel.isOpen()).isFalse();
    }

    /** What was told, whatever channel it was about. */
    @Sharable
    private static final class Noting extends ChannelInboundHandlerAdapter {
        final Queue<Throwable> exceptions = new ConcurrentLinkedQueue<>();
        final Queue<Channel> active = new ConcurrentLinkedQueue<>();
        volatile Runnable onException = () -> {};
        volatile Runnable onRead = () -> {};

        @Override
        public void channelActive(final ChannelHandlerContext ctx) {
            active.add(ctx.channel());
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ((ByteBuf) message).release();
            onRead.run();
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
            exceptions.add(cause);
            onException.run();
        }
    }
}
