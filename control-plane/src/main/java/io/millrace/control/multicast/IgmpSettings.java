package io.millrace.control.multicast;

import java.util.concurrent.TimeUnit;

/**
 * Sizes and times of IGMP (RFC 3376 §8, RFC 2236 §8); times in nanoseconds. Checked by the configuration, not here.
 *
 * @param maxGroups          groups joined at once, 1 to 65,536.
 * @param robustness         how often what may be lost is said, unless the querier says, 1 to 7 (Linux igmp_qrv).
 * @param unsolicitedNs      longest time between two reports that nobody asked for (RFC 3376 §8.11).
 * @param oldUnsolicitedNs   the same for versions 1 and 2 (RFC 2236 §8.10).
 * @param queryIntervalNs    between two general queries, unless the querier says (RFC 3376 §8.2).
 * @param queryResponseNs    longest time to answer a query of version 1 (RFC 3376 §8.3).
 */
public record IgmpSettings(int maxGroups, int robustness, long unsolicitedNs, long oldUnsolicitedNs,
        long queryIntervalNs, long queryResponseNs) {

    /** 1,024 groups and the times of the RFCs. */
    public static final IgmpSettings DEFAULT = new IgmpSettings(1_024, 2, TimeUnit.SECONDS.toNanos(1),
            TimeUnit.SECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(125), TimeUnit.SECONDS.toNanos(10));

    /** The same with room for another number of groups. */
    public IgmpSettings withMaxGroups(final int groups) {
        return new IgmpSettings(groups, robustness, unsolicitedNs, oldUnsolicitedNs, queryIntervalNs,
                queryResponseNs);
    }
}
