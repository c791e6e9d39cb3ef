package io.millrace.config;

import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.orAuto;
import static io.millrace.config.ValueTypes.whole;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.Ecn;
import io.millrace.fastpath.tcp.TcpSettings.OptionOrder;
import java.util.Optional;

/** The part of {@code millrace.tcp} about what the two ends agree on in their SYNs. */
public final class TcpOptionKeys {
    private static final String GROUP = TcpKeys.GROUP;
    private static final TcpSettings DEFAULT = TcpSettings.DEFAULT;
    private static final int MAX_SHIFT = 14;

    /** Window scale option. */
    public static final ConfigKey<Boolean> WINDOW_SCALING = ConfigKey.of(GROUP + ".window-scaling", onOff(),
            DEFAULT.windowScaling(), "net.ipv4.tcp_window_scaling", """
                    Offer the window scale option (RFC 7323 §2): windows above 65535 bytes.
                    """).changingForNewConnections();

    /** Shift of the window scale option. */
    public static final ConfigKey<Optional<Integer>> WINDOW_SCALE = ConfigKey.of(GROUP + ".window-scale",
            orAuto(whole(0, MAX_SHIFT)), Optional.<Integer>empty(),
            "made of net.ipv4.tcp_rmem (third number); default there 7", """
                    Shift of the window scale option that is offered (RFC 7323 §2.3), with window-scaling. auto: the
                    smallest that receive-buffer needs. A number must be enough for receive-buffer.
                    """).changingForNewConnections();

    /** Selective acknowledgements. */
    public static final ConfigKey<Boolean> SACK = ConfigKey.of(GROUP + ".sack", onOff(), DEFAULT.sack(),
            "net.ipv4.tcp_sack, tcp_dsack", """
                    Offer and accept selective acknowledgements (RFC 2018), duplicates reported (RFC 2883). Without
                    them a window with several losses is repaired one segment a round trip.
                    """).changingForNewConnections();

    /** Timestamps. */
    public static final ConfigKey<Boolean> TIMESTAMPS = ConfigKey.of(GROUP + ".timestamps", onOff(),
            DEFAULT.timestamps(), "net.ipv4.tcp_timestamps", """
                    Offer and accept timestamps (RFC 7323 §3), from a random offset for each connection: round trips
                    measured also where segments are sent again, and old duplicates told apart (PAWS, §5). They take
                    12 bytes of every segment.
                    """).changingForNewConnections();

    /** Explicit congestion notification. */
    public static final ConfigKey<Ecn> ECN = ConfigKey.of(GROUP + ".ecn", choice(Ecn.class), DEFAULT.ecn(),
            "net.ipv4.tcp_ecn (0 off, 1 on, 2 passive)", """
                    Explicit congestion notification (RFC 3168). off: neither asked for nor agreed to. on: asked for
                    by active opens, agreed to by passive ones. passive: agreed to where the peer asks.
                    """).changingForNewConnections();

    /** Data on the SYN. */
    public static final ConfigKey<Boolean> FAST_OPEN = ConfigKey.of(GROUP + ".fast-open", onOff(), DEFAULT.fastOpen(),
            "net.ipv4.tcp_fastopen, TCP_FASTOPEN, TCP_FASTOPEN_CONNECT; default there 1, clients only", """
                    TCP Fast Open (RFC 7413): data on the SYN, sent by active opens and accepted by listeners. A SYN
                    may arrive twice, and its data with it: only for applications that bear it (§2.1).
                    """).changingForNewConnections();

    /** Connections that Fast Open accepted before their handshake. */
    public static final ConfigKey<Integer> FAST_OPEN_QUEUE = ConfigKey.of(GROUP + ".fast-open-queue",
            whole(0, 1_048_576), DEFAULT.fastOpenQueue(), "the argument of TCP_FASTOPEN", """
                    Connections of one engine that a SYN with data may open before their handshake is over. Beyond that
                    the handshake comes first.
                    """).changingForNewConnections();

    /** Order of the options of a SYN. */
    public static final ConfigKey<OptionOrder> OPTION_ORDER = ConfigKey.of(GROUP + ".option-order",
            choice(OptionOrder.class), DEFAULT.optionOrder(), "as linux", """
                    Order of the options of a SYN and of a SYN-ACK. linux: MSS, SACK permitted, timestamps, window
                    scale. bsd, as FreeBSD: MSS, window scale, SACK permitted, timestamps.
                    """).changingForNewConnections();

    private TcpOptionKeys() {}
}
