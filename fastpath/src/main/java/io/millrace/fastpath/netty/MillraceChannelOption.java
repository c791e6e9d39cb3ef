package io.millrace.fastpath.netty;

import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpPrefix;
import io.netty.channel.ChannelOption;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Options beyond Netty's own. Those marked <i>before the open</i> are set before {@code connect}, or, for connections
 * that will be accepted, on the server channel before {@code bind}; setting one later throws
 * {@link IllegalStateException}. The others may be set on a channel at any time, and on a server channel, for its
 * connections to begin with, before {@code bind}. The options of Netty's epoll and io_uring transports that have a name of
 * those below are taken for them. Thread: any.
 */
public final class MillraceChannelOption {
    /** Largest segment payload announced and used, in bytes, 88 to 65,495; 0: from the MTU. Before the open. */
    public static final ChannelOption<Integer> TCP_MSS = option("TCP_MSS");

    /** Silence before the first keepalive probe, in seconds, 1 to 32,767. At any time. */
    public static final ChannelOption<Integer> TCP_KEEPIDLE = option("TCP_KEEPIDLE");

    /** Time between keepalive probes, in seconds, 1 to 32,767. At any time. */
    public static final ChannelOption<Integer> TCP_KEEPINTVL = option("TCP_KEEPINTVL");

    /** Unanswered keepalive probes before the connection is given up, 1 to 127. At any time. */
    public static final ChannelOption<Integer> TCP_KEEPCNT = option("TCP_KEEPCNT");

    /**
     * How long data may stay unacknowledged, or the peer's window closed, before the connection is given up, in
     * milliseconds, at least 0; 0: by the number of retransmissions (RFC 9293 §3.9.1.2). At any time.
     */
    public static final ChannelOption<Integer> TCP_USER_TIMEOUT = option("TCP_USER_TIMEOUT");

    /**
     * As many bytes that were written but not sent yet are taken into the send ring at the most, at least 1; what is
     * beyond waits in the channel, whose writability follows its water marks; 0: as many as {@code SO_SNDBUF} says. At any
     * time.
     */
    public static final ChannelOption<Long> TCP_NOTSENT_LOWAT = option("TCP_NOTSENT_LOWAT");

    /** Name of the congestion control, e.g. {@code newreno}. At any time: window and threshold stay. */
    public static final ChannelOption<String> CONGESTION_CONTROL = option("CONGESTION_CONTROL");

    /** Most bytes a second that leave, paced: 1,024 to 2^40; 0: no limit (Linux: SO_MAX_PACING_RATE). At any time. */
    public static final ChannelOption<Long> MAX_PACING_RATE = option("MAX_PACING_RATE");

    /**
     * Messages from so many bytes on are not copied: the channel keeps their buffers until the peer has acknowledged them,
     * where nobody else can reach these (one reference, memory of an allocator). 1 to 1 GiB; 0: every message is copied,
     * and its buffer released when it is accepted. At any time.
     */
    public static final ChannelOption<Integer> ZERO_COPY_SEND = option("ZERO_COPY_SEND");

    /**
     * Segments with so many bytes or more come as buffers over the port's frames, where it lends some: 1 to 65,535; 0: all
     * bytes are copied into buffers of the channel's allocator. At any time.
     */
    public static final ChannelOption<Integer> ZERO_COPY_RECEIVE = option("ZERO_COPY_RECEIVE");

    /** When data that arrives in order is acknowledged. At any time. */
    public static final ChannelOption<TcpSettings.AckPolicy> ACK_POLICY = option("ACK_POLICY");

    /**
     * True: an acknowledgement that is owed goes out now, the next 16 are not held back; false: they are. Not for good:
     * {@link #ACK_POLICY} goes on from there. Reads as it was set last. At any time; not on a server channel.
     */
    public static final ChannelOption<Boolean> TCP_QUICKACK = option("TCP_QUICKACK");

    /** While true only full segments are sent; turned off, what is left goes out. At any time; not on a server channel. */
    public static final ChannelOption<Boolean> TCP_CORK = option("TCP_CORK");

    /**
     * Of datagram channels: who may fragment what is longer than the path takes. {@code BY_SENDER}, the default: this stack,
     * by what ICMP told of the path; {@code ANYWHERE}: routers too; {@code NOWHERE}: nobody, a write that is too long fails,
     * and so may the one after a datagram that proved too long. At any time.
     */
    public static final ChannelOption<Fragmentation> IP_MTU_DISCOVER = option("IP_MTU_DISCOVER");

    /** Window scaling offered and agreed to (RFC 7323 §2). Before the open. */
    public static final ChannelOption<Boolean> TCP_WINDOW_SCALING = option("TCP_WINDOW_SCALING");

    /** Selective acknowledgements offered and agreed to (RFC 2018). Before the open. */
    public static final ChannelOption<Boolean> TCP_SACK = option("TCP_SACK");

    /** Timestamps offered and agreed to (RFC 7323 §3). Before the open. */
    public static final ChannelOption<Boolean> TCP_TIMESTAMPS = option("TCP_TIMESTAMPS");

    /** Explicit congestion notification (RFC 3168). Before the open. */
    public static final ChannelOption<TcpSettings.Ecn> TCP_ECN = option("TCP_ECN");

    /**
     * Time to live, or hop limit, of the datagrams of a channel to one host, or a broadcast: 1 to 255; 0, the default: as the
     * stack is configured. At any time.
     */
    public static final ChannelOption<Integer> IP_TTL = option("IP_TTL");

    /**
     * True: other server channels that have it too may be bound to the same address and port; each flow goes to one of
     * them. The option of this name of Netty's native transports is taken for it. On a server channel, before {@code bind}; on
     * datagram channels too, where the flow is the sender's address and port.
     */
    public static final ChannelOption<Boolean> SO_REUSEPORT = option("SO_REUSEPORT");

    /**
     * Networks that connections are taken from; empty: from everybody. What others send is dropped and counted, and not
     * answered. The stack's configuration may refuse more. On a server channel, before {@code bind}.
     */
    public static final ChannelOption<List<IpPrefix>> ALLOWED_SOURCES = option("ALLOWED_SOURCES");

    private static final Map<ChannelOption<?>, ChannelOption<?>> NATIVE = ofNativeTransports();

    private MillraceChannelOption() {}

    /** The option's name without that of its class, for messages. */
    static String label(final ChannelOption<?> option) {
        return option.name().substring(option.name().indexOf('#') + 1);
    }

    /**
     * This class's option for one of the same name and type that Netty's epoll or io_uring transport declares, so that who
     * changes the transport need not change the options; any other as it is.
     */
    @SuppressWarnings("unchecked")
    static <T> ChannelOption<T> own(final ChannelOption<T> option) {
        return (ChannelOption<T>) NATIVE.getOrDefault(option, option);
    }

    private static Map<ChannelOption<?>, ChannelOption<?>> ofNativeTransports() {
        final Map<ChannelOption<?>, ChannelOption<?>> own = new IdentityHashMap<>();
        for (final ChannelOption<?> option : List.of(TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT,
                TCP_NOTSENT_LOWAT, TCP_QUICKACK, TCP_CORK, ChannelOption.TCP_FASTOPEN,
                ChannelOption.TCP_FASTOPEN_CONNECT)) {
            // Options are interned by the name of their class and their own: nothing of these classes is loaded.
            own.put(ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#" + label(option)), option);
            own.put(ChannelOption.valueOf("io.netty.channel.uring.IoUringChannelOption#" + label(option)), option);
        }
        // Both transports inherit it.
        own.put(ChannelOption.valueOf("io.netty.channel.unix.UnixChannelOption#SO_REUSEPORT"), SO_REUSEPORT);
        return own;
    }

    private static <T> ChannelOption<T> option(final String name) {
        return ChannelOption.valueOf(MillraceChannelOption.class, name);
    }
}
