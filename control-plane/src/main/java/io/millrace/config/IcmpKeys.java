package io.millrace.config;

import static io.millrace.config.ValueTypes.whole;

import io.millrace.fastpath.engine.EngineSettings;

/** {@code millrace.icmp}: what the stack sends at the request of strangers. */
public final class IcmpKeys {
    static final String GROUP = "millrace.icmp";

    /** Messages a second. */
    public static final ConfigKey<Integer> RATE = ConfigKey.of(GROUP + ".rate", whole(0, 1_000_000),
            EngineSettings.DEFAULT.icmpPerSecond(), "net.ipv4.icmp_msgs_per_sec", """
                    ICMP errors that an engine sends in a second at most; as many echo replies, and as many answers
                    of connections in TIME_WAIT. 0 sends none of them.
                    """).changingAtOnce();

    private IcmpKeys() {}
}
