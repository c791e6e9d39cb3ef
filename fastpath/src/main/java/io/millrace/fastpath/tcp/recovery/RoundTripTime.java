package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;

/**
 * SRTT, RTTVAR and RTO of RFC 6298, in nanoseconds. Pure functions on a TCB. Thread: the engine's.
 * <p>
 * Where a window brings many measurements, each counts for less, so that the history reaches as far back as with one a
 * round trip (RFC 7323 appendix G). As in Linux the smallest RTO bounds the variance, not the sum: a steady path of
 * 100 ms has an RTO of 300 ms, which survives a delayed acknowledgement.
 */
public final class RoundTripTime {
    private RoundTripTime() {}

    /** Takes a measurement (§2.2, §2.3); a new RTO takes the place of a backed-off one (§5.7). */
    public static void measured(final Tcb tcb, final long rttNs, final RecoverySettings settings) {
        final long sample = Math.max(1, rttNs);
        if (tcb.srttNs() == 0) {
            tcb.srttNs(sample);
            tcb.rttvarNs(sample / 2);
        } else {
            final int samples = Math.max(1, (tcb.sndNxt() - tcb.sndUna()) / (2 * Math.max(1, tcb.sndMss())));
            tcb.rttvarNs(towards(tcb.rttvarNs(), Math.abs(tcb.srttNs() - sample), 4L * samples));
            tcb.srttNs(Math.max(1, towards(tcb.srttNs(), sample, 8L * samples)));
        }
        final long rto = tcb.srttNs() + Math.max(settings.rtoMinNs(), 4 * tcb.rttvarNs());
        tcb.rtoNs(Math.min(rto, settings.rtoMaxNs()));
    }

    /** The round trip of the handshake: the first measurement, and the smallest so far (RFC 8985 §6.2 needs one). */
    public static void handshake(final Tcb tcb, final long rttNs, final long nowNs, final RecoverySettings settings) {
        measured(tcb, rttNs, settings);
        Deliveries.takeMinRtt(tcb, nowNs, Math.max(1, rttNs));
    }

    private static long towards(final long old, final long sample, final long weight) {
        return old - old / weight + sample / weight;
    }

    /** Doubles the RTO after it expired (§5.5). */
    public static void backOff(final Tcb tcb, final RecoverySettings settings) {
        tcb.rtoNs(Math.min(tcb.rtoNs() * 2, settings.rtoMaxNs()));
    }
}
