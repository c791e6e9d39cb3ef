package io.millrace.fastpath.tcp.congestion;

import static io.millrace.fastpath.tcp.congestion.CubicWords.BASELINE_MIN_RTT;
import static io.millrace.fastpath.tcp.congestion.CubicWords.CONSERVATIVE;
import static io.millrace.fastpath.tcp.congestion.CubicWords.CURRENT_MIN_RTT;
import static io.millrace.fastpath.tcp.congestion.CubicWords.LAST_MIN_RTT;
import static io.millrace.fastpath.tcp.congestion.CubicWords.ROUND;
import static io.millrace.fastpath.tcp.congestion.CubicWords.WINDOW_END;

import io.millrace.fastpath.flow.Tcb;

/**
 * HyStart++ (RFC 9406): leaves the initial slow start when round trips become longer, by way of a conservative slow
 * start that finds out whether that was a false alarm. As §4.3 has it, only the first slow start uses it: later ones end
 * at a threshold that was found. Growth counts at most 8 segments of an acknowledgement.
 */
final class HyStart {
    private static final int MIN_RTT_THRESH_US = 4_000;
    private static final int MAX_RTT_THRESH_US = 16_000;
    private static final int MIN_RTT_DIVISOR = 8;
    private static final int N_RTT_SAMPLE = 8;
    private static final int CSS_GROWTH_DIVISOR = 4;
    private static final int CSS_ROUNDS = 5;
    private static final int INFINITE = Integer.MAX_VALUE;

    private HyStart() {}

    /** True in the slow start that HyStart++ is for: nothing is known about the path. */
    static boolean isFor(final Tcb tcb) {
        return tcb.ssthresh() >= Window.MAX;
    }

    /** Measures; ends slow start where that is due by setting ssthresh to cwnd. */
    static void onAck(final Tcb tcb, final AckSample sample) {
        if (!CubicWords.has(tcb, ROUND)) {
            tcb.cc(CURRENT_MIN_RTT, INFINITE);
            beginRound(tcb);
        } else if (!Window.isBefore(tcb, tcb.cc(WINDOW_END))) {
            endRound(tcb);
        }
        if (sample.rttNs >= 0) {
            measure(tcb, (int) Math.min(sample.rttNs / 1_000, INFINITE - 1));
        }
    }

    /** Bytes to grow by, of those that slow start would grow by. */
    static int growth(final Tcb tcb, final int bytes) {
        return CubicWords.has(tcb, CONSERVATIVE) ? bytes / CSS_GROWTH_DIVISOR : bytes;
    }

    private static void beginRound(final Tcb tcb) {
        tcb.cc(WINDOW_END, tcb.sndMax());
        tcb.cc(LAST_MIN_RTT, tcb.cc(CURRENT_MIN_RTT));
        tcb.cc(CURRENT_MIN_RTT, INFINITE);
        CubicWords.samples(tcb, 0);
        CubicWords.set(tcb, ROUND);
    }

    private static void endRound(final Tcb tcb) {
        if (CubicWords.has(tcb, CONSERVATIVE)) {
            final int rounds = CubicWords.conservativeRounds(tcb);
            if (rounds >= CSS_ROUNDS) {
                tcb.ssthresh(tcb.cwnd());
                return;
            }
            CubicWords.conservativeRounds(tcb, rounds + 1);
        }
        beginRound(tcb);
    }

    private static void measure(final Tcb tcb, final int rttUs) {
        final int current = Math.min(tcb.cc(CURRENT_MIN_RTT), rttUs);
        tcb.cc(CURRENT_MIN_RTT, current);
        CubicWords.samples(tcb, CubicWords.samples(tcb) + 1);
        if (CubicWords.samples(tcb) < N_RTT_SAMPLE) {
            return;
        }
        final int last = tcb.cc(LAST_MIN_RTT);
        if (CubicWords.has(tcb, CONSERVATIVE)) {
            if (current < tcb.cc(BASELINE_MIN_RTT)) {
                CubicWords.clear(tcb, CONSERVATIVE);
            }
        } else if (last != INFINITE && current >= (long) last + threshold(last)) {
            tcb.cc(BASELINE_MIN_RTT, current);
            CubicWords.conservativeRounds(tcb, 1);
            CubicWords.set(tcb, CONSERVATIVE);
        }
    }

    private static int threshold(final int lastUs) {
        return Math.max(MIN_RTT_THRESH_US, Math.min(lastUs / MIN_RTT_DIVISOR, MAX_RTT_THRESH_US));
    }
}
