package io.millrace.config;

import static io.millrace.config.ValueTypes.bytesOrZero;
import static io.millrace.config.ValueTypes.bytesPowerOfTwo;
import static io.millrace.config.ValueTypes.timePowerOfTwo;
import static io.millrace.config.ValueTypes.whole;

import io.millrace.fastpath.engine.EngineSettings;
import java.time.Duration;

/** {@code millrace.engine}: sizes of each engine; memory for them is taken at start. */
public final class EngineKeys {
    static final String GROUP = "millrace.engine";
    private static final EngineSettings DEFAULT = EngineSettings.DEFAULT;

    /** Connections at once. */
    public static final ConfigKey<Integer> MAX_CONNECTIONS = ConfigKey.of(GROUP + ".max-connections",
            whole(16, 16_777_216), DEFAULT.maxConnections(), "fs.file-max, net.ipv4.tcp_max_orphans", """
                    Connections of one engine at once, orphans included, TIME_WAIT not. When the table is full,
                    a SYN is dropped and counted, and an active open fails.
                    """);

    /** Records of TIME_WAIT at once. */
    public static final ConfigKey<Integer> MAX_TIME_WAIT = ConfigKey.of(GROUP + ".max-time-wait",
            whole(16, 16_777_216), DEFAULT.maxTimeWait(), "net.ipv4.tcp_max_tw_buckets", """
                    Connections of one engine in TIME_WAIT at once. When the table is full, the oldest ends early,
                    and is counted (TimeWaitOverflow).
                    """);

    /** Connections without an application. */
    public static final ConfigKey<Integer> MAX_ORPHANS = ConfigKey.of(GROUP + ".max-orphans", whole(0, 16_777_216),
            DEFAULT.maxOrphans(), "net.ipv4.tcp_max_orphans", """
                    Connections of one engine that live on without an application, to send what is left and close.
                    One more is reset when it is closed.
                    """).changingAtOnce();

    /** Memory for data in flight. */
    public static final ConfigKey<Long> SLAB = ConfigKey.of(GROUP + ".slab", bytesPowerOfTwo(1L << 20, 1L << 40),
            DEFAULT.slabBytes(), "net.ipv4.tcp_mem", """
                    Memory of one engine for send and receive buffers; connections without data in flight hold none.
                    When it is used up, windows close and writes wait.
                    """);

    /** Memory for datagrams. */
    public static final ConfigKey<Long> DATAGRAMS = ConfigKey.of(GROUP + ".datagrams",
            bytesPowerOfTwo(1L << 20, 1L << 40), DEFAULT.datagramBytes(), "net.ipv4.udp_mem", """
                    Memory of one engine for UDP datagrams that wait to be received. When it is used up, datagrams
                    are dropped and counted (UdpSlabFull); each endpoint is bounded by SO_RCVBUF before (UdpBufferFull).
                    """);

    /** Frames at once. */
    public static final ConfigKey<Integer> BURST = ConfigKey.of(GROUP + ".burst", whole(1, 256), DEFAULT.burst(),
            "net.core.dev_weight (NAPI poll weight)", """
                    Frames that an engine takes from its port, or gives to it, at once. More favours throughput,
                    less favours latency.
                    """);

    /** Resolution of timers. */
    public static final ConfigKey<Duration> TIMER_TICK = ConfigKey.of(GROUP + ".timer-tick",
            timePowerOfTwo(Duration.ofNanos(1_024), Duration.ofNanos(16_777_216)),
            Duration.ofNanos(DEFAULT.timerTickNs()), "CONFIG_HZ", """
                    Resolution of every timer.
                    """);

    /** Frames at the application. */
    public static final ConfigKey<Integer> MAX_LENT_FRAMES = ConfigKey.of(GROUP + ".max-lent-frames",
            whole(0, 65_536), DEFAULT.maxLentFrames(), null, """
                    Received frames that applications may have at once (tcp.zero-copy-receive), but never more than a
                    quarter of the port's; what arrives beyond is copied.
                    """);

    /** What may be reserved in all. */
    public static final ConfigKey<Long> MEMORY_LIMIT = ConfigKey.of(GROUP + ".memory-limit",
            bytesOrZero(1L << 20, 1L << 50), 0L, null,
            """
                    Memory outside of the heap that all engines together may come to: a stack that could take more is
                    refused before it starts. `millrace memory` shows what it is made of. 0: the memory of the machine, or
                    of the container.
                    """);

    private EngineKeys() {}
}
