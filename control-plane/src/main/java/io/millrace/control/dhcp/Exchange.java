package io.millrace.control.dhcp;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Questions with one transaction id, and when to repeat them (RFC 2131 §4.1). Thread: who holds the client's lock. */
final class Exchange {
    private static final long FIRST_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(64);
    private static final long SPREAD_NS = TimeUnit.SECONDS.toNanos(1);
    /** RFC 2131 §4.4.5: in RENEWING and REBINDING no more often. */
    private static final long SLOWEST_NS = TimeUnit.SECONDS.toNanos(60);

    private final RandomGenerator random;
    private int xid;
    private long beganNs;
    private long askedNs;
    private int asked;

    Exchange(final RandomGenerator random) {
        this.random = random;
    }

    /** A new transaction. */
    void begin(final long nowNs) {
        xid = random.nextInt();
        beganNs = nowNs;
        asked = 0;
    }

    /** Another question within the transaction: it is repeated as if it were the first. */
    void next() {
        asked = 0;
    }

    /** A question is asked now. */
    void onAsked(final long nowNs) {
        askedNs = nowNs;
        asked++;
    }

    int xid() {
        return xid;
    }

    /** How often the present question was asked. */
    int asked() {
        return asked;
    }

    /** When it was last. */
    long askedNs() {
        return askedNs;
    }

    /** Since the transaction began, in seconds. */
    long seconds(final long nowNs) {
        return TimeUnit.NANOSECONDS.toSeconds(nowNs - beganNs);
    }

    /** How long to wait for an answer: 4 s, doubled each time up to 64, each by a second more or less. */
    long patienceNs() {
        final long usual = Math.min(LONGEST_NS, FIRST_NS << Math.min(asked - 1, 8));
        return usual + random.nextLong(-SPREAD_NS, SPREAD_NS);
    }

    /** When to ask again of those that have until a deadline: after half of what is left, not before a minute. */
    static long halfWay(final long nowNs, final long deadlineNs) {
        return Math.min(deadlineNs, nowNs + Math.max(SLOWEST_NS, (deadlineNs - nowNs) / 2));
    }
}
