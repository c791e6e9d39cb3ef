package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;

/** Tail loss probes: RFC 8985 §7. Thread: the engine's. */
final class TailLossProbe {
    /** TLP.max_ack_delay. */
    private static final long MAX_ACK_DELAY_NS = 200_000_000L;
    private static final long WITHOUT_RTT_NS = 1_000_000_000L;
    /** What the timer wheel may be late by. */
    private static final long SLACK_NS = 2_000_000L;

    /** What an acknowledgement said of the probe. */
    enum Verdict {
        NOTHING,
        REPAIRED
    }

    private final Scoreboard board;

    TailLossProbe(final Scoreboard board) {
        this.board = board;
    }

    /** §7.2: probes are not for recoveries, nor where SACKs tell enough. */
    boolean isWanted(final Tcb tcb, final RecoverySettings settings) {
        return settings.tailLossProbe() && tcb.has(Tcb.SACK) && board.state() <= FlightState.REDUCED
                && board.sackedBytes() == 0 && board.lostBytes() == 0 && tcb.retransmits() == 0
                && !board.marked(FlightState.PROBE_OUT);
    }

    /** The same of a flight whose block is not written: nothing was lost, and nothing told of selectively. */
    boolean isWantedOfLone(final Tcb tcb, final RecoverySettings settings) {
        return settings.tailLossProbe() && tcb.has(Tcb.SACK) && tcb.retransmits() == 0;
    }

    /** §7.2 TLP_calc_PTO. */
    long timeoutNs(final Tcb tcb) {
        if (tcb.srttNs() == 0) {
            return WITHOUT_RTT_NS;
        }
        final boolean single = tcb.sndNxt() - tcb.sndUna() <= tcb.sndMss();
        return 2 * tcb.srttNs() + (single ? MAX_ACK_DELAY_NS : SLACK_NS);
    }

    /** §7.3: a probe leaves. @param again it was sent before. */
    void onSent(final Tcb tcb, final boolean again) {
        board.mark(FlightState.PROBE_OUT | (again ? FlightState.PROBE_RETRANSMITTED : 0));
        board.probeEnd(tcb.sndNxt());
    }

    void forget() {
        board.unmark(FlightState.PROBE_OUT | FlightState.PROBE_RETRANSMITTED);
    }

    /** §7.4.2 TLP_process_ack; SND.UNA is that of after. */
    Verdict onAck(final Tcb tcb, final AckEvent of, final SackBlocks blocks) {
        if (!board.marked(FlightState.PROBE_OUT) || Seq.lt(of.ack, board.probeEnd())) {
            return Verdict.NOTHING;
        }
        final boolean again = board.marked(FlightState.PROBE_RETRANSMITTED);
        if (!again || blocks.hasDuplicate() && blocks.duplicateRight() == board.probeEnd()) {
            forget();
        } else if (Seq.gt(of.ack, board.probeEnd())) {
            forget();
            return Verdict.REPAIRED;
        } else if (of.duplicate && of.sackBlocks == 0) {
            forget();
        }
        return Verdict.NOTHING;
    }
}
