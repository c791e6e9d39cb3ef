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
    /** After so long the smallest round trip is taken anew, in units of 2^20 ns: 5 minutes, as Linux. */
    private static final int SMALLEST_LIFE = 300_000;

    private RoundTripTime() {}

    /** Takes a measurement (§2.2, §2.3); a new RTO takes the place of a backed-off one (§5.7). */
    public static void measured(final Tcb tcb, final long rttNs, final RecoverySettings settings) {
        final long sample = Math.max(1, rttNs);
        if (tcb.srttNs() == 0) {
            tcb.srttNs(sample);
            tcb.rttvarNs(sample / 2);
        } else {
            final int pair = 2 * Math.max(1, tcb.sndMss());
            final int inFlight = tcb.sndNxt() - tcb.sndUna();
            // of one sample a round trip the divisors are constants
            final int samples = inFlight < 2 * pair ? 1 : inFlight / pair;
            final long deviation = Math.abs(tcb.srttNs() - sample);
            tcb.rttvarNs(samples == 1
                    ? towards(tcb.rttvarNs(), deviation, 4)
                    : towards(tcb.rttvarNs(), deviation, 4L * samples));
            tcb.srttNs(Math.max(1, samples == 1
                    ? towards(tcb.srttNs(), sample, 8)
                    : towards(tcb.srttNs(), sample, 8L * samples)));
        }
        final long rto = tcb.srttNs() + Math.max(settings.rtoMinNs(), 4 * tcb.rttvarNs());
        tcb.rtoNs(Math.min(rto, settings.rtoMaxNs()));
    }

    /** Remembers the smallest of the last five minutes (RFC 8985 §6.1 RACK.min_RTT). */
    public static void smallest(final Tcb tcb, final long nowNs, final long rttNs) {
        final int rtt = (int) Math.min(rttNs, Integer.MAX_VALUE);
        final int stamp = (int) (nowNs >>> 20);
        if (tcb.minRttNs() == 0 || rtt <= tcb.minRttNs() || stamp - tcb.minRttStamp() > SMALLEST_LIFE) {
            tcb.minRttNs(Math.max(1, rtt));
            tcb.minRttStamp(stamp);
        }
    }

    private static long towards(final long old, final long sample, final long weight) {
        return old - old / weight + sample / weight;
    }

    /** Doubles the RTO after it expired (§5.5). */
    public static void backOff(final Tcb tcb, final RecoverySettings settings) {
        tcb.rtoNs(Math.min(tcb.rtoNs() * 2, settings.rtoMaxNs()));
    }
}
