package io.millrace.config;

import static io.millrace.config.ValueTypes.whole;

import io.millrace.fastpath.engine.EngineSettings;

/** {@code millrace.icmp}: errors that the stack sends. */
public final class IcmpKeys {
    static final String GROUP = "millrace.icmp";

    /** Messages a second. */
    public static final ConfigKey<Integer> RATE = ConfigKey.of(GROUP + ".rate", whole(0, 1_000_000),
            EngineSettings.DEFAULT.icmpPerSecond(), "net.ipv4.icmp_msgs_per_sec", """
                    ICMP errors, and answers of connections in TIME_WAIT, that an engine sends in a second at most;
                    0 sends none. Echo replies are not limited.
                    """);

    private IcmpKeys() {}
}
