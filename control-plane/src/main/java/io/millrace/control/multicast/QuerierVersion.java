package io.millrace.control.multicast;

import java.util.concurrent.TimeUnit;

/**
 * Which version of IGMP to speak, and what the querier said about itself (RFC 3376 §7.2.1, §8): for a while after a
 * general query of an older version, that one. Thread: who holds the lock of the membership.
 */
final class QuerierVersion {
    /** The version spoken where no older querier was heard. */
    static final int NEWEST = 3;

    private final IgmpSettings settings;
    private int robustness;
    private long queryIntervalNs;
    private int heard = NEWEST;
    private long version1UntilNs;
    private long version2UntilNs;

    QuerierVersion(final IgmpSettings settings) {
        this.settings = settings;
        robustness = settings.robustness();
        queryIntervalNs = settings.queryIntervalNs();
    }

    /** How often what may be lost is said. */
    int robustness() {
        return robustness;
    }

    int now(final long nowNs) {
        if (heard == 1 && nowNs - version1UntilNs >= 0) {
            heard = 2;
        }
        if (heard == 2 && nowNs - version2UntilNs >= 0) {
            heard = NEWEST;
        }
        return heard;
    }

    /** When the version changes by itself; {@link Long#MAX_VALUE} where it does not. */
    long nextDeadlineNs() {
        return heard == 1 ? version1UntilNs : heard == 2 ? version2UntilNs : Long.MAX_VALUE;
    }

    /** A general query of version 1 or 2. */
    void onOlder(final int version, final long nowNs) {
        final int before = now(nowNs);
        final long untilNs = nowNs + robustness * queryIntervalNs + settings.queryResponseNs();
        if (version == 1) {
            version1UntilNs = untilNs;
            version2UntilNs = before == NEWEST ? nowNs : version2UntilNs;
        } else {
            version2UntilNs = untilNs;
        }
        heard = Math.min(before, version);
    }

    /** A query of version 3 says how often and how reliably it comes; 0: not said. */
    void onNewest(final int robustnessSaid, final int intervalSeconds) {
        robustness = robustnessSaid == 0 ? settings.robustness() : robustnessSaid;
        queryIntervalNs = intervalSeconds == 0
                ? settings.queryIntervalNs()
                : TimeUnit.SECONDS.toNanos(intervalSeconds);
    }
}
