package io.millrace.config;

import static io.millrace.config.ValueTypes.bytesOrZero;
import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.whole;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.MtuProbing;
import io.millrace.fastpath.tcp.congestion.CongestionControls;

/** The part of {@code millrace.tcp} about congestion control, pacing and loss recovery. */
public final class TcpRecoveryKeys {
    private static final String GROUP = TcpKeys.GROUP;
    private static final TcpSettings DEFAULT = TcpSettings.DEFAULT;
    private static final long MIN_RATE = 1L << 10;
    private static final long MAX_RATE = 1L << 40;

    /** Congestion control. */
    public static final ConfigKey<String> CONGESTION_CONTROL = ConfigKey.of(GROUP + ".congestion-control",
            choice(CongestionControls.names()), DEFAULT.congestionControl(),
            "net.ipv4.tcp_congestion_control, TCP_CONGESTION", """
                    How much may be in flight. cubic: RFC 9438 with HyStart++ (RFC 9406), what most hosts run.
                    newreno: RFC 5681, the baseline of the standards. bbr: version 3 (draft-ietf-ccwg-bbr), from
                    measured bandwidth and round trip, paced, for paths that lose without being full.
                    """).changingForNewConnections();

    /** Initial congestion window. */
    public static final ConfigKey<Integer> INITIAL_WINDOW = ConfigKey.of(GROUP + ".initial-window", whole(1, 100),
            DEFAULT.initialWindow(), "initcwnd of a route (ip route)", """
                    Initial congestion window, in segments. RFC 6928 allows 10; more only where the path is known.
                    """).changingForNewConnections();

    /** The window shrinks after idleness. */
    public static final ConfigKey<Boolean> SLOW_START_AFTER_IDLE = ConfigKey.of(GROUP + ".slow-start-after-idle",
            onOff(), DEFAULT.slowStartAfterIdle(), "net.ipv4.tcp_slow_start_after_idle", """
                    Begin anew with the initial window where nothing was sent for longer than the retransmission
                    timeout (RFC 5681 §4.1, RFC 9293 §3.8.2). false favours connections that send in bursts.
                    """).changingForNewConnections();

    /** Pacing. */
    public static final ConfigKey<Boolean> PACING = ConfigKey.of(GROUP + ".pacing", onOff(), DEFAULT.pacing(),
            "fq (tc qdisc), SO_MAX_PACING_RATE", """
                    Spread segments evenly over the round trip instead of sending all that the window allows at once.
                    Where the congestion control needs it (bbr) it is on whatever stands here.
                    """).changingForNewConnections();

    /** Limit of the rate. */
    public static final ConfigKey<Long> MAX_PACING_RATE = ConfigKey.of(GROUP + ".max-pacing-rate",
            bytesOrZero(MIN_RATE, MAX_RATE), DEFAULT.maxPacingRate(), "SO_MAX_PACING_RATE", """
                    Most bytes that a connection sends in one second, paced. 0: no limit.
                    """).changingForNewConnections();

    /** Loss found by time. */
    public static final ConfigKey<Boolean> RACK = ConfigKey.of(GROUP + ".rack", onOff(), DEFAULT.rack(),
            "net.ipv4.tcp_recovery (bit 0)", """
                    Find losses by time (RACK, RFC 8985 §6), which stands reordering and finds lost retransmissions.
                    false: by three duplicate acknowledgements (RFC 6675). Needs sack on both sides.
                    """).changingForNewConnections();

    /** Tail loss probes. */
    public static final ConfigKey<Boolean> TAIL_LOSS_PROBE = ConfigKey.of(GROUP + ".tail-loss-probe", onOff(),
            DEFAULT.tailLossProbe(), "net.ipv4.tcp_early_retrans (3: on)", """
                    Send a probe about two round trips after the last segment of a flight (TLP, RFC 8985 §7), so that
                    a loss at its end needs no retransmission timeout. Needs sack on both sides.
                    """).changingForNewConnections();

    /** Spurious timeouts. */
    public static final ConfigKey<Boolean> FORWARD_RTO_RECOVERY = ConfigKey.of(GROUP + ".forward-rto-recovery",
            onOff(), DEFAULT.forwardRtoRecovery(), "net.ipv4.tcp_frto", """
                    Find out by new data whether a retransmission timeout was spurious, and undo it (F-RTO, RFC 5682):
                    for paths whose round trip jumps, such as radio.
                    """).changingForNewConnections();

    /** The search for the path's MTU. */
    public static final ConfigKey<MtuProbing> MTU_PROBING = ConfigKey.of(GROUP + ".mtu-probing",
            choice(MtuProbing.class), DEFAULT.mtuProbing(), "net.ipv4.tcp_mtu_probing (0 to 2); default there 0",
            """
                    Find out what a path takes where routers do not tell (RFC 4821). on-black-hole: after three timeouts
                    in a row try 1024 bytes, then half of it and so on, and grow again by probes. always: begin with 1024
                    bytes and grow. off: by ICMP alone.
                    """)
            .changingForNewConnections();

    private TcpRecoveryKeys() {}
}
