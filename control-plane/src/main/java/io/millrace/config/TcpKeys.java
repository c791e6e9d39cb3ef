package io.millrace.config;

import static io.millrace.config.ValueTypes.bytes;
import static io.millrace.config.ValueTypes.bytesOrZero;
import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.time;
import static io.millrace.config.ValueTypes.whole;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.TcpSettings.FinInClosing;
import io.millrace.fastpath.tcp.TcpSettings.PushPolicy;
import java.time.Duration;

/**
 * {@code millrace.tcp}: what connections start from ({@link TcpSettings}): segments, buffers, acknowledgements, timeouts.
 * A listener and a channel option may set something else for theirs. The rest of the group: {@link TcpOptionKeys},
 * {@link TcpRecoveryKeys}.
 */
public final class TcpKeys {
    static final String GROUP = "millrace.tcp";
    private static final TcpSettings DEFAULT = TcpSettings.DEFAULT;
    private static final int MAX_RETRIES = 127;
    private static final int MAX_RANGES = 16_000;
    private static final long MIN_RECEIVE_BUFFER = 2_304;
    private static final long MIN_SEND_BUFFER = 4_096;
    private static final long MAX_BUFFER = 1L << 30;

    /** Maximum segment size. */
    public static final ConfigKey<Long> MSS = ConfigKey.of(GROUP + ".mss", bytesOrZero(88, 65_495),
            (long) DEFAULT.mss(), "TCP_MAXSEG", """
                    Maximum segment size to announce and to use, in bytes of payload (RFC 9293 §3.7.1).
                    0: from the MTU (MTU - 40 for IPv4).
                    """).changingForNewConnections();

    /** Receive window. */
    public static final ConfigKey<Long> RECEIVE_BUFFER = ConfigKey.of(GROUP + ".receive-buffer",
            bytes(MIN_RECEIVE_BUFFER, MAX_BUFFER), (long) DEFAULT.receiveBuffer(),
            "net.ipv4.tcp_rmem (third number), SO_RCVBUF; default there 6 MiB", """
                    Largest receive window of a connection: bytes that the peer may send before the application reads.
                    Throughput is at most this in each round trip. More than 65535 bytes need window-scaling.
                    """).changingForNewConnections();

    /** Send ring. */
    public static final ConfigKey<Long> SEND_BUFFER = ConfigKey.of(GROUP + ".send-buffer",
            bytes(MIN_SEND_BUFFER, MAX_BUFFER), (long) DEFAULT.sendBuffer(),
            "net.ipv4.tcp_wmem (third number), SO_SNDBUF; default there 4 MiB", """
                    Largest send buffer of a connection: bytes written by the application and not yet acknowledged
                    by the peer.
                    """).changingForNewConnections();

    /** Buffers that grow. */
    public static final ConfigKey<Boolean> AUTOTUNE = ConfigKey.of(GROUP + ".autotune", onOff(), DEFAULT.autotune(),
            "net.ipv4.tcp_moderate_rcvbuf; send buffers are always tuned there", """
                    Let the buffers of a connection begin small (initial-receive-buffer, initial-send-buffer) and grow
                    with what its path carries, up to receive-buffer and send-buffer. false: they have their full
                    size from the start. A buffer that a channel option sets is never tuned.
                    """).changingForNewConnections();

    /** Receive window at the start. */
    public static final ConfigKey<Long> INITIAL_RECEIVE_BUFFER = ConfigKey.of(GROUP + ".initial-receive-buffer",
            bytes(MIN_RECEIVE_BUFFER, MAX_BUFFER), (long) DEFAULT.initialReceiveBuffer(),
            "net.ipv4.tcp_rmem (second number)", """
                    Receive buffer of a connection at its start, with autotune. Not above receive-buffer; the default
                    (128KiB) makes way for a smaller receive-buffer.
                    """).changingForNewConnections();

    /** Send ring at the start. */
    public static final ConfigKey<Long> INITIAL_SEND_BUFFER = ConfigKey.of(GROUP + ".initial-send-buffer",
            bytes(MIN_SEND_BUFFER, MAX_BUFFER), (long) DEFAULT.initialSendBuffer(),
            "net.ipv4.tcp_wmem (second number); default there 16 KiB", """
                    Send buffer of a connection at its start, with autotune. Not above send-buffer; the default
                    (128KiB) makes way for a smaller send-buffer.
                    """).changingForNewConnections();

    /** Messages that are held instead of copied. */
    public static final ConfigKey<Long> ZERO_COPY_SEND = ConfigKey.of(GROUP + ".zero-copy-send",
            bytesOrZero(1, MAX_BUFFER), (long) DEFAULT.zeroCopySend(), "MSG_ZEROCOPY", """
                    Messages from so many bytes on are not copied into the send buffer: a channel keeps their buffers
                    until the peer has acknowledged them, where nobody else can reach these. Smaller ones are cheaper
                    to copy. 0: every message is copied.
                    """).changingForNewConnections();

    /** Segments that are lent instead of copied. */
    public static final ConfigKey<Long> ZERO_COPY_RECEIVE = ConfigKey.of(GROUP + ".zero-copy-receive",
            bytesOrZero(1, 65_535), (long) DEFAULT.zeroCopyReceive(), "TCP_ZEROCOPY_RECEIVE", """
                    Segments with so many bytes or more come to the application as buffers over the port's frames,
                    as long as it holds few of them. Smaller ones are cheaper to copy. 0: every byte is copied.
                    """).changingForNewConnections();

    /** What is taken from the application before it is sent. */
    public static final ConfigKey<Long> NOT_SENT_LOW_WATER = ConfigKey.of(GROUP + ".not-sent-low-water",
            bytesOrZero(1, MAX_BUFFER), DEFAULT.notSentLowWater(), "net.ipv4.tcp_notsent_lowat, TCP_NOTSENT_LOWAT",
            """
                    As many bytes that are not sent yet are taken from the application at the most, so that it learns of a
                    slow path early. 0: as many as the send buffer holds.
                    """)
            .changingForNewConnections();

    /** The DS field. */
    public static final ConfigKey<Integer> TRAFFIC_CLASS = ConfigKey.of(GROUP + ".traffic-class",
            whole(0, 255), DEFAULT.trafficClass(), "IP_TOS",
            """
                    DS field of every packet of a connection (RFC 2474): four times the code point, e.g. 184 for expedited
                    forwarding. The two lowest bits are ECN's and ignored.
                    """)
            .changingForNewConnections();

    /** Nagle's algorithm off. */
    public static final ConfigKey<Boolean> NO_DELAY = ConfigKey.of(GROUP + ".no-delay", onOff(), DEFAULT.noDelay(),
            "TCP_NODELAY", """
                    true switches Nagle's algorithm off (RFC 9293 §3.7.4): small segments go out at once, even while
                    others are not acknowledged.
                    """).changingForNewConnections();

    /** Delayed acknowledgement. */
    public static final ConfigKey<Duration> DELAYED_ACK = ConfigKey.of(GROUP + ".delayed-ack",
            time(Duration.ZERO, Duration.ofMillis(500)), Duration.ofNanos(DEFAULT.delayedAckNs()),
            "TCP_DELACK_MIN (40 ms); there it adapts, up to 200 ms", """
                    Longest time that an acknowledgement is held back (RFC 9293 §3.8.6.3); every second full segment
                    is acknowledged at once anyhow. 0ms acknowledges every burst at once.
                    """).changingForNewConnections();

    /** PSH. */
    public static final ConfigKey<PushPolicy> PUSH_POLICY = ConfigKey.of(GROUP + ".push-policy",
            choice(PushPolicy.class), DEFAULT.pushPolicy(), "as burst", """
                    Which segments carry PSH. burst: the last of what is queued, and the last of several that leave
                    together, so that a receiver hands them up. last: only the last of what is queued.
                    """).changingForNewConnections();

    /** FIN sent again in CLOSING. */
    public static final ConfigKey<FinInClosing> FIN_IN_CLOSING = ConfigKey.of(GROUP + ".fin-in-closing",
            choice(FinInClosing.class), DEFAULT.finInClosing(), "as timeout", """
                    When the FIN is sent again where both ends have closed at once (state CLOSING) and it is not
                    acknowledged. timeout: by the retransmission timer alone. every-ack, as BSD: also with every
                    acknowledgement, beginning with that of the peer's FIN.
                    """).changingForNewConnections();

    /** When in-order data is acknowledged. */
    public static final ConfigKey<AckPolicy> ACK_POLICY = ConfigKey.of(GROUP + ".ack-policy", choice(AckPolicy.class),
            DEFAULT.ackPolicy(), "as quick; TCP_QUICKACK, quickack of a route (ip route)", """
                    When data that arrives in order is acknowledged (RFC 9293 §3.8.6.3, RFC 5681 §4.2). quick: at once
                    at the beginning of a connection and after silence, later as delayed. delayed: every second full
                    segment, else after delayed-ack. every: each burst of segments at once.
                    """).changingForNewConnections();

    /** RTO before the first measurement. */
    public static final ConfigKey<Duration> RTO_INITIAL = ConfigKey.of(GROUP + ".rto-initial",
            time(Duration.ofMillis(1), Duration.ofSeconds(60)), Duration.ofNanos(DEFAULT.rtoInitialNs()),
            "TCP_TIMEOUT_INIT (1 s)", """
                    Retransmission timeout before the first measurement of the round trip (RFC 6298 §2.1: 1 s).
                    Not below rto-min, not above rto-max.
                    """).changingForNewConnections();

    /** Smallest RTO. */
    public static final ConfigKey<Duration> RTO_MIN = ConfigKey.of(GROUP + ".rto-min",
            time(Duration.ofMillis(1), Duration.ofSeconds(60)), Duration.ofNanos(DEFAULT.rtoMinNs()),
            "net.ipv4.tcp_rto_min_us", """
                    Smallest retransmission timeout. RFC 6298 §2.4 says 1 s; Linux uses 200 ms, and so do we.
                    Below the peer's delayed acknowledgement it makes needless retransmissions.
                    """).changingForNewConnections();

    /** Largest RTO. */
    public static final ConfigKey<Duration> RTO_MAX = ConfigKey.of(GROUP + ".rto-max",
            time(Duration.ofSeconds(60), Duration.ofHours(1)), Duration.ofNanos(DEFAULT.rtoMaxNs()),
            "net.ipv4.tcp_rto_max_ms", """
                    Largest retransmission timeout, where the exponential backoff ends (RFC 6298 §2.5).
                    """).changingForNewConnections();

    /** Retransmissions of a segment. */
    public static final ConfigKey<Integer> RETRIES = ConfigKey.of(GROUP + ".retries", whole(1, MAX_RETRIES),
            DEFAULT.retries(), "net.ipv4.tcp_retries2", """
                    Retransmissions of one segment before the connection is given up with a reset
                    (R2 of RFC 9293 §3.8.3). 15 takes some 15 minutes. user-timeout takes its place where set.
                    """).changingForNewConnections();

    /** User timeout. */
    public static final ConfigKey<Duration> USER_TIMEOUT = ConfigKey.of(GROUP + ".user-timeout",
            time(Duration.ZERO, Duration.ofDays(24)), Duration.ofNanos(DEFAULT.userTimeoutNs()), "TCP_USER_TIMEOUT", """
                    How long data may stay unacknowledged, or the peer's window closed, before the connection is given
                    up (RFC 9293 §3.9.1.2; RFC 5482, of which nothing is sent to the peer). 0ms: by retries.
                    A handshake takes no longer than that either.
                    """).changingForNewConnections();

    /** Retransmissions of a SYN. */
    public static final ConfigKey<Integer> SYN_RETRIES = ConfigKey.of(GROUP + ".syn-retries", whole(0, MAX_RETRIES),
            DEFAULT.synRetries(), "net.ipv4.tcp_syn_retries, TCP_SYNCNT", """
                    Retransmissions of a SYN before an active open fails. 6 takes about two minutes.
                    """).changingForNewConnections();

    /** Retransmissions of a SYN-ACK. */
    public static final ConfigKey<Integer> SYN_ACK_RETRIES = ConfigKey.of(GROUP + ".syn-ack-retries",
            whole(0, MAX_RETRIES), DEFAULT.synAckRetries(), "net.ipv4.tcp_synack_retries", """
                    Retransmissions of a SYN-ACK before a half-open connection is forgotten. 5 takes about a minute.
                    """).changingForNewConnections();

    /** Maximum segment lifetime. */
    public static final ConfigKey<Duration> MSL = ConfigKey.of(GROUP + ".msl",
            time(Duration.ofMillis(1), Duration.ofMinutes(10)), Duration.ofNanos(DEFAULT.mslNs()),
            "half of TCP_TIMEWAIT_LEN (60 s)", """
                    Maximum segment lifetime; TIME_WAIT lasts twice as long. RFC 9293 §3.4.1 says 2 minutes; 30 s
                    gives the 60 s of Linux.
                    """).changingForNewConnections();

    /** Connections in the place of ones in TIME_WAIT. */
    public static final ConfigKey<Boolean> TIME_WAIT_REUSE = ConfigKey.of(GROUP + ".time-wait-reuse", onOff(),
            DEFAULT.timeWaitReuse(), "as true; net.ipv4.tcp_tw_reuse is about active opens", """
                    A SYN with a later timestamp, or a later sequence number, opens a connection in the place of one
                    in TIME_WAIT (RFC 6191). false: it is answered with a challenge and waits.
                    """).changingForNewConnections();

    /** Timeout of orphans in FIN_WAIT_2. */
    public static final ConfigKey<Duration> FIN_WAIT_2_TIMEOUT = ConfigKey.of(GROUP + ".fin-wait-2-timeout",
            time(Duration.ofMillis(1), Duration.ofHours(1)), Duration.ofNanos(DEFAULT.finWait2TimeoutNs()),
            "net.ipv4.tcp_fin_timeout, TCP_LINGER2", """
                    How long a connection that the application has closed waits in FIN_WAIT_2 for the peer's FIN.
                    """).changingForNewConnections();

    /** Keepalive. */
    public static final ConfigKey<Boolean> KEEP_ALIVE = ConfigKey.of(GROUP + ".keep-alive", onOff(),
            DEFAULT.keepAlive(), "SO_KEEPALIVE", """
                    Probe silent peers (RFC 9293 §3.8.4), to find connections whose other end is gone.
                    """).changingForNewConnections();

    /** Silence before the first probe. */
    public static final ConfigKey<Duration> KEEP_ALIVE_IDLE = ConfigKey.of(GROUP + ".keep-alive-idle",
            time(Duration.ofMillis(10), Duration.ofDays(1)), Duration.ofNanos(DEFAULT.keepAliveIdleNs()),
            "net.ipv4.tcp_keepalive_time, TCP_KEEPIDLE", """
                    Silence before the first keepalive probe.
                    """).changingForNewConnections();

    /** Time between probes. */
    public static final ConfigKey<Duration> KEEP_ALIVE_INTERVAL = ConfigKey.of(GROUP + ".keep-alive-interval",
            time(Duration.ofMillis(10), Duration.ofDays(1)), Duration.ofNanos(DEFAULT.keepAliveIntervalNs()),
            "net.ipv4.tcp_keepalive_intvl, TCP_KEEPINTVL", """
                    Time between two keepalive probes.
                    """).changingForNewConnections();

    /** Unanswered probes. */
    public static final ConfigKey<Integer> KEEP_ALIVE_PROBES = ConfigKey.of(GROUP + ".keep-alive-probes",
            whole(1, MAX_RETRIES), DEFAULT.keepAliveProbes(), "net.ipv4.tcp_keepalive_probes, TCP_KEEPCNT", """
                    Unanswered keepalive probes before the connection is given up.
                    """).changingForNewConnections();

    /** Idleness. */
    public static final ConfigKey<Duration> IDLE_TIMEOUT = ConfigKey.of(GROUP + ".idle-timeout",
            time(Duration.ZERO, Duration.ofDays(24)), Duration.ofNanos(DEFAULT.idleTimeoutNs()), null,
            """
                    How long neither side may send data before an open connection is reset, counted (TcpIdleTimedOut) and
                    told to its application. Keepalive probes and acknowledgements are no data. 0ms: for ever.
                    """)
            .changingForNewConnections();

    /** Ranges of out-of-order bytes. */
    public static final ConfigKey<Integer> OUT_OF_ORDER_RANGES = ConfigKey.of(GROUP + ".out-of-order-ranges",
            whole(1, MAX_RANGES), DEFAULT.outOfOrderRanges(), null, """
                    Ranges of bytes received out of order that are kept for one connection. A segment that would
                    begin one more is dropped and counted (TcpOutOfOrderDropped). Each takes 8 bytes of the slab
                    while there are any, in a block that doubles from 1 KiB: 32 KiB for 4000 ranges.
                    """).changingForNewConnections();

    private TcpKeys() {}
}
