package io.millrace.fastpath.netty;

import static io.millrace.fastpath.netty.EveryOption.known;
import static io.millrace.fastpath.netty.EveryOption.set;
import static io.millrace.fastpath.netty.EveryOption.shouldKeep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.TcpSettings.Ecn;
import io.millrace.fastpath.wire.IpPrefix;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every option there is, of Netty and of Millrace, on every kind of channel: it is set and told as it was set, before the
 * channel is used and afterwards; or refused, as none of the channel's ({@code setOption} answers false, which Netty's
 * bootstrap logs by the option's name) or as one that comes too late. An option that is added must be entered here.
 */
@Timeout(60)
class EveryChannelOptionTest {
    /** What applies to a connection: a value that is not the default. */
    private static final Map<ChannelOption<?>, Object> CONNECTION = new HashMap<>();
    /** What applies to a listener. */
    private static final Map<ChannelOption<?>, Object> LISTENER = new HashMap<>();
    /** What is refused once the connection is opened. */
    private static final Set<ChannelOption<?>> BEFORE_OPEN = Set.of(MillraceChannelOption.TCP_MSS,
            MillraceChannelOption.TCP_WINDOW_SCALING, MillraceChannelOption.TCP_SACK,
            MillraceChannelOption.TCP_TIMESTAMPS, MillraceChannelOption.TCP_ECN,
            ChannelOption.TCP_FASTOPEN_CONNECT);
    /** What a listener takes after it is bound, too. */
    private static final Set<ChannelOption<?>> AFTER_BIND = new HashSet<>();
    /** Of datagram, of local sockets, or of Netty's abandoned blocking transport: of neither kind of channel here. */
    @SuppressWarnings("deprecation")
    private static final Set<ChannelOption<?>> OF_OTHER_CHANNELS = Set.of(ChannelOption.SO_BROADCAST,
            ChannelOption.SO_TIMEOUT, ChannelOption.IP_MULTICAST_ADDR, ChannelOption.IP_MULTICAST_IF,
            ChannelOption.IP_MULTICAST_TTL, ChannelOption.IP_MULTICAST_LOOP_DISABLED,
            ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, MillraceChannelOption.IP_MTU_DISCOVER,
            MillraceChannelOption.IP_TTL);

    static {
        everyChannel();
        everyConnection();
        AFTER_BIND.add(ChannelOption.SO_REUSEADDR);
        AFTER_BIND.add(ChannelOption.SO_BACKLOG);
        LISTENER.put(ChannelOption.SO_BACKLOG, 77);
        LISTENER.put(ChannelOption.TCP_FASTOPEN, 12);
        LISTENER.put(MillraceChannelOption.SO_REUSEPORT, true);
        LISTENER.put(MillraceChannelOption.ALLOWED_SOURCES, List.of(IpPrefix.parse("10.0.0.0/8")));
        CONNECTION.put(ChannelOption.TCP_NODELAY, false);
        CONNECTION.put(ChannelOption.SO_KEEPALIVE, true);
        CONNECTION.put(ChannelOption.SO_LINGER, 3);
        CONNECTION.put(ChannelOption.ALLOW_HALF_CLOSURE, true);
        CONNECTION.put(ChannelOption.TCP_FASTOPEN_CONNECT, true);
        CONNECTION.put(MillraceChannelOption.TCP_CORK, true);
        CONNECTION.put(MillraceChannelOption.TCP_QUICKACK, false);
    }

    private final Rig rig = new Rig();
    private MillraceSocketChannel fresh;
    private MillraceServerSocketChannel freshServer;

    /** What Netty itself knows of every channel. */
    private static void everyChannel() {
        final Map<ChannelOption<?>, Object> all = EveryOption.ofEveryChannel();
        CONNECTION.putAll(all);
        LISTENER.putAll(all);
        AFTER_BIND.addAll(all.keySet());
    }

    /** What a listener takes for its connections, too. */
    private static void everyConnection() {
        final Map<ChannelOption<?>, Object> all = new HashMap<>();
        all.put(ChannelOption.SO_REUSEADDR, true);
        all.put(ChannelOption.SO_RCVBUF, 123_456);
        all.put(ChannelOption.SO_SNDBUF, 234_567);
        all.put(ChannelOption.IP_TOS, 0xB8);
        all.put(MillraceChannelOption.TCP_MSS, 536);
        all.put(MillraceChannelOption.TCP_WINDOW_SCALING, false);
        all.put(MillraceChannelOption.TCP_SACK, false);
        all.put(MillraceChannelOption.TCP_TIMESTAMPS, false);
        all.put(MillraceChannelOption.TCP_ECN, Ecn.ON);
        all.put(MillraceChannelOption.TCP_KEEPIDLE, 60);
        all.put(MillraceChannelOption.TCP_KEEPINTVL, 10);
        all.put(MillraceChannelOption.TCP_KEEPCNT, 4);
        all.put(MillraceChannelOption.TCP_USER_TIMEOUT, 30_000);
        all.put(MillraceChannelOption.TCP_NOTSENT_LOWAT, 16_384L);
        all.put(MillraceChannelOption.CONGESTION_CONTROL, "newreno");
        all.put(MillraceChannelOption.MAX_PACING_RATE, 1L << 33);
        all.put(MillraceChannelOption.ACK_POLICY, AckPolicy.EVERY);
        all.put(MillraceChannelOption.ZERO_COPY_SEND, 65_432);
        all.put(MillraceChannelOption.ZERO_COPY_RECEIVE, 1_234);
        CONNECTION.putAll(all);
        LISTENER.putAll(all);
    }

    @BeforeEach
    void open() {
        fresh = new MillraceSocketChannel();
        freshServer = new MillraceServerSocketChannel();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static void shouldKnowNothingOf(final ChannelConfig config, final ChannelOption<?> option) {
        EveryOption.shouldKnowNothingOf(config, option, anyOf(option));
    }

    private static Object anyOf(final ChannelOption<?> option) {
        final Object value = CONNECTION.getOrDefault(option, LISTENER.get(option));
        return value == null ? Boolean.TRUE : value;
    }

    private static void shouldRefuse(final ChannelConfig config, final ChannelOption<?> option, final Object value) {
        final Object before = config.getOption(option);
        assertThatThrownBy(() -> set(config, option, value)).as("%s", option)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(MillraceChannelOption.label(option) + " can only be set before the ");
        assertThat(config.getOption(option)).as("%s", option).isEqualTo(before);
    }

    @Test
    void shouldHaveAPlaceForEachOption() throws Exception {
        assertThat(known()).hasSizeGreaterThan(40).allSatisfy(option -> assertThat(CONNECTION.containsKey(option)
                || LISTENER.containsKey(option) || OF_OTHER_CHANNELS.contains(option)).as("%s", option).isTrue());
    }

    @Test
    void shouldKeepOrRefuseEachBeforeTheConnectionIsOpened() throws Exception {
        for (final ChannelOption<?> option : known()) {
            if (CONNECTION.containsKey(option)) {
                shouldKeep(new MillraceSocketChannel().config(), option, CONNECTION.get(option));
            } else {
                shouldKnowNothingOf(fresh.config(), option);
            }
        }
    }

    @Test
    void shouldKeepOrRefuseEachOnAnOpenConnection() throws Exception {
        for (final ChannelOption<?> option : known()) {
            final MillraceSocketChannel channel = rig.connect(new EventRecorder());
            if (BEFORE_OPEN.contains(option)) {
                shouldRefuse(channel.config(), option, CONNECTION.get(option));
            } else if (CONNECTION.containsKey(option)) {
                final Object before = channel.config().getOption(option);
                if (option == ChannelOption.ALLOCATOR) {
                    assertThat(before).as("the rig's").isSameAs(rig.allocator);
                }
                shouldKeep(channel.config(), option, CONNECTION.get(option));
            } else {
                shouldKnowNothingOf(channel.config(), option);
            }
            channel.config().setOption(ChannelOption.SO_LINGER, -1);
            channel.close().syncUninterruptibly();
        }
    }

    @Test
    void shouldOpenAConnectionWithAllThatWasSetBefore() throws Exception {
        final Bootstrap bootstrap = rig.bootstrap(new EventRecorder());
        for (final ChannelOption<?> option : known()) {
            if (CONNECTION.containsKey(option) && option != ChannelOption.ALLOCATOR) {
                setUnchecked(bootstrap, option, CONNECTION.get(option));
            }
        }
        final MillraceSocketChannel channel = rig.establish(bootstrap);
        for (final ChannelOption<?> option : CONNECTION.keySet()) {
            if (option != ChannelOption.ALLOCATOR && !isWaterMark(option)) {
                assertThat(channel.config().getOption(option)).as("%s", option).isEqualTo(CONNECTION.get(option));
            }
        }
        channel.config().setOption(ChannelOption.SO_LINGER, -1);
    }

    @SuppressWarnings("unchecked")
    private static void setUnchecked(final Bootstrap bootstrap, final ChannelOption<?> option,
            final Object value) {
        bootstrap.option((ChannelOption<Object>) option, value);
    }

    /** Three options for two numbers: the last one wins. */
    @SuppressWarnings("deprecation")
    private static boolean isWaterMark(final ChannelOption<?> option) {
        return option == ChannelOption.WRITE_BUFFER_HIGH_WATER_MARK
                || option == ChannelOption.WRITE_BUFFER_LOW_WATER_MARK
                || option == ChannelOption.WRITE_BUFFER_WATER_MARK;
    }

    @Test
    void shouldKeepOrRefuseEachBeforeTheServerIsBound() throws Exception {
        for (final ChannelOption<?> option : known()) {
            if (LISTENER.containsKey(option)) {
                shouldKeep(new MillraceServerSocketChannel().config(), option, LISTENER.get(option));
            } else {
                shouldKnowNothingOf(freshServer.config(), option);
            }
        }
    }

    @Test
    void shouldKeepOrRefuseEachOnABoundServer() throws Exception {
        final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(new EventRecorder()));
        for (final ChannelOption<?> option : known()) {
            if (!LISTENER.containsKey(option)) {
                shouldKnowNothingOf(server.config(), option);
            } else if (AFTER_BIND.contains(option)) {
                shouldKeep(server.config(), option, LISTENER.get(option));
            } else {
                shouldRefuse(server.config(), option, LISTENER.get(option));
            }
        }
    }

    @Test
    void shouldTakeTheOptionsOfNettysNativeTransportsForItsOwn() {
        for (final String declaring : List.of("io.netty.channel.epoll.EpollChannelOption",
                "io.netty.channel.uring.IoUringChannelOption")) {
            final MillraceSocketChannelConfig config = new MillraceSocketChannel().config();
            for (final ChannelOption<?> option : List.of(MillraceChannelOption.TCP_CORK,
                    MillraceChannelOption.TCP_QUICKACK, MillraceChannelOption.TCP_KEEPIDLE,
                    MillraceChannelOption.TCP_KEEPINTVL, MillraceChannelOption.TCP_KEEPCNT,
                    MillraceChannelOption.TCP_USER_TIMEOUT, MillraceChannelOption.TCP_NOTSENT_LOWAT)) {
                final ChannelOption<?> other = ChannelOption.valueOf(
                        declaring + '#' + MillraceChannelOption.label(option));
                assertThat(set(config, other, CONNECTION.get(option))).as("%s", other).isTrue();
                assertThat(config.getOption(option)).as("%s", option).isEqualTo(CONNECTION.get(option));
                assertThat(config.getOption(other)).as("%s", other).isEqualTo(CONNECTION.get(option));
            }
            assertThat(set(config, ChannelOption.valueOf(declaring + "#SO_BUSY_POLL"), 1)).isFalse();
        }
        final ChannelConfig server = freshServer.config();
        assertThat(set(server, ChannelOption.valueOf("io.netty.channel.unix.UnixChannelOption#SO_REUSEPORT"), true))
                .isTrue();
        assertThat(server.getOption(MillraceChannelOption.SO_REUSEPORT)).isTrue();
    }
}
