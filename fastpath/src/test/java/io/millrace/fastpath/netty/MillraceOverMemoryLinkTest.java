package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.TcpInfo;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.BalancePort;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Netty against Netty over two real stacks. */
@Timeout(60)
class MillraceOverMemoryLinkTest {
    private static final int PORT = 80;

    private final long memoryBefore = MemoryRegion.bytesInUse();
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private LinkedStack serverStack;
    private LinkedStack clientStack;
    private MillraceEventLoopGroup serverGroup;
    private MillraceEventLoopGroup clientGroup;
    private final List<BalancePort> ports = new ArrayList<>();

    private void start(final int engines, final Faults faults) {
        final MemoryLink link = MemoryLink.builder().ethernet(false).queues(engines).build();
        serverStack = new LinkedStack("10.0.0.1", engines, queue -> balanced(link.side(0).queue(queue)));
        clientStack = new LinkedStack("10.0.0.2", engines,
                queue -> balanced(
                        new FaultInjectionPort(link.side(1).queue(queue), faults, faults, 42 + queue)));
        serverGroup = new MillraceEventLoopGroup(serverStack);
        clientGroup = new MillraceEventLoopGroup(clientStack);
        toClose.addAll(List.of(() -> shutDown(clientGroup), () -> shutDown(serverGroup), clientStack, serverStack,
                link));
    }

    private BalancePort balanced(final PacketPort port) {
        final BalancePort balance = new BalancePort(port);
        ports.add(balance);
        return balance;
    }

    private static void shutDown(final MillraceEventLoopGroup group) {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable next : toClose) {
            next.close();
        }
        assertThat(allocator.metric().usedDirectMemory()).as("direct bytes not released").isZero();
        assertThat(allocator.metric().usedHeapMemory()).as("heap bytes not released").isZero();
        assertThat(ports).as("frames that engines still hold").allMatch(port -> port.held() == 0);
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes of the stacks").isEqualTo(memoryBefore);
    }

    private Channel serve(final ChannelHandler child) {
        return server(child).bind("10.0.0.1", PORT).syncUninterruptibly().channel();
    }

    private ServerBootstrap server(final ChannelHandler child) {
        return new ServerBootstrap().group(serverGroup).channel(MillraceServerSocketChannel.class).childHandler(child)
                .childOption(ChannelOption.ALLOCATOR, allocator);
    }

    private Bootstrap client(final ChannelHandler handler) {
        return new Bootstrap().group(clientGroup).channel(MillraceSocketChannel.class).handler(handler).option(
                ChannelOption.ALLOCATOR, allocator);
    }

    private static ChannelFuture connect(final Bootstrap bootstrap) {
        return bootstrap.connect(new InetSocketAddress("10.0.0.1", PORT));
    }

    private static byte[] pattern(final int length, final int seed) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) + (i >> 16) + seed);
        }
        return bytes;
    }

    @Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        final Queue<Channel> channels = new ConcurrentLinkedQueue<>();

        @Override
        public void channelActive(final ChannelHandlerContext ctx) {
            final MillraceSocketChannel channel = (MillraceSocketChannel) ctx.channel();
            assertThat(channel.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.1", PORT));
            channels.add(channel);
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.write(message);
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext ctx) {
            ctx.flush();
        }

        @Override
        public void channelWritabilityChanged(final ChannelHandlerContext ctx) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }
    }

    /** Takes everything until the end. */
    private static final class Collector extends EventRecorder {
        private final byte[] bytes;
        private volatile int received;

        Collector(final int most) {
            bytes = new byte[most];
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final ByteBuf buffer = (ByteBuf) message;
            final int count = buffer.readableBytes();
            buffer.readBytes(bytes, received, count);
            buffer.release();
            received += count;
        }

        void await(final int count) {
            Rig.until(() -> received >= count);
            assertThat(received).isEqualTo(count);
        }
    }

    private void echo(final int connections, final int length) {
        final Echo echo = new Echo();
        serve(echo);
        final List<Collector> collectors = new ArrayList<>();
        final List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            final Collector collector = new Collector(length);
            collectors.add(collector);
            channels.add(connect(client(collector)).syncUninterruptibly().channel());
        }
        for (int i = 0; i < connections; i++) {
            channels.get(i).writeAndFlush(Unpooled.wrappedBuffer(pattern(length, i)));
        }
        for (int i = 0; i < connections; i++) {
            collectors.get(i).await(length);
            assertThat(collectors.get(i).bytes).isEqualTo(pattern(length, i));
            channels.get(i).close().syncUninterruptibly();
        }
        Rig.until(() -> echo.channels.stream().noneMatch(Channel::isOpen));
    }

    @Test
    void shouldEchoOnManyConnections() {
        start(1, Faults.NONE);
        echo(20, 500_000);
    }

    @Test
    void shouldEchoOverALossyLink() {
        start(1, Faults.builder().loss(0.02).reordering(0.02, 200_000).build());
        echo(4, 200_000);
    }

    @Test
    void shouldTellAboutARealConnectionAndTakeOtherSettingsForIt() {
        start(1, Faults.NONE);
        final Echo echo = new Echo();
        serve(echo);
        final Collector collector = new Collector(100_000);
        final MillraceSocketChannel channel = (MillraceSocketChannel) connect(client(collector)).syncUninterruptibly()
                .channel();
        channel.writeAndFlush(Unpooled.wrappedBuffer(pattern(100_000, 1)));
        collector.await(100_000);
        channel.config().setOption(MillraceChannelOption.MAX_PACING_RATE, 1L << 30);
        final TcpInfo info = channel.readTcpInfo().syncUninterruptibly().getNow();
        assertThat(info.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(info.srttNs()).isPositive();
        assertThat(info.notSentBytes()).isZero();
        assertThat(info.unreadBytes()).isZero();
        assertThat(info.maxPacingRate()).isEqualTo(1L << 30);
        assertThat(info.congestionControl()).isEqualTo(
                channel.config().getOption(MillraceChannelOption.CONGESTION_CONTROL));
        assertThat(info.limitedBy()).isEqualTo(TcpInfo.Limit.APPLICATION);
        channel.close().syncUninterruptibly();
        assertThat(channel.readTcpInfo().awaitUninterruptibly().cause()).isInstanceOf(ChannelException.class);
    }

    @Test
    void shouldServeEachConnectionOnTheLoopOfItsEngine() {
        start(2, Faults.NONE);
        final Echo echo = new Echo();
        serve(echo);
        final List<Channel> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            final Collector collector = new Collector(2);
            final Channel channel = connect(client(collector)).syncUninterruptibly().channel();
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[]{1, 2}));
            collector.await(2);
            clients.add(channel);
        }
        assertThat(echo.channels).hasSize(10);
        assertThat(clients).extracting(channel -> ((MillraceSocketChannel) channel).engine()).contains(0, 1);
        for (final Channel channel : echo.channels) {
            assertThat(channel.eventLoop()).isSameAs(serverGroup.loopOf(((MillraceSocketChannel) channel).engine()));
        }
    }

    @Test
    void shouldEchoOverTwoLossyQueues() {
        start(2, Faults.builder().loss(0.03).duplication(0.02).reordering(0.03, 300_000).build());
        echo(8, 150_000);
    }

    @Test
    void shouldCloseBothStacksInTheMiddleOfATransfer() {
        start(2, Faults.builder().loss(0.05).build());
        final Echo echo = new Echo();
        serve(echo);
        final List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            final Collector collector = new Collector(4_000_000);
            final Channel channel = connect(client(collector)).syncUninterruptibly().channel();
            channel.writeAndFlush(Unpooled.wrappedBuffer(pattern(4_000_000, i)));
            channels.add(channel);
            Rig.until(() -> collector.received > 0);
        }
        serverStack.close();
        clientStack.close();
        for (final Channel channel : channels) {
            channel.closeFuture().syncUninterruptibly();
        }
        Rig.until(() -> echo.channels.stream().noneMatch(Channel::isOpen));
    }

    @Test
    void shouldRefuseAConnectOnceATaskOfTheLoopHasClosedTheStack() {
        start(1, Faults.NONE);
        final Bootstrap bootstrap = client(new EventRecorder());
        final Channel registered = bootstrap.register().syncUninterruptibly().channel();
        final ChannelFuture connect = registered.eventLoop().submit(() -> {
            clientStack.close();
            return registered.connect(new InetSocketAddress("10.0.0.1", PORT));
        }).syncUninterruptibly().getNow();
        assertThat(connect.awaitUninterruptibly().cause()).isNotNull();
        registered.closeFuture().syncUninterruptibly();
        assertThat(connect(client(new EventRecorder())).awaitUninterruptibly().cause()).hasMessage(
                "the stack is closed");
    }

    @Test
    void shouldLoseNoPromiseWhenAHandlerClosesTheStack() {
        start(1, Faults.NONE);
        serve(new Echo());
        final EventRecorder recorder = new EventRecorder();
        final MillraceSocketChannel client = (MillraceSocketChannel) connect(client(recorder)).syncUninterruptibly()
                .channel();
        final List<ChannelFuture> futures = client.eventLoop().submit(() -> {
            clientStack.close();
            client.config().setTcpNoDelay(false).setAutoRead(false).setAutoRead(true);
            return List.of(client.shutdownInput(), client.shutdownOutput(),
                    client.writeAndFlush(Unpooled.wrappedBuffer(new byte[3])), client.close());
        }).syncUninterruptibly().getNow();
        futures.forEach(ChannelFuture::awaitUninterruptibly);
        client.closeFuture().syncUninterruptibly();
        Rig.until(() -> recorder.events.contains("unregistered"));
    }

    @Test
    void shouldServeHttp() {
        start(1, Faults.NONE);
        serve(new ChannelInitializer<>() {
            @Override
            protected void initChannel(final Channel channel) {
                channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 16),
                        new SimpleChannelInboundHandler<FullHttpRequest>() {
                            @Override
                            protected void channelRead0(final ChannelHandlerContext ctx,
                                    final FullHttpRequest request) {
                                final ByteBuf body = ctx.alloc().buffer().writeBytes(
                                        ("hello " + request.uri()).getBytes(StandardCharsets.US_ASCII));
                                final FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                                        HttpResponseStatus.OK, body);
                                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
                                ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
                            }
                        });
            }
        });
        final Queue<String> answers = new ConcurrentLinkedQueue<>();
        final Channel client = connect(client(new ChannelInitializer<>() {
            @Override
            protected void initChannel(final Channel channel) {
                channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 16),
                        new SimpleChannelInboundHandler<FullHttpResponse>() {
                            @Override
                            protected void channelRead0(final ChannelHandlerContext ctx,
                                    final FullHttpResponse response) {
                                answers.add(response.status() + " "
                                        + response.content().toString(StandardCharsets.US_ASCII));
                            }
                        });
            }
        })).syncUninterruptibly().channel();
        client.writeAndFlush(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/x"));
        client.closeFuture().syncUninterruptibly();
        assertThat(answers).containsExactly("200 OK hello /x");
    }

    @Test
    void shouldAnswerAfterTheClientHasHalfClosed() {
        start(1, Faults.NONE);
        final byte[] answer = pattern(1_000_000, 9);
        server(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                ((ByteBuf) message).release();
            }

            @Override
            public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
                if (event == ChannelInputShutdownEvent.INSTANCE) {
                    ctx.writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(ChannelFutureListener.CLOSE);
                }
            }
        }).childOption(ChannelOption.ALLOW_HALF_CLOSURE, true).bind("10.0.0.1", PORT).syncUninterruptibly();
        final Collector collector = new Collector(answer.length);
        final MillraceSocketChannel client = (MillraceSocketChannel) connect(client(collector)).syncUninterruptibly()
                .channel();
        client.writeAndFlush(Unpooled.wrappedBuffer(new byte[100]));
        client.shutdownOutput().syncUninterruptibly();
        client.closeFuture().syncUninterruptibly();
        collector.await(answer.length);
        assertThat(collector.bytes).isEqualTo(answer);
        assertThat(collector.exceptions).isEmpty();
    }

    @Test
    void shouldHoldTheSenderBackWhileNobodyReads() {
        start(1, Faults.NONE);
        final Collector collector = new Collector(8_000_000);
        server(collector).childOption(ChannelOption.AUTO_READ, false).childOption(ChannelOption.SO_RCVBUF, 100_000)
                .bind("10.0.0.1", PORT).syncUninterruptibly();
        final Channel client = connect(client(new EventRecorder()).option(ChannelOption.SO_SNDBUF, 100_000))
                .syncUninterruptibly().channel();
        final byte[] bytes = pattern(8_000_000, 3);
        final ChannelFuture sent = client.writeAndFlush(Unpooled.wrappedBuffer(bytes));
        Rig.until(() -> collector.events.contains("active"));
        final Channel child = serverChild(collector);
        Rig.until(() -> !client.isWritable());
        assertThat(sent.isDone()).isFalse();
        assertThat(collector.received).isZero();
        child.config().setAutoRead(true);
        sent.syncUninterruptibly();
        collector.await(bytes.length);
        assertThat(collector.bytes).isEqualTo(bytes);
        assertThat(client.isWritable()).isTrue();
    }

    private static Channel serverChild(final Collector collector) {
        Rig.until(() -> collector.channel != null);
        return collector.channel;
    }

    @Test
    void shouldRefuseWhereNobodyListens() {
        start(1, Faults.NONE);
        final ChannelFuture refused = connect(client(new EventRecorder()));
        assertThat(refused.awaitUninterruptibly().cause()).isInstanceOf(ConnectException.class).hasMessage(
                "Connection refused: /10.0.0.1:80");
    }

    @Test
    void shouldTellAReset() {
        start(1, Faults.NONE);
        final Collector collector = new Collector(100);
        serve(collector);
        final Channel client = connect(client(new EventRecorder()).option(ChannelOption.SO_LINGER, 0))
                .syncUninterruptibly().channel();
        Rig.until(() -> collector.events.contains("active"));
        client.close().syncUninterruptibly();
        Rig.until(() -> collector.events.contains("unregistered"));
        assertThat(collector.events).containsSubsequence("exception Connection reset by peer", "inactive",
                "unregistered");
        assertThat(collector.exceptions.getFirst()).isInstanceOf(SocketException.class);
    }

    @Test
    void shouldFinishAClosedConnectionInTheBackground() {
        start(1, Faults.NONE);
        final byte[] bytes = pattern(500_000, 5);
        serve(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(final ChannelHandlerContext ctx) {
                ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes)).addListener(ChannelFutureListener.CLOSE);
            }
        });
        final Collector collector = new Collector(bytes.length);
        final Channel client = connect(client(collector)).syncUninterruptibly().channel();
        client.closeFuture().syncUninterruptibly();
        assertThat(collector.bytes).isEqualTo(bytes);
        assertThat(collector.exceptions).isEmpty();
    }

    @Test
    void shouldCloseItsChannelsWithTheStack() {
        start(1, Faults.NONE);
        final Collector collector = new Collector(1);
        final Channel listening = serve(collector);
        final EventRecorder recorder = new EventRecorder();
        final Channel client = connect(client(recorder)).syncUninterruptibly().channel();
        Rig.until(() -> collector.events.contains("active"));
        serverStack.close();
        listening.closeFuture().syncUninterruptibly();
        client.closeFuture().syncUninterruptibly();
        Rig.until(() -> recorder.events.contains("unregistered") && collector.events.contains("unregistered"));
        assertThat(collector.events).contains("exception Connection aborted");
        assertThat(recorder.events).contains("exception Connection reset by peer");
        assertThat(serverGroup.submit(() -> 3).syncUninterruptibly().getNow()).isEqualTo(3);
    }
}
