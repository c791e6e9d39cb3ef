package io.millrace.fastpath.netty;

import io.netty.channel.ChannelOption;

/**
 * Options beyond Netty's own. Those marked <i>before the open</i> are set before {@code connect}, or, for connections
 * that will be accepted, on the server channel before {@code bind}; setting one later throws
 * {@link IllegalStateException}. Thread: any.
 */
public final class MillraceChannelOption {
    /** Largest segment payload announced and used, in bytes, 88 to 65,495; 0: from the MTU. Before the open. */
    public static final ChannelOption<Integer> TCP_MSS = option("TCP_MSS");

    /** Silence before the first keepalive probe, in seconds, 1 to 32,767. Before the open. */
    public static final ChannelOption<Integer> TCP_KEEPIDLE = option("TCP_KEEPIDLE");

    /** Time between keepalive probes, in seconds, 1 to 32,767. Before the open. */
    public static final ChannelOption<Integer> TCP_KEEPINTVL = option("TCP_KEEPINTVL");

    /** Unanswered keepalive probes before the connection is given up, 1 to 127. Before the open. */
    public static final ChannelOption<Integer> TCP_KEEPCNT = option("TCP_KEEPCNT");

    /** Name of the congestion control, e.g. {@code newreno}. Before the open. */
    public static final ChannelOption<String> CONGESTION_CONTROL = option("CONGESTION_CONTROL");

    /** While true only full segments are sent; turned off, what is left goes out. At any time. */
    public static final ChannelOption<Boolean> TCP_CORK = option("TCP_CORK");

    private MillraceChannelOption() {}

    /** The option's name without that of its class, for messages. */
    static String label(final ChannelOption<?> option) {
        return option.name().substring(option.name().indexOf('#') + 1);
    }

    private static <T> ChannelOption<T> option(final String name) {
        return ChannelOption.valueOf(MillraceChannelOption.class, name);
    }
}
