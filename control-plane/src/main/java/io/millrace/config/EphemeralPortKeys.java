package io.millrace.config;

import static io.millrace.config.ValueTypes.whole;

/** {@code millrace.ephemeral-ports}: local ports of active opens (RFC 6056). */
public final class EphemeralPortKeys {
    static final String GROUP = "millrace.ephemeral-ports";

    /** First port. */
    public static final ConfigKey<Integer> LOW = ConfigKey.of(GROUP + ".low", whole(1, 65_535), 32_768,
            "net.ipv4.ip_local_port_range, first number", """
                    First port of the range that local ports of active opens are chosen from.
                    """).changingAtOnce();

    /** Last port. */
    public static final ConfigKey<Integer> HIGH = ConfigKey.of(GROUP + ".high", whole(1, 65_535), 60_999,
            "net.ipv4.ip_local_port_range, second number", """
                    Last port of that range, itself included.
                    """).changingAtOnce();

    private EphemeralPortKeys() {}
}
