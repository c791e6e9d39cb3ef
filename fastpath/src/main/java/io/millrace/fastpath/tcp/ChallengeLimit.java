package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;

/**
 * Bounds the challenge ACKs of a connection to {@value #MOST} in 5.1 s from the first, about what RFC 5961 §7 suggests. There is no bound for all connections together: what one connection sends would
 * tell its peer how busy the others are (CVE-2016-5696). Thread: the engine's.
 */
final class ChallengeLimit {
    static final int MOST = 10;
    /** 5.1 s, in stamps of 134 ms. */
    private static final int INTERVAL = 38;
    private static final int STAMP_SHIFT = 27;
    private static final int STAMP_MASK = 0xFFFF;

    private ChallengeLimit() {}

    /** True where one may be sent now; that uses it up. */
    static boolean tryTake(final Tcb tcb, final long nowNs) {
        final int stamp = (int) (nowNs >> STAMP_SHIFT) & STAMP_MASK;
        if (tcb.challenges() == 0 || (stamp - tcb.challengeStamp() & STAMP_MASK) >= INTERVAL) {
            tcb.challengeStamp(stamp);
            tcb.challenges(1);
            return true;
        }
        if (tcb.challenges() >= MOST) {
            return false;
        }
        tcb.challenges(tcb.challenges() + 1);
        return true;
    }
}
