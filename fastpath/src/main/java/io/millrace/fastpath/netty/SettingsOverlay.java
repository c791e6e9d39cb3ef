package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.TcpSettings.Ecn;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.fastpath.wire.Ipv4Header;
import io.netty.channel.ChannelOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The TCP settings of a channel: those of its stack, overlaid with the channel's options. Options are set before the
 * channel is registered and so before its stack is known; what was set is kept and laid over the stack's settings then.
 * <p>
 * Values that lie outside what the stack can do are clamped where Linux does so ({@code SO_RCVBUF}, {@code SO_SNDBUF})
 * and refused elsewhere.
 * <p>
 * Thread: any.
 */
final class SettingsOverlay {
    private static final int MIN_RECEIVE_BUFFER = 2_304;
    private static final int MIN_SEND_BUFFER = 4_096;
    private static final int MAX_BUFFER = 1 << 30;
    private static final int MIN_MSS = 88;
    private static final int MAX_MSS = 65_495;
    private static final int MAX_KEEPALIVE_SECONDS = 32_767;
    private static final int MAX_KEEPALIVE_PROBES = 127;
    private static final int MAX_TRAFFIC_CLASS = 255;
    private static final int MAX_FAST_OPEN_QUEUE = 1_048_576;
    private static final int MAX_SEGMENT = 65_535;
    private static final long MIN_RATE = 1L << 10;
    private static final long MAX_RATE = 1L << 40;

    /** Settings of a stack, and what channels have of them that set nothing: the same object for all of them. */
    private record Undelayed(TcpSettings stack, TcpSettings settings) {
        static Undelayed of(final TcpSettings stack) {
            return new Undelayed(stack, stack.noDelay() ? stack : stack.toBuilder().noDelay(true).build());
        }
    }

    private static final TcpSettings BEFORE_THE_STACK = Undelayed.of(TcpSettings.DEFAULT).settings();
    /** Of the stack that a channel came to last: each channel would make them anew. */
    private static volatile Undelayed latest = Undelayed.of(TcpSettings.DEFAULT);

    /** Whether the settings of the stack are still to come. */
    private final boolean early;
    /** What was set that differs, to be laid over them; null: nothing. */
    @Nullable
    private Map<ChannelOption<?>, UnaryOperator<TcpSettings.Builder>> overrides;
    private volatile TcpSettings settings;

    /** Over settings that will be known later: {@link #base}. */
    SettingsOverlay() {
        early = true;
        settings = BEFORE_THE_STACK;
    }

    /** Over the settings that a connection was opened with. */
    SettingsOverlay(final TcpSettings opened) {
        early = false;
        settings = opened;
    }

    /** Netty's transports turn Nagle's algorithm off unless told otherwise. */
    private static TcpSettings nettyDefaults(final TcpSettings stack) {
        Undelayed known = latest;
        if (known.stack() != stack) {
            known = Undelayed.of(stack);
            latest = known;
        }
        return known.settings();
    }

    /** Lays what was set over the settings of the stack. */
    synchronized void base(final TcpSettings stack) {
        final TcpSettings defaults = nettyDefaults(stack);
        settings = overrides == null ? defaults : overlaid(defaults, overrides);
    }

    private static TcpSettings overlaid(final TcpSettings base,
            final Map<ChannelOption<?>, UnaryOperator<TcpSettings.Builder>> overrides) {
        TcpSettings.Builder builder = base.toBuilder();
        for (final UnaryOperator<TcpSettings.Builder> override : overrides.values()) {
            builder = override.apply(builder);
        }
        return builder.build();
    }

    private synchronized void override(final ChannelOption<?> option,
            final UnaryOperator<TcpSettings.Builder> override) {
        if (early) {
            if (overrides == null) {
                overrides = new LinkedHashMap<>();
            }
            overrides.put(option, override);
        }
        settings = override.apply(settings.toBuilder()).build();
    }

    TcpSettings settings() {
        return settings;
    }

    void receiveBuffer(final int bytes) {
        final int value = Math.clamp(positive(ChannelOption.SO_RCVBUF, bytes), MIN_RECEIVE_BUFFER, MAX_BUFFER);
        override(ChannelOption.SO_RCVBUF, builder -> builder.receiveBuffer(value).receiveBufferLocked(true));
    }

    void sendBuffer(final int bytes) {
        final int value = Math.clamp(positive(ChannelOption.SO_SNDBUF, bytes), MIN_SEND_BUFFER, MAX_BUFFER);
        override(ChannelOption.SO_SNDBUF, builder -> builder.sendBuffer(value).sendBufferLocked(true));
    }

    /** As it is by {@link #nettyDefaults}, nearly every channel sets it: that needs no settings of its own. */
    synchronized void noDelay(final boolean value) {
        if (value == settings.noDelay() && overrides == null) {
            return;
        }
        override(ChannelOption.TCP_NODELAY, builder -> builder.noDelay(value));
    }

    void keepAlive(final boolean value) {
        override(ChannelOption.SO_KEEPALIVE, builder -> builder.keepAlive(value));
    }

    void trafficClass(final int value) {
        inRange(ChannelOption.IP_TOS, value, 0, MAX_TRAFFIC_CLASS);
        override(ChannelOption.IP_TOS, builder -> builder.trafficClass(value & ~Ipv4Header.ECN_MASK));
    }

    void fastOpenConnect(final boolean value) {
        override(ChannelOption.TCP_FASTOPEN_CONNECT, builder -> builder.fastOpen(value));
    }

    void fastOpenQueue(final int connections) {
        inRange(ChannelOption.TCP_FASTOPEN, connections, 0, MAX_FAST_OPEN_QUEUE);
        override(ChannelOption.TCP_FASTOPEN,
                builder -> builder.fastOpen(connections > 0).fastOpenQueue(connections));
    }

    int fastOpenQueue() {
        return settings.fastOpen() ? settings.fastOpenQueue() : 0;
    }

    void notSentLowWater(final long bytes) {
        inRange(MillraceChannelOption.TCP_NOTSENT_LOWAT, bytes, 0, Long.MAX_VALUE);
        override(MillraceChannelOption.TCP_NOTSENT_LOWAT, builder -> builder.notSentLowWater(bytes));
    }

    void mss(final int bytes) {
        if (bytes != 0) {
            inRange(MillraceChannelOption.TCP_MSS, bytes, MIN_MSS, MAX_MSS);
        }
        override(MillraceChannelOption.TCP_MSS, builder -> builder.mss(bytes));
    }

    void windowScaling(final boolean value) {
        override(MillraceChannelOption.TCP_WINDOW_SCALING, builder -> builder.windowScaling(value));
    }

    void sack(final boolean value) {
        override(MillraceChannelOption.TCP_SACK, builder -> builder.sack(value));
    }

    void timestamps(final boolean value) {
        override(MillraceChannelOption.TCP_TIMESTAMPS, builder -> builder.timestamps(value));
    }

    void ecn(final Ecn value) {
        override(MillraceChannelOption.TCP_ECN, builder -> builder.ecn(value));
    }

    void keepAliveIdle(final int seconds) {
        inRange(MillraceChannelOption.TCP_KEEPIDLE, seconds, 1, MAX_KEEPALIVE_SECONDS);
        override(MillraceChannelOption.TCP_KEEPIDLE,
                builder -> builder.keepAliveIdleNs(TimeUnit.SECONDS.toNanos(seconds)));
    }

    int keepAliveIdle() {
        return (int) TimeUnit.NANOSECONDS.toSeconds(settings.keepAliveIdleNs());
    }

    void keepAliveInterval(final int seconds) {
        inRange(MillraceChannelOption.TCP_KEEPINTVL, seconds, 1, MAX_KEEPALIVE_SECONDS);
        override(MillraceChannelOption.TCP_KEEPINTVL,
                builder -> builder.keepAliveIntervalNs(TimeUnit.SECONDS.toNanos(seconds)));
    }

    int keepAliveInterval() {
        return (int) TimeUnit.NANOSECONDS.toSeconds(settings.keepAliveIntervalNs());
    }

    void keepAliveProbes(final int probes) {
        inRange(MillraceChannelOption.TCP_KEEPCNT, probes, 1, MAX_KEEPALIVE_PROBES);
        override(MillraceChannelOption.TCP_KEEPCNT, builder -> builder.keepAliveProbes(probes));
    }

    void congestionControl(final String name) {
        CongestionControls.number(name); // refuses a name that is none
        override(MillraceChannelOption.CONGESTION_CONTROL, builder -> builder.congestionControl(name));
    }

    void userTimeout(final int milliseconds) {
        inRange(MillraceChannelOption.TCP_USER_TIMEOUT, milliseconds, 0, Integer.MAX_VALUE);
        override(MillraceChannelOption.TCP_USER_TIMEOUT,
                builder -> builder.userTimeoutNs(TimeUnit.MILLISECONDS.toNanos(milliseconds)));
    }

    int userTimeout() {
        return (int) TimeUnit.NANOSECONDS.toMillis(settings.userTimeoutNs());
    }

    void maxPacingRate(final long bytesPerSecond) {
        if (bytesPerSecond != 0) {
            inRange(MillraceChannelOption.MAX_PACING_RATE, bytesPerSecond, MIN_RATE, MAX_RATE);
        }
        override(MillraceChannelOption.MAX_PACING_RATE, builder -> builder.maxPacingRate(bytesPerSecond));
    }

    void zeroCopySend(final int bytes) {
        inRange(MillraceChannelOption.ZERO_COPY_SEND, bytes, 0, MAX_BUFFER);
        override(MillraceChannelOption.ZERO_COPY_SEND, builder -> builder.zeroCopySend(bytes));
    }

    void zeroCopyReceive(final int bytes) {
        inRange(MillraceChannelOption.ZERO_COPY_RECEIVE, bytes, 0, MAX_SEGMENT);
        override(MillraceChannelOption.ZERO_COPY_RECEIVE, builder -> builder.zeroCopyReceive(bytes));
    }

    void ackPolicy(final AckPolicy policy) {
        override(MillraceChannelOption.ACK_POLICY, builder -> builder.ackPolicy(policy));
    }

    private static int positive(final ChannelOption<?> option, final int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    MillraceChannelOption.label(option) + " is " + value + ", must be at least 1");
        }
        return value;
    }

    private static void inRange(final ChannelOption<?> option, final long value, final long min, final long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    MillraceChannelOption.label(option) + " is " + value + ", must be " + min + " to " + max);
        }
    }
}
