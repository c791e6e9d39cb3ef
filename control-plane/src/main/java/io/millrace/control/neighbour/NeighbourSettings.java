package io.millrace.control.neighbour;

import java.util.concurrent.TimeUnit;

/**
 * Sizes and times of neighbour resolution; times in nanoseconds. Checked by the configuration, not here.
 *
 * @param capacity      entries at the most, configured ones included, 1 to 1,048,576.
 * @param retransmitNs  time between two requests (RFC 4861 RETRANS_TIMER, RFC 1122 §2.3.2.1: one a second).
 * @param probes        requests without an answer before giving up (RFC 4861 MAX_*_SOLICIT).
 * @param reachableNs   how long a confirmation holds (RFC 4861 REACHABLE_TIME).
 * @param staleNs       how long an unused entry is kept (Linux gc_stale_time).
 * @param failedNs      how long a failure is remembered.
 * @param own           what is done about own addresses.
 */
public record NeighbourSettings(int capacity, long retransmitNs, int probes, long reachableNs, long staleNs,
        long failedNs, OwnAddressSettings own) {

    /** 1,024 entries and the times of the RFCs. */
    public static final NeighbourSettings DEFAULT = new NeighbourSettings(1_024, TimeUnit.SECONDS.toNanos(1), 3,
            TimeUnit.SECONDS.toNanos(30), TimeUnit.SECONDS.toNanos(60), TimeUnit.SECONDS.toNanos(1),
            OwnAddressSettings.DEFAULT);

    /** The same for a device without neighbours: no address is tried or announced. */
    public NeighbourSettings silent() {
        return with(new OwnAddressSettings(0, 0, 0, own.policy()));
    }

    /** The same with room for another number of entries. */
    public NeighbourSettings withCapacity(final int entries) {
        return new NeighbourSettings(entries, retransmitNs, probes, reachableNs, staleNs, failedNs, own);
    }

    /** The same with other ways with own addresses. */
    public NeighbourSettings with(final OwnAddressSettings other) {
        return new NeighbourSettings(capacity, retransmitNs, probes, reachableNs, staleNs, failedNs, other);
    }
}
