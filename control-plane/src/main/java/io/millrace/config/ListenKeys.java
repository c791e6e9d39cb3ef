package io.millrace.config;

import static io.millrace.config.ValueTypes.whole;

/** {@code millrace.listen}: queues of a listener. */
public final class ListenKeys {
    static final String GROUP = "millrace.listen";

    /** Accept queue where the application does not say. */
    public static final ConfigKey<Integer> BACKLOG = ConfigKey.of(GROUP + ".backlog", whole(1, 1_048_576), 1_024,
            "second argument of listen(2)", """
                    Established connections that wait to be accepted at one listener, where the application does not
                    say how many. When the queue is full, the last ACK of a handshake is dropped and counted.
                    """);

    /** Largest accept queue. */
    public static final ConfigKey<Integer> MAX_BACKLOG = ConfigKey.of(GROUP + ".max-backlog", whole(1, 1_048_576),
            4_096, "net.core.somaxconn", """
                    Bound of every listener's backlog, whatever the application asks for.
                    """);

    /** Half-open connections. */
    public static final ConfigKey<Integer> SYN_QUEUE = ConfigKey.of(GROUP + ".syn-queue", whole(1, 1_048_576), 4_096,
            "net.ipv4.tcp_max_syn_backlog", """
                    Half-open connections (SYN_RECEIVED) of one listener at once. When the queue is full, a SYN is
                    dropped and counted.
                    """);

    private ListenKeys() {}
}
