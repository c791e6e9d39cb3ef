package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;

/** SRTT, RTTVAR and RTO of RFC 6298, in nanoseconds. Pure functions on a TCB. Thread: the engine's. */
final class RoundTripTime {
    private RoundTripTime() {}

    /** Takes a measurement (§2.2, §2.3); a new RTO takes the place of a backed-off one (§5.7). */
    static void measured(final Tcb tcb, final long rttNs, final TcpSettings settings) {
        final long sample = Math.max(1, rttNs);
        if (tcb.srttNs() == 0) {
            tcb.srttNs(sample);
            tcb.rttvarNs(sample / 2);
        } else {
            tcb.rttvarNs(tcb.rttvarNs() - (tcb.rttvarNs() >> 2) + (Math.abs(tcb.srttNs() - sample) >> 2));
            tcb.srttNs(Math.max(1, tcb.srttNs() - (tcb.srttNs() >> 3) + (sample >> 3)));
        }
        final long rto = tcb.srttNs() + 4 * tcb.rttvarNs();
        tcb.rtoNs(Math.min(Math.max(rto, settings.rtoMinNs()), settings.rtoMaxNs()));
    }

    /** Doubles the RTO after it expired (§5.5). */
    static void backOff(final Tcb tcb, final TcpSettings settings) {
        tcb.rtoNs(Math.min(tcb.rtoNs() * 2, settings.rtoMaxNs()));
    }
}
