package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.AckSample;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.wire.Seq;

/**
 * The states of {@link FlightState}: how an episode of recovery begins and ends, and what congestion control and the
 * window have of it. An episode lasts until all that was out at its beginning is acknowledged. Thread: the engine's.
 */
final class Episodes {
    private final Scoreboard board;
    private final AckSample sample;
    private final Undo undo;
    private final ProportionalRate prr;
    private final TailLossProbe probe;
    private final EngineCounters counters;

    Episodes(final Scoreboard board, final AckSample sample, final Undo undo, final ProportionalRate prr,
            final TailLossProbe probe, final EngineCounters counters) {
        this.board = board;
        this.sample = sample;
        this.undo = undo;
        this.prr = prr;
        this.probe = probe;
        this.counters = counters;
    }

    /** Something is lost: fast recovery. */
    void beginRecovery(final Tcb tcb, final CongestionControl congestion) {
        counters.increment(Counter.TCP_FAST_RECOVERIES);
        final boolean fresh = board.state() == FlightState.OPEN;
        undo.begin(tcb, true, sample.nowNs);
        board.recoveryPoint(tcb.sndNxt());
        board.state(FlightState.RECOVERY);
        probe.forget();
        if (fresh) {
            congestion.onLoss(tcb, flightSize(tcb), sample.nowNs);
            tcb.set(tcb.has(Tcb.ECN) ? Tcb.RECOVERY | Tcb.CWR_OWED : Tcb.RECOVERY);
        } else {
            tcb.set(Tcb.RECOVERY);
        }
        prr.begin(tcb, sample);
    }

    /**
     * RFC 5681 FlightSize, as far as the window goes: what limited transmit sent does not count (§3.2 step 2). What a burst
     * of acknowledgements took out of flight, and output is about to fill up again, counts.
     */
    int flightSize(final Tcb tcb) {
        final int outstanding = tcb.sndNxt() - tcb.sndUna();
        final boolean refilled = tcb.sndEnd() - tcb.sndNxt() > 0;
        return Math.min(refilled ? Math.max(outstanding, board.maxFlight()) : outstanding,
                Math.max(tcb.cwnd(), tcb.sndMss()));
    }

    /** The window shrinks without a recovery: ECE (RFC 3168 §6.1.2), or a loss that a probe repaired (RFC 8985 §7.4). */
    void reduce(final Tcb tcb, final CongestionControl congestion, final boolean echoed) {
        // the acknowledgement may have emptied the flight
        final int flight = Math.max(flightSize(tcb), Math.min(sample.priorInFlight, tcb.cwnd()));
        if (echoed) {
            congestion.onCongestionEchoed(tcb, flight, sample.nowNs);
            counters.increment(Counter.TCP_ECN_REDUCTIONS);
        } else {
            congestion.onLoss(tcb, flight, sample.nowNs);
        }
        if (!congestion.ownsWindow()) {
            tcb.cwnd(Math.max(tcb.sndMss(), Math.min(tcb.cwnd(), tcb.ssthresh())));
        }
        if (tcb.has(Tcb.ECN)) {
            tcb.set(Tcb.CWR_OWED);
        }
        board.state(FlightState.REDUCED);
        board.recoveryPoint(tcb.sndNxt());
    }

    /** The episode was none. */
    void undo(final Tcb tcb, final CongestionControl congestion) {
        counters.increment(Counter.TCP_SPURIOUS_RECOVERIES);
        undo.undo(tcb, congestion, sample.nowNs);
    }

    /** Everything of before the episode is acknowledged. */
    void end(final Tcb tcb, final CongestionControl congestion) {
        if (Seq.lt(tcb.sndUna(), board.recoveryPoint())) {
            return;
        }
        final int state = board.state();
        if (state == FlightState.RECOVERY && undo.isNothingSentAgain()) {
            undo(tcb, congestion);
        } else if (state == FlightState.RECOVERY) {
            tcb.clear(Tcb.RECOVERY);
            if (!congestion.ownsWindow()) {
                tcb.cwnd(Math.max(tcb.sndMss(), tcb.ssthresh()));
            }
            congestion.onRecovered(tcb, sample.nowNs);
            Rack.onRecovered(tcb);
        }
        if (state == FlightState.LOSS) {
            board.unmark(FlightState.FORWARD_RTO | FlightState.NEW_DATA_FIRST);
            Rack.onRecovered(tcb);
        }
        board.state(FlightState.OPEN);
        if (Seq.gt(tcb.sndUna() - 1, board.recoveryPoint())) {
            // left 2^31 bytes behind it would seem to be ahead
            board.recoveryPoint(tcb.sndUna() - 1);
        }
    }
}
