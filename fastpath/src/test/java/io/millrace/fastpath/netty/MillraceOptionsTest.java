package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MillraceOptionsTest {
    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static <T> void shouldKeep(final ChannelConfig config, final ChannelOption<T> option, final T value) {
        assertThat(config.setOption(option, value)).as("%s is an option", option).isTrue();
        assertThat(config.getOption(option)).as("%s", option).isEqualTo(value);
        assertThat(config.getOptions()).containsEntry(option, value);
    }

    private static void shouldKeepOptionsOfConnections(final ChannelConfig config) {
        shouldKeep(config, MillraceChannelOption.TCP_USER_TIMEOUT, 30_000);
        shouldKeep(config, MillraceChannelOption.MAX_PACING_RATE, 1L << 33);
        shouldKeep(config, MillraceChannelOption.MAX_PACING_RATE, 0L);
        shouldKeep(config, MillraceChannelOption.ZERO_COPY_SEND, 0);
        shouldKeep(config, MillraceChannelOption.ZERO_COPY_SEND, 1 << 30);
        shouldKeep(config, MillraceChannelOption.ZERO_COPY_RECEIVE, 0);
        shouldKeep(config, MillraceChannelOption.ZERO_COPY_RECEIVE, 65_535);
        shouldKeep(config, MillraceChannelOption.ACK_POLICY, AckPolicy.EVERY);
        for (final String name : CongestionControls.names()) {
            shouldKeep(config, MillraceChannelOption.CONGESTION_CONTROL, name);
        }
    }

    @Test
    void shouldKeepEveryOptionOfASocket() {
        final ChannelConfig config = new MillraceSocketChannel().config();
        shouldKeep(config, ChannelOption.SO_RCVBUF, 123_456);
        shouldKeep(config, ChannelOption.SO_SNDBUF, 234_567);
        shouldKeep(config, ChannelOption.TCP_NODELAY, false);
        shouldKeep(config, ChannelOption.SO_KEEPALIVE, true);
        shouldKeep(config, ChannelOption.SO_REUSEADDR, true);
        shouldKeep(config, ChannelOption.SO_LINGER, 3);
        shouldKeep(config, ChannelOption.IP_TOS, 0x48);
        shouldKeep(config, ChannelOption.ALLOW_HALF_CLOSURE, true);
        shouldKeep(config, ChannelOption.CONNECT_TIMEOUT_MILLIS, 5);
        shouldKeep(config, ChannelOption.AUTO_READ, false);
        shouldKeep(config, ChannelOption.WRITE_SPIN_COUNT, 3);
        shouldKeep(config, MillraceChannelOption.TCP_CORK, true);
        shouldKeep(config, MillraceChannelOption.TCP_MSS, 536);
        shouldKeep(config, MillraceChannelOption.TCP_KEEPIDLE, 60);
        shouldKeep(config, MillraceChannelOption.TCP_KEEPINTVL, 10);
        shouldKeep(config, MillraceChannelOption.TCP_KEEPCNT, 4);
        shouldKeep(config, MillraceChannelOption.TCP_QUICKACK, false);
        shouldKeepOptionsOfConnections(config);
        assertThat(config.setOption(ChannelOption.SO_BROADCAST, true)).isFalse();
    }

    @Test
    void shouldKeepEveryOptionOfAServer() {
        final ChannelConfig config = new MillraceServerSocketChannel().config();
        shouldKeep(config, ChannelOption.SO_BACKLOG, 9);
        shouldKeep(config, ChannelOption.SO_RCVBUF, 123_456);
        shouldKeep(config, ChannelOption.SO_SNDBUF, 234_567);
        shouldKeep(config, ChannelOption.SO_REUSEADDR, true);
        shouldKeep(config, MillraceChannelOption.TCP_MSS, 0);
        shouldKeep(config, MillraceChannelOption.TCP_KEEPIDLE, 60);
        shouldKeep(config, MillraceChannelOption.TCP_KEEPINTVL, 10);
        shouldKeep(config, MillraceChannelOption.TCP_KEEPCNT, 4);
        shouldKeepOptionsOfConnections(config);
        assertThat(config.setOption(MillraceChannelOption.TCP_QUICKACK, true)).isFalse();
        assertThat(config.setOption(ChannelOption.TCP_NODELAY, true)).isFalse();
        assertThatThrownBy(() -> config.setOption(ChannelOption.SO_BACKLOG, -1)).hasMessage(
                "SO_BACKLOG is -1, must be at least 0");
    }

    @Test
    void shouldOpenConnectionsWithTheStacksSettingsAndTheChannelsOptionsOverThem() {
        rig.stack.settings = TcpSettings.DEFAULT.toBuilder().sendBuffer(77_777).receiveBuffer(88_888).retries(3)
                .build();
        final Bootstrap bootstrap = rig.bootstrap(new EventRecorder()).option(ChannelOption.SO_RCVBUF, 99_999).option(
                MillraceChannelOption.TCP_MSS, 1_000).option(MillraceChannelOption.TCP_KEEPIDLE, 30).option(
                        MillraceChannelOption.TCP_KEEPINTVL, 5)
                .option(MillraceChannelOption.TCP_KEEPCNT, 2).option(
                        MillraceChannelOption.CONGESTION_CONTROL, "newreno")
                .option(MillraceChannelOption.TCP_USER_TIMEOUT, 1_500)
                .option(MillraceChannelOption.MAX_PACING_RATE, 1L << 20)
                .option(MillraceChannelOption.ACK_POLICY, AckPolicy.DELAYED)
                .option(MillraceChannelOption.TCP_QUICKACK, false)
                .option(ChannelOption.SO_KEEPALIVE,
                        true)
                .option(MillraceChannelOption.TCP_CORK, true);
        final MillraceSocketChannel channel = rig.establish(bootstrap);
        final TcpSettings opened = rig.connection(channel).settings;
        assertThat(opened.sendBuffer()).isEqualTo(77_777);
        assertThat(opened.sendBufferLocked()).as("the stack's").isFalse();
        assertThat(opened.receiveBuffer()).isEqualTo(99_999);
        assertThat(opened.receiveBufferLocked()).as("the application's").isTrue();
        assertThat(opened.userTimeoutNs()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1_500));
        assertThat(opened.maxPacingRate()).isEqualTo(1 << 20);
        assertThat(opened.ackPolicy()).isEqualTo(AckPolicy.DELAYED);
        assertThat(opened.retries()).isEqualTo(3);
        assertThat(opened.mss()).isEqualTo(1_000);
        assertThat(opened.keepAlive()).isTrue();
        assertThat(opened.keepAliveIdleNs()).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        assertThat(opened.keepAliveIntervalNs()).isEqualTo(TimeUnit.SECONDS.toNanos(5));
        assertThat(opened.keepAliveProbes()).isEqualTo(2);
        assertThat(opened.congestionControl()).isEqualTo("newreno");
        assertThat(opened.noDelay()).as("Netty's default").isTrue();
        assertThat(rig.connection(channel).calls).containsExactly("cork true", "quickAck false");
        assertThat(channel.config().getOption(ChannelOption.SO_SNDBUF)).isEqualTo(77_777);
    }

    @Test
    void shouldChangeAnOpenConnection() {
        final MillraceSocketChannel channel = rig.connect(new EventRecorder());
        channel.config().setTcpNoDelay(false).setKeepAlive(true).setSendBufferSize(1).setReceiveBufferSize(9_000)
                .setTcpCork(true).setTcpCork(false).setTcpQuickAck(true);
        rig.settle();
        assertThat(rig.connection(channel).calls).containsExactly("noDelay false", "keepAlive true",
                "sendBuffer 4096", "receiveBuffer 9000", "cork true", "cork false", "quickAck true");
    }

    @Test
    void shouldGiveAnOpenConnectionOtherSettings() {
        final MillraceSocketChannel channel = rig.connect(new EventRecorder());
        shouldKeep(channel.config(), MillraceChannelOption.TCP_KEEPIDLE, 6);
        shouldKeep(channel.config(), MillraceChannelOption.TCP_KEEPINTVL, 7);
        shouldKeep(channel.config(), MillraceChannelOption.TCP_KEEPCNT, 8);
        shouldKeepOptionsOfConnections(channel.config());
        rig.settle();
        final TcpSettings given = rig.connection(channel).settings;
        assertThat(given.keepAliveIdleNs()).isEqualTo(TimeUnit.SECONDS.toNanos(6));
        assertThat(given.keepAliveIntervalNs()).isEqualTo(TimeUnit.SECONDS.toNanos(7));
        assertThat(given.keepAliveProbes()).isEqualTo(8);
        assertThat(given.userTimeoutNs()).isEqualTo(TimeUnit.SECONDS.toNanos(30));
        assertThat(given.ackPolicy()).isEqualTo(AckPolicy.EVERY);
        assertThat(given.congestionControl()).isEqualTo(CongestionControls.names().getLast());
        assertThat(given.noDelay()).as("Netty's default stays").isTrue();
    }

    @Test
    void shouldReadQuickAckAsThePolicyBeforeItIsSet() {
        final MillraceSocketChannelConfig config = new MillraceSocketChannel().config();
        config.setOption(MillraceChannelOption.ACK_POLICY, AckPolicy.QUICK);
        assertThat(config.isTcpQuickAck()).isTrue();
        config.setOption(MillraceChannelOption.ACK_POLICY, AckPolicy.DELAYED);
        assertThat(config.isTcpQuickAck()).isFalse();
        assertThat(config.setTcpQuickAck(true).isTcpQuickAck()).isTrue();
    }

    @Test
    void shouldChangeAConnectionThatIsBeingOpened() {
        final ChannelFuture connecting = rig.bootstrap(new EventRecorder()).connect(Rig.REMOTE);
        rig.awaitConnection(connecting);
        final MillraceSocketChannel channel = (MillraceSocketChannel) connecting.channel();
        channel.config().setTcpNoDelay(false);
        rig.settle();
        assertThat(rig.connection(channel).calls).containsExactly("noDelay false");
        channel.close().syncUninterruptibly();
        channel.config().setTcpNoDelay(true);
        rig.settle();
        assertThat(rig.connection(channel).calls).containsExactly("noDelay false", "close");
    }

    @Test
    void shouldRefuseAfterTheOpenWhatMustBeSetBefore() {
        final MillraceSocketChannel channel = rig.connect(new EventRecorder());
        assertThatThrownBy(() -> channel.config().setOption(MillraceChannelOption.TCP_MSS, 600)).isInstanceOf(
                IllegalStateException.class).hasMessage(
                        "TCP_MSS can only be set before the connection is opened: before connect, or on the server "
                                + "channel before bind");
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(new EventRecorder()));
        assertThatThrownBy(() -> server.config().setReceiveBufferSize(50_000)).hasMessage(
                "SO_RCVBUF can only be set before the server channel is bound");
        for (final ChannelOption<Integer> option : List.of(MillraceChannelOption.TCP_MSS,
                MillraceChannelOption.TCP_KEEPIDLE, MillraceChannelOption.TCP_KEEPINTVL,
                MillraceChannelOption.TCP_KEEPCNT, MillraceChannelOption.TCP_USER_TIMEOUT)) {
            assertThatThrownBy(() -> server.config().setOption(option, 100)).isInstanceOf(IllegalStateException.class)
                    .hasMessage(MillraceChannelOption.label(option)
                            + " can only be set before the server channel is bound");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 87, 65_496})
    void shouldRefuseAnMssThatIsNone(final int mss) {
        assertThatThrownBy(() -> new MillraceSocketChannel().config().setOption(MillraceChannelOption.TCP_MSS, mss))
                .isInstanceOf(IllegalArgumentException.class).hasMessage(
                        "TCP_MSS is " + mss + ", must be 88 to 65495");
    }

    @Test
    void shouldRefuseValuesThatMeanNothing() {
        final MillraceSocketChannelConfig config = new MillraceSocketChannel().config();
        assertThatThrownBy(() -> config.setTrafficClass(256)).isInstanceOf(IllegalArgumentException.class).hasMessage(
                "IP_TOS is 256, must be 0 to 255");
        assertThatThrownBy(() -> config.setOption(MillraceChannelOption.TCP_NOTSENT_LOWAT, -1L)).hasMessage(
                "TCP_NOTSENT_LOWAT is -1, must be 0 to 9223372036854775807");
        assertThatThrownBy(() -> new MillraceServerSocketChannel().config().setOption(ChannelOption.TCP_FASTOPEN, -1))
                .hasMessage("TCP_FASTOPEN is -1, must be 0 to 1048576");
        assertThatThrownBy(() -> config.setReceiveBufferSize(0)).hasMessage("SO_RCVBUF is 0, must be at least 1");
        assertThatThrownBy(() -> config.setOption(MillraceChannelOption.TCP_KEEPCNT, 128)).hasMessage(
                "TCP_KEEPCNT is 128, must be 1 to 127");
        assertThatThrownBy(() -> config.setOption(MillraceChannelOption.TCP_USER_TIMEOUT, -1)).hasMessage(
                "TCP_USER_TIMEOUT is -1, must be 0 to 2147483647");
        assertThatThrownBy(() -> config.setOption(MillraceChannelOption.ZERO_COPY_SEND, -1)).hasMessage(
                "ZERO_COPY_SEND is -1, must be 0 to 1073741824");
        assertThatThrownBy(() -> config.setOption(MillraceChannelOption.ZERO_COPY_RECEIVE, 65_536)).hasMessage(
                "ZERO_COPY_RECEIVE is 65536, must be 0 to 65535");
        assertThatThrownBy(() -> config.setOption(MillraceChannelOption.MAX_PACING_RATE, 1_023L)).hasMessage(
                "MAX_PACING_RATE is 1023, must be 1024 to 1099511627776");
        assertThatThrownBy(() -> config.setOption(MillraceChannelOption.CONGESTION_CONTROL, "tahoe"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("\"tahoe\": must be one of");
    }

    @Test
    void shouldLeaveTheBitsOfEcnOutOfTheTrafficClass() {
        assertThat(new MillraceSocketChannel().config().setTrafficClass(0xBB).getTrafficClass()).isEqualTo(0xB8);
    }

    @Test
    void shouldGiveConnectionsTheTrafficClassOfTheListenerAndTheirOwn() {
        final MillraceServerSocketChannel server = rig.bind(
                rig.serverBootstrap(new EventRecorder()).option(ChannelOption.IP_TOS, 0x28));
        assertThat(rig.stack.listener.settings.trafficClass()).isEqualTo(0x28);
        assertThat(server.config().getOption(ChannelOption.IP_TOS)).isEqualTo(0x28);
        final MillraceSocketChannel channel = rig.connect(new EventRecorder(), ChannelOption.IP_TOS, 0x48);
        assertThat(rig.connection(channel).settings.trafficClass()).isEqualTo(0x48);
        channel.config().setTrafficClass(0x68);
        rig.settle();
        assertThat(rig.connection(channel).settings.trafficClass()).isEqualTo(0x68);
    }

    @Test
    void shouldBringBufferSizesIntoTheirRange() {
        final MillraceSocketChannelConfig config = new MillraceSocketChannel().config();
        assertThat(config.setReceiveBufferSize(1).getReceiveBufferSize()).isEqualTo(2_304);
        assertThat(config.setSendBufferSize(1).getSendBufferSize()).isEqualTo(4_096);
        assertThat(config.setSendBufferSize(Integer.MAX_VALUE).getSendBufferSize()).isEqualTo(1 << 30);
    }
}
