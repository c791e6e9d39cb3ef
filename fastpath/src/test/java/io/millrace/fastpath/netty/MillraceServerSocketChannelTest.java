package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.tcp.TcpSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MillraceServerSocketChannelTest {
    private final Rig rig = new Rig(new FakeStack(2));
    private final Children children = new Children();

    @AfterEach
    void close() {
        rig.close();
    }

    /** Notes each accepted channel and the thread that served it. */
    @Sharable
    private static final class Children extends ChannelInboundHandlerAdapter {
        final Map<Channel, Thread> active = new ConcurrentHashMap<>();

        @Override
        public void channelActive(final ChannelHandlerContext ctx) {
            active.put(ctx.channel(), Thread.currentThread());
        }
    }

    @Test
    void shouldListenWithItsOptions() {
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(children).option(
                ChannelOption.SO_BACKLOG, 77).option(ChannelOption.SO_REUSEADDR, true).option(ChannelOption.SO_RCVBUF,
                        100_000)
                .option(MillraceChannelOption.TCP_MSS, 500));
        final FakeStack.FakeListener listener = rig.stack.listener;
        assertThat(listener.options.backlog()).isEqualTo(77);
        assertThat(listener.options.reuseAddress()).isTrue();
        assertThat(listener.settings.receiveBuffer()).isEqualTo(100_000);
        assertThat(listener.settings.mss()).isEqualTo(500);
        assertThat(listener.settings.noDelay()).isTrue();
        assertThat(server.isActive()).isTrue();
        assertThat(server.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.1", 8080));
        assertThat(server.remoteAddress()).isNull();
    }

    @Test
    void shouldOpenLaterConnectionsWithTheStacksNewSettingsUnderItsOwnOptions() {
        final MillraceServerSocketChannel server = rig
                .bind(rig.serverBootstrap(children).option(MillraceChannelOption.TCP_MSS, 500));
        rig.stack.listener.reload(TcpSettings.DEFAULT.toBuilder().mss(700).congestionControl("newreno").build());
        assertThat(rig.stack.listener.settings.mss()).as("as the channel wants it").isEqualTo(500);
        assertThat(rig.stack.listener.settings.congestionControl()).isEqualTo("newreno");
        assertThat(rig.stack.listener.settings.noDelay()).isTrue();
        assertThat(server.config().getOption(MillraceChannelOption.CONGESTION_CONTROL)).isEqualTo("newreno");
        rig.offer(0);
        Rig.until(() -> children.active.size() == 1);
        assertThat(children.active.keySet().iterator().next().config()
                .getOption(MillraceChannelOption.CONGESTION_CONTROL)).isEqualTo("newreno");
    }

    @Test
    void shouldFailABindThatTheStackRefuses() {
        rig.stack.refuseListen = new BindException("Address already in use");
        assertThatThrownBy(() -> rig.bind(rig.serverBootstrap(children))).isInstanceOf(BindException.class)
                .hasMessage("Address already in use");
    }

    @Test
    void shouldRegisterEachConnectionWithTheLoopThatDrivesItsEngine() {
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(children));
        for (int i = 0; i < 20; i++) {
            rig.offer(i % 2 == 0 ? 1 : i / 2 % 2);
        }
        Rig.until(() -> children.active.size() == 20);
        children.active.forEach((channel, thread) -> {
            final int engine = ((MillraceSocketChannel) channel).engine();
            assertThat(thread).isSameAs(rig.stack.engines[engine].driver.get());
            assertThat(channel.parent()).isSameAs(server);
            assertThat(channel.remoteAddress()).isEqualTo(Rig.REMOTE);
        });
    }

    @Test
    void shouldAcceptWhatCameInBurstsBiggerThanOnePass() {
        rig.bind(rig.serverBootstrap(children));
        final List<FakeConnection> burst = new ArrayList<>();
        rig.onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                burst.add(rig.tcp().newConnection());
            }
        });
        burst.forEach(connection -> rig.stack.listener.queue.add(
                new Accepted(0, connection.handle)));
        rig.stack.listener.hook.run();
        Rig.until(() -> children.active.size() == 100);
    }

    @Test
    void shouldLeaveConnectionsInTheQueueWhileAutoReadIsOff() {
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(children).option(
                ChannelOption.AUTO_READ, false));
        rig.offer(0);
        rig.offer(0);
        rig.settle();
        assertThat(rig.stack.listener.queue).hasSize(2);
        server.read();
        Rig.until(() -> children.active.size() == 1);
        assertThat(rig.stack.listener.queue).hasSize(1);
        server.config().setAutoRead(true);
        Rig.until(() -> children.active.size() == 2);
    }

    @Test
    void shouldTellReadCompleteAfterWhatWasAccepted() {
        final List<String> told = new CopyOnWriteArrayList<>();
        rig.bind(rig.serverBootstrap(children).handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                told.add("read");
                ctx.fireChannelRead(message);
            }

            @Override
            public void channelReadComplete(final ChannelHandlerContext ctx) {
                told.add("readComplete");
                ctx.fireChannelReadComplete();
            }
        }));
        Rig.until(() -> told.contains("readComplete"));
        told.clear();
        rig.offer(0);
        Rig.until(() -> told.contains("readComplete"));
        assertThat(told).containsExactly("read", "readComplete");
    }

    @Test
    void shouldEndAChannelWhoseConnectionWasResetBeforeItWasAccepted() {
        final EventRecorder recorder = new EventRecorder();
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(recorder).option(
                ChannelOption.AUTO_READ, false));
        final FakeConnection connection = rig.offer(0);
        rig.onLoop(() -> connection.stale = true);
        server.read();
        Rig.until(() -> recorder.events.contains("unregistered"));
        assertThat(recorder.events).containsExactly("registered", "unregistered");
    }

    @Test
    void shouldApplyChildOptionsToTheConnection() {
        final ServerBootstrap bootstrap = rig.serverBootstrap(children).childOption(ChannelOption.TCP_NODELAY, false)
                .childOption(ChannelOption.SO_KEEPALIVE, true).childOption(ChannelOption.SO_SNDBUF, 50_000)
                .childOption(ChannelOption.SO_RCVBUF, 60_000).childOption(MillraceChannelOption.TCP_CORK, true)
                .childOption(MillraceChannelOption.TCP_KEEPIDLE, 20)
                .childOption(MillraceChannelOption.TCP_QUICKACK, true);
        rig.bind(bootstrap);
        final FakeConnection connection = rig.offer(0);
        Rig.until(() -> children.active.size() == 1);
        assertThat(connection.calls).containsExactly("settings", "cork true", "quickAck true");
        assertThat(connection.settings.noDelay()).isFalse();
        assertThat(connection.settings.keepAlive()).isTrue();
        assertThat(connection.settings.keepAliveIdleNs()).isEqualTo(20_000_000_000L);
        assertThat(connection.settings.receiveBuffer()).isEqualTo(60_000);
        assertThat(connection.settings.receiveBufferLocked()).isTrue();
        assertThat(connection.settings.sendBuffer()).isEqualTo(50_000);
        assertThat(connection.settings.sendBufferLocked()).isTrue();
    }

    @Test
    void shouldLeaveAConnectionAsItsListenerOpenedItWhereNothingElseIsSet() {
        rig.bind(rig.serverBootstrap(children));
        final FakeConnection connection = rig.offer(0);
        Rig.until(() -> children.active.size() == 1);
        assertThat(connection.calls).isEmpty();
    }

    @Test
    void shouldRefuseConnectionsThatWereNeverRegistered() {
        rig.bind(rig.serverBootstrap(children).handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                ((Channel) message).unsafe().closeForcibly();
            }
        }));
        final FakeConnection connection = rig.offer(1);
        Rig.until(() -> !rig.stack.engines[1].abandoned.isEmpty());
        assertThat(rig.stack.engines[1].abandoned).containsExactly(connection.handle);
    }

    @Test
    void shouldRefuseAConnectionOnTheWrongLoopAndResetIt() {
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(children));
        final FakeConnection connection = rig.newConnection(1);
        final MillraceSocketChannel child = new MillraceSocketChannel(server, rig.stack.engines(),
                new Accepted(1, connection.handle), rig.stack.settings);
        final ChannelFuture registered = rig.group.loopOf(0).register(child);
        assertThat(registered.awaitUninterruptibly().cause()).isInstanceOf(IllegalStateException.class).hasMessage(
                "the connection belongs to engine 1, but this event loop drives engine 0: "
                        + "register accepted channels with a MillraceEventLoopGroup");
        child.closeFuture().syncUninterruptibly();
        assertThat(rig.stack.engines[1].abandoned).containsExactly(connection.handle);
    }

    @Test
    void shouldRefuseToMoveAConnectionToAnotherEngine() {
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(children));
        rig.offer(1);
        Rig.until(() -> children.active.size() == 1);
        final Channel child = children.active.keySet().iterator().next();
        child.deregister().syncUninterruptibly();
        final ChannelFuture moved = rig.group.loopOf(0).register(child);
        assertThat(moved.awaitUninterruptibly().cause()).hasMessageStartingWith(
                "the connection belongs to engine 1, but this event loop drives engine 0");
        assertThat(rig.stack.engines[1].abandoned).hasSize(1);
        assertThat(server.isOpen()).isTrue();
    }

    @Test
    void shouldCloseItsListener() {
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(children));
        server.close().syncUninterruptibly();
        assertThat(rig.stack.listener.closed).isTrue();
        assertThat(rig.stack.listener.hook).isNull();
        assertThat(server.isOpen()).isFalse();
        assertThat(server.bind(new InetSocketAddress(1)).awaitUninterruptibly().cause()).isInstanceOf(
                ClosedChannelException.class);
    }

    @Test
    void shouldNotConnectOrWrite() {
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(children));
        assertThat(server.connect(Rig.REMOTE).awaitUninterruptibly().cause()).isInstanceOf(
                UnsupportedOperationException.class);
        assertThat(server.writeAndFlush("x").awaitUninterruptibly().cause()).isInstanceOf(
                UnsupportedOperationException.class);
    }
}
