package io.millrace.config;

import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.whole;

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
            IdleMode.BACKOFF, "net.core.busy_poll", """
                    What a loop does after a turn without work. spin: lowest latency, takes a whole core.
                    yield: the same, but lets other threads run. backoff: spins, then yields, then sleeps up to 1 ms.
                    park: sleeps at once; next to no load, some 100 µs of latency.
                    """);

    private ThreadingKeys() {}
}
