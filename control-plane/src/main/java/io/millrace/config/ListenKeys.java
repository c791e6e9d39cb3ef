package io.millrace.config;

import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.list;
import static io.millrace.config.ValueTypes.listenRule;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.whole;

import java.util.List;

/** {@code millrace.listen}: queues of a listener. */
public final class ListenKeys {
    static final String GROUP = "millrace.listen";

    /** Accept queue where the application does not say. */
    public static final ConfigKey<Integer> BACKLOG = ConfigKey.of(GROUP + ".backlog", whole(1, 1_048_576), 1_024,
            "second argument of listen(2)", """
                    Established connections that wait to be accepted at one listener, where the application does not
                    say how many. When the queue is full, the last ACK of a handshake is dropped and counted, or see
                    abort-on-overflow.
                    """).changingAtOnce();

    /** Largest accept queue. */
    public static final ConfigKey<Integer> MAX_BACKLOG = ConfigKey.of(GROUP + ".max-backlog", whole(1, 1_048_576),
            4_096, "net.core.somaxconn", """
                    Bound of every listener's backlog, whatever the application asks for.
                    """).changingAtOnce();

    /** Half-open connections. */
    public static final ConfigKey<Integer> SYN_QUEUE = ConfigKey.of(GROUP + ".syn-queue", whole(1, 1_048_576), 4_096,
            "net.ipv4.tcp_max_syn_backlog", """
                    Half-open connections (SYN_RECEIVED) of one listener at once. When the queue is full, a SYN is
                    answered with a SYN cookie, or dropped and counted: see syn-cookies.
                    """).changingAtOnce();

    /** SYN cookies. */
    public static final ConfigKey<SynCookieMode> SYN_COOKIES = ConfigKey.of(GROUP + ".syn-cookies",
            choice(SynCookieMode.class), SynCookieMode.WHEN_FULL, "net.ipv4.tcp_syncookies",
            """
                    When a SYN is answered without remembering it (RFC 4987): off, when-full (the SYN queue is full) or
                    always. A cookie keeps the peer's MSS, rounded down to a usual one, and, where the peer has timestamps,
                    window scale, SACK and ECN; not Fast Open.
                    """)
            .changingAtOnce();

    /** A full accept queue resets. */
    public static final ConfigKey<Boolean> ABORT_ON_OVERFLOW = ConfigKey.of(GROUP + ".abort-on-overflow", onOff(),
            false, "net.ipv4.tcp_abort_on_overflow",
            """
                    A handshake that finds the accept queue full is reset, so that the peer learns it at once. Otherwise its
                    last ACK is dropped and the SYN-ACK sent again: a burst then only takes longer.
                    """)
            .changingAtOnce();

    /** Listeners that differ. */
    public static final ConfigKey<List<ListenRule>> RULES = ConfigKey.of(GROUP + ".rules", list(listenRule()),
            List.of(), null,
            """
                    Listeners that differ from the others, by port, and address if one is named: their backlog, the networks
                    that they take connections from ("sources"; others are dropped and counted), and any key of millrace.tcp
                    by its name. Of several that fit the first counts; what an application sets for itself goes before.
                    """)
            .changingAtOnce();

    private ListenKeys() {}
}
