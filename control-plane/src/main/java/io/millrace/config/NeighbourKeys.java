package io.millrace.config;

import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.list;
import static io.millrace.config.ValueTypes.neighbour;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.time;
import static io.millrace.config.ValueTypes.whole;

import io.millrace.fastpath.engine.EngineSettings;
import java.time.Duration;
import java.util.List;

/** {@code millrace.neighbour}: link-layer addresses of others (ARP, RFC 826; Neighbour Discovery and states, RFC 4861). */
public final class NeighbourKeys {
    static final String GROUP = "millrace.neighbour";

    /** How long a confirmed neighbour counts as reachable. */
    public static final ConfigKey<Duration> REACHABLE_TIME = ConfigKey.of(GROUP + ".reachable-time",
            time(Duration.ofMillis(100), Duration.ofHours(24)), Duration.ofSeconds(30),
            "net.ipv4.neigh.*.base_reachable_time_ms", """
                    How long a neighbour counts as reachable after it answered or TCP made progress through it;
                    when it is used after that, it is asked again.
                    """).changingAtOnce();

    /** Time between two questions. */
    public static final ConfigKey<Duration> RETRANSMIT_INTERVAL = ConfigKey.of(GROUP + ".retransmit-interval",
            time(Duration.ofMillis(10), Duration.ofSeconds(60)), Duration.ofSeconds(1),
            "net.ipv4.neigh.*.retrans_time_ms", """
                    Time between two questions to a neighbour that does not answer.
                    """).changingAtOnce();

    /** Questions before giving up. */
    public static final ConfigKey<Integer> PROBES = ConfigKey.of(GROUP + ".probes", whole(1, 20), 3,
            "net.ipv4.neigh.*.mcast_solicit, ucast_solicit", """
                    Questions without answer before a neighbour counts as unreachable and what waits for it fails.
                    """).changingAtOnce();

    /** Size of the table. */
    public static final ConfigKey<Integer> CACHE_SIZE = ConfigKey.of(GROUP + ".cache-size", whole(16, 1_048_576),
            EngineSettings.DEFAULT.neighbours(), "net.ipv4.neigh.default.gc_thresh3", """
                    Neighbours known at once on each link. When it is full, the one unused for the longest time
                    is forgotten.
                    """);

    /** Frames that wait for one neighbour. */
    public static final ConfigKey<Integer> QUEUE = ConfigKey.of(GROUP + ".queue", whole(1, 1_024),
            EngineSettings.DEFAULT.neighbourQueue(), "net.ipv4.neigh.*.unres_qlen_bytes", """
                    Frames held for one neighbour while its link-layer address is being asked for. The oldest is
                    dropped for another.
                    """).changingAtOnce();

    /** Announce at start. */
    public static final ConfigKey<Boolean> ANNOUNCE = ConfigKey.of(GROUP + ".announce", onOff(), true,
            "net.ipv4.conf.*.arp_notify", """
                    Announce the stack's own addresses when they come into use, by a gratuitous ARP (RFC 5227 §3) or an
                    unsolicited neighbour advertisement, so that nobody goes on using an older link-layer address.
                    """);

    /** Neighbours that are not asked for. */
    public static final ConfigKey<List<StaticNeighbour>> STATIC = ConfigKey.of(GROUP + ".static", list(neighbour()),
            List.of(), "ip neigh add ... nud permanent", """
                    Neighbours whose link-layer address is known and never asked for, of either family, e.g.
                    ["10.0.0.9 = 02:00:00:00:00:0a"]. What they say themselves is ignored.
                    """);

    /** Try IPv4 addresses before they are used. */
    public static final ConfigKey<Boolean> PROBE = ConfigKey.of(GROUP + ".probe", onOff(), false, null, """
            Ask by ARP whether another host has an IPv4 address before it is used (RFC 5227 §2.1), which takes
            four to seven seconds. An address that is taken is not used, and an error logged.
            """);

    /** What to do where another host has an own address. */
    public static final ConfigKey<ConflictPolicy> ON_CONFLICT = ConfigKey.of(GROUP + ".on-conflict",
            choice(ConflictPolicy.class), ConflictPolicy.KEEP, null, """
                    What becomes of an address in use that another host claims (RFC 5227 §2.4). keep: announced again
                    and used on; defend-once: given up at the second claim within ten seconds; give-up: at the first.
                    It is logged as an error in any case.
                    """);

    private NeighbourKeys() {}
}
