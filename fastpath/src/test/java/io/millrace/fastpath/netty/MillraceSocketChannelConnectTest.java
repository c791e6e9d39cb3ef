package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.local.LocalAddress;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MillraceSocketChannelConnectTest {
    private final Rig rig = new Rig();
    private final EventRecorder recorder = new EventRecorder();

    @AfterEach
    void close() {
        rig.close();
    }

    private ChannelFuture connecting() {
        return connecting(recorder);
    }

    private ChannelFuture connecting(final EventRecorder handler) {
        final ChannelFuture connect = rig.bootstrap(handler).connect(Rig.REMOTE);
        rig.awaitConnection(connect);
        return connect;
    }

    private Throwable failWith(final TcpFailure failure, final EventRecorder handler) {
        final ChannelFuture connect = connecting(handler);
        rig.onLoop(() -> rig.tcp().last().fail(failure));
        connect.channel().closeFuture().syncUninterruptibly();
        return connect.awaitUninterruptibly().cause();
    }

    @Test
    void shouldKnowBothAddressesOnceConnected() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.1", 1024));
        assertThat(channel.remoteAddress()).isEqualTo(Rig.REMOTE);
        assertThat(channel.engine()).isZero();
        assertThat(channel.stack()).isSameAs(rig.stack);
        assertThat(channel.toString()).contains("L:/10.0.0.1:1024 - R:");
    }

    @Test
    void shouldKeepTheNameOfThePeer() throws Exception {
        final java.net.InetAddress named = java.net.InetAddress.getByAddress("server.example",
                new byte[]{10, 0, 0, 2});
        final ChannelFuture connect = rig.bootstrap(recorder).connect(new InetSocketAddress(named, 80));
        rig.awaitConnection(connect);
        rig.onLoop(() -> rig.tcp().last().events |= ConnectionHandler.CONNECTED);
        final MillraceSocketChannel channel = (MillraceSocketChannel) connect.syncUninterruptibly().channel();
        assertThat(channel.remoteAddress().getHostString()).isEqualTo("server.example");
    }

    @Test
    void shouldNotBeActiveBeforeTheConnectionIs() {
        final ChannelFuture connect = connecting();
        assertThat(connect.isDone()).isFalse();
        assertThat(connect.channel().isActive()).isFalse();
        assertThat(connect.channel().remoteAddress()).isNull();
        assertThat(recorder.events).containsExactly("registered");
        final ByteBuf early = rig.allocator.directBuffer().writeByte(1);
        assertThat(connect.channel().writeAndFlush(early).awaitUninterruptibly().cause()).isInstanceOf(
                NotYetConnectedException.class);
        connect.channel().close().syncUninterruptibly();
        assertThat(connect.awaitUninterruptibly().cause()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void shouldFailARefusedConnect() {
        assertThat(failWith(TcpFailure.REFUSED, recorder)).isInstanceOf(ConnectException.class).hasMessage(
                "Connection refused: /10.0.0.2:80");
        assertThat(recorder.events).containsExactly("registered", "unregistered");
    }

    @Test
    void shouldFailAConnectWithTheExceptionOfTheJdk() {
        assertThat(failWith(TcpFailure.TIMED_OUT, new EventRecorder())).isInstanceOf(ConnectException.class).hasMessage(
                "Connection timed out: /10.0.0.2:80");
        assertThat(failWith(TcpFailure.HOST_UNREACHABLE, new EventRecorder()))
                .isInstanceOf(NoRouteToHostException.class).hasMessage(
                        "No route to host: /10.0.0.2:80");
        assertThat(failWith(TcpFailure.NETWORK_UNREACHABLE, new EventRecorder())).isInstanceOf(ConnectException.class)
                .hasMessage(
                        "Network is unreachable: /10.0.0.2:80");
        assertThat(failWith(TcpFailure.RESET, new EventRecorder())).isInstanceOf(SocketException.class).hasMessage(
                "Connection reset by peer: /10.0.0.2:80");
    }

    @Test
    void shouldFailAConnectThatIsRefusedAtOnce() {
        rig.onLoop(() -> rig.tcp().refuseConnect = TcpFailure.ADDRESS_NOT_AVAILABLE);
        final ChannelFuture connect = rig.bootstrap(recorder).connect(Rig.REMOTE);
        assertThat(connect.awaitUninterruptibly().cause()).isInstanceOf(SocketException.class).hasMessageStartingWith(
                "Cannot assign requested address").hasCauseInstanceOf(BindException.class);
        connect.channel().closeFuture().syncUninterruptibly();
    }

    @Test
    void shouldGiveUpAfterTheConnectTimeout() {
        final ChannelFuture connect = rig.bootstrap(recorder).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1)
                .connect(Rig.REMOTE);
        assertThat(connect.awaitUninterruptibly().cause()).isInstanceOf(ConnectTimeoutException.class).hasMessage(
                "connection timed out after 1 ms: /10.0.0.2:80");
        connect.channel().closeFuture().syncUninterruptibly();
        assertThat(rig.<Object>ask(() -> rig.tcp().last().calls)).isEqualTo(java.util.List.of("close"));
    }

    @Test
    void shouldLetGoOfACancelledConnect() {
        final ChannelFuture connect = connecting();
        assertThat(connect.cancel(true)).isTrue();
        assertThatThrownBy(connect::sync).isInstanceOf(CancellationException.class);
        connect.channel().closeFuture().syncUninterruptibly();
        assertThat(rig.<Object>ask(() -> rig.tcp().last().calls)).isEqualTo(java.util.List.of("close"));
        assertThat(recorder.events).doesNotContain("active");
    }

    @Test
    void shouldRefuseASecondConnect() {
        final ChannelFuture connect = connecting();
        assertThat(connect.channel().connect(Rig.REMOTE).awaitUninterruptibly().cause()).isInstanceOf(
                ConnectionPendingException.class);
        rig.onLoop(() -> rig.tcp().last().events |= ConnectionHandler.CONNECTED);
        connect.syncUninterruptibly();
        assertThat(connect.channel().connect(Rig.REMOTE).awaitUninterruptibly().cause()).isInstanceOf(
                AlreadyConnectedException.class);
    }

    @Test
    void shouldRefuseAddressesItCannotReach() {
        final ChannelFuture unresolved = rig.bootstrap(recorder).register().syncUninterruptibly();
        assertThat(unresolved.channel().connect(InetSocketAddress.createUnresolved("nowhere.example", 1))
                .awaitUninterruptibly().cause()).isInstanceOf(UnresolvedAddressException.class);
        assertThat(unresolved.channel().connect(new LocalAddress("x")).awaitUninterruptibly().cause()).isInstanceOf(
                UnsupportedAddressTypeException.class);
        assertThat(unresolved.channel().isOpen()).isTrue();
        unresolved.channel().close().syncUninterruptibly();
    }

    @Test
    void shouldConnectFromTheAddressItIsBoundTo() {
        final InetSocketAddress bound = new InetSocketAddress("10.0.0.9", 4_000);
        final ChannelFuture connect = rig.bootstrap(recorder).connect(Rig.REMOTE, bound);
        rig.awaitConnection(connect);
        rig.onLoop(() -> rig.tcp().last().events |= ConnectionHandler.CONNECTED);
        final MillraceSocketChannel channel = (MillraceSocketChannel) connect.syncUninterruptibly().channel();
        assertThat(rig.connection(channel).local).isEqualTo(bound);
        assertThat(channel.localAddress()).isEqualTo(bound);
    }

    @Test
    void shouldBindBeforeConnect() {
        final MillraceSocketChannel channel = (MillraceSocketChannel) rig.bootstrap(recorder).bind("10.0.0.9", 0)
                .syncUninterruptibly().channel();
        assertThat(channel.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.9", 0));
        final ChannelFuture connect = channel.connect(Rig.REMOTE);
        rig.awaitConnection(connect);
        rig.onLoop(() -> rig.tcp().last().events |= ConnectionHandler.CONNECTED);
        connect.syncUninterruptibly();
        assertThat(channel.localAddress()).isEqualTo(new InetSocketAddress("10.0.0.9", 1024));
    }

    @Test
    void shouldTellActiveBeforeTheFirstBytes() {
        final ChannelFuture connect = connecting();
        rig.onLoop(() -> {
            rig.tcp().last().arrive(Rig.ascii("banner"));
            rig.tcp().last().events |= ConnectionHandler.CONNECTED;
        });
        connect.syncUninterruptibly();
        assertThat(recorder.events).containsExactly("registered", "active", "read banner", "readComplete");
    }

    @Test
    void shouldEndAChannelThatItsListenerClosedOnConnect() {
        final ChannelFuture connect = connecting();
        connect.addListener(future -> connect.channel().close());
        rig.onLoop(() -> rig.tcp().last().events |= ConnectionHandler.CONNECTED);
        connect.channel().closeFuture().syncUninterruptibly();
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "inactive", "unregistered");
    }

    @Test
    void shouldCloseGracefully() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.close().syncUninterruptibly();
        assertThat(rig.connection(channel).calls).containsExactly("close");
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.isShutdown()).isTrue();
        assertThat(channel.close().awaitUninterruptibly().isSuccess()).isTrue();
    }

    @Test
    void shouldAbortWithALingerOfZero() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.SO_LINGER, 0);
        channel.close().syncUninterruptibly();
        assertThat(rig.connection(channel).calls).containsExactly("abort");
    }

    @Test
    void shouldDisconnectByClosing() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.disconnect().syncUninterruptibly();
        assertThat(channel.isOpen()).isFalse();
        assertThat(rig.connection(channel).calls).containsExactly("close");
    }

    @Test
    void shouldTellWhatItMissedWhileItWasNotRegistered() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.sendCapacity = 1);
        final ChannelFuture write = channel.writeAndFlush(rig.allocator.directBuffer().writeShort(0x4142));
        rig.settle();
        channel.deregister().syncUninterruptibly();
        rig.onLoop(() -> {
            rig.connection(channel).arrive(Rig.ascii("missed"));
            rig.connection(channel).acknowledge();
        });
        assertThat(recorder.events).doesNotContain("read missed");
        rig.group.register(channel).syncUninterruptibly();
        rig.settle();
        assertThat(recorder.events).contains("read missed");
        assertThat(write.isSuccess()).isTrue();
    }

    @Test
    void shouldTellAFailureItMissedWhileItWasNotRegistered() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.deregister().syncUninterruptibly();
        rig.onLoop(() -> rig.connection(channel).fail(TcpFailure.TIMED_OUT));
        rig.group.register(channel).syncUninterruptibly();
        channel.closeFuture().syncUninterruptibly();
        assertThat(recorder.events).contains("exception Connection timed out");
    }

    @Test
    void shouldFinishAConnectThatItMissedWhileItWasNotRegistered() {
        final ChannelFuture connect = connecting();
        connect.channel().deregister().syncUninterruptibly();
        rig.onLoop(() -> rig.tcp().last().events |= ConnectionHandler.CONNECTED);
        assertThat(connect.isDone()).isFalse();
        rig.group.register(connect.channel()).syncUninterruptibly();
        connect.syncUninterruptibly();
        assertThat(connect.channel().isActive()).isTrue();
    }

    @Test
    void shouldGoOnConnectingWhenRegisteredAgain() {
        final ChannelFuture connect = connecting();
        connect.channel().deregister().syncUninterruptibly();
        rig.group.register(connect.channel()).syncUninterruptibly();
        rig.settle();
        assertThat(connect.channel().isOpen()).isTrue();
        rig.onLoop(() -> rig.tcp().last().events |= ConnectionHandler.CONNECTED);
        connect.syncUninterruptibly();
    }

    @Test
    void shouldFailAConnectWhoseFailureItMissed() {
        final ChannelFuture connect = connecting();
        connect.channel().deregister().syncUninterruptibly();
        rig.onLoop(() -> rig.tcp().last().fail(TcpFailure.REFUSED));
        rig.group.register(connect.channel()).syncUninterruptibly();
        assertThat(connect.awaitUninterruptibly().cause()).isInstanceOf(ConnectException.class).hasMessage(
                "Connection refused: /10.0.0.2:80");
        connect.channel().closeFuture().syncUninterruptibly();
    }

    @Test
    void shouldCloseWhileItIsNotRegistered() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.deregister().syncUninterruptibly();
        channel.close().syncUninterruptibly();
        assertThat(rig.connection(channel).calls).containsExactly("close");
    }

    @Test
    void shouldNotReadFromAHandlerThatThrows() {
        final EventRecorder throwing = new EventRecorder() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                super.channelRead(ctx, message);
                throw new IllegalStateException("handler");
            }
        };
        final MillraceSocketChannel channel = rig.connect(throwing);
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("x")));
        assertThat(throwing.events).endsWith("read x", "exception handler", "readComplete");
        assertThat(channel.isOpen()).isTrue();
    }
}
