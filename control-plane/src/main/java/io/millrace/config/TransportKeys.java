package io.millrace.config;

import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.list;

import java.util.List;

/** {@code millrace.transport}: what a program falls back on that leaves the choice to {@code TransportChoice}. */
public final class TransportKeys {
    static final String GROUP = "millrace.transport";

    /** Which transports, in which order. */
    public static final ConfigKey<List<TransportKind>> ORDER = ConfigKey.of(GROUP + ".order",
            list(choice(TransportKind.class)), List.of(TransportKind.values()), null,
            """
                    Transports for a program that leaves the choice to TransportChoice: the first that works here is taken.
                    millrace needs its JVM flag and a device that can be opened; io-uring and epoll need their jars and
                    the kernel's support; nio is there everywhere. Without nio a program may find none, and then fails.
                    """);

    private TransportKeys() {}
}
