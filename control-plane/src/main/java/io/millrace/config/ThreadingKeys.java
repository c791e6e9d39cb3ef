package io.millrace.config;

import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.cpus;
import static io.millrace.config.ValueTypes.list;
import static io.millrace.config.ValueTypes.time;
import static io.millrace.config.ValueTypes.whole;

import java.time.Duration;
import java.util.List;

/** {@code millrace.threading}: which threads there are, and what they do when idle. */
public final class ThreadingKeys {
    static final String GROUP = "millrace.threading";

    /** How many engines. */
    public static final ConfigKey<Integer> ENGINES = ConfigKey.of(GROUP + ".engines", whole(1, 256), 1,
            "receive queues of a NIC (ethtool -L)", """
                    Engines. Each is driven by one event loop on one thread, and owns one queue of the port
                    and the connections whose packets arrive there.
                    """);

    /** Where the control plane runs. */
    public static final ConfigKey<ControlThreading> CONTROL = ConfigKey.of(GROUP + ".control",
            choice(ControlThreading.class), ControlThreading.DEDICATED, null, """
                    Where the control plane runs (listeners, neighbours, life cycle): on a thread of its own
                    (dedicated), or within the turns of the first engine (shared).
                    """);

    /** What a loop does when idle. */
    public static final ConfigKey<IdleMode> IDLE = ConfigKey.of(GROUP + ".idle", choice(IdleMode.class),
            IdleMode.ADAPTIVE, "net.core.busy_poll",
            """
                    What a loop does after a turn without work. adaptive: polls for idle-spin after its last work, then sleeps
                    until a frame, a task or a timer wakes it. block: sleeps at once. spin: lowest latency, takes a whole core.
                    yield: the same, but lets other threads run. backoff: spins, yields, then sleeps up to idle-max-sleep,
                    whatever comes. park: sleeps 50 µs each time. Frames of DPDK wake no loop: it looks as with backoff.
                    """);

    /** How long an adaptive loop polls. */
    public static final ConfigKey<Duration> IDLE_SPIN = ConfigKey.of(GROUP + ".idle-spin",
            time(Duration.ZERO, Duration.ofSeconds(1)), Duration.ofNanos(100_000), "net.core.busy_poll", """
                    How long a loop that is adaptive goes on polling after its last work; it yields to other threads in
                    the second half of that. Longer favours the latency of what comes seldom, and takes more of a core.
                    """);

    /** How long a loop sleeps where frames do not wake it. */
    public static final ConfigKey<Duration> IDLE_MAX_SLEEP = ConfigKey.of(GROUP + ".idle-max-sleep",
            time(Duration.ofNanos(1_000), Duration.ofSeconds(1)), Duration.ofMillis(1), null, """
                    How long a loop sleeps at the most where frames do not wake it: with backoff, and at such ports.
                    """);

    /** Where loops run. */
    public static final ConfigKey<List<CpuRange>> CPUS = ConfigKey.of(GROUP + ".cpus", list(cpus()), List.of(),
            "taskset(1), irqbalance", """
                    CPUs of the loops, one for each engine in this order, such as "2-3" or [2, 3]; at least as many as
                    engines. Each loop's thread stays on its CPU. Empty: the system chooses. Linux only.
                    """);

    private ThreadingKeys() {}
}
