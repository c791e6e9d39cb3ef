package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.AckSample;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.wire.Seq;

/**
 * Loss by counting: with SACK as RFC 6675 §4 IsLost, without it by three duplicate acknowledgements (RFC 5681 §3.2) and
 * partial ones (RFC 6582). Without SACK every duplicate stands for a segment that has left the network, so the pipe is
 * the same formula with and without. Thread: the engine's.
 */
final class DuplicateThreshold {
    static final int THRESHOLD = 3;

    private final Scoreboard board;
    private final Losses losses;
    private final AckSample sample;

    DuplicateThreshold(final Scoreboard board, final Losses losses, final AckSample sample) {
        this.board = board;
        this.losses = losses;
        this.sample = sample;
    }

    /** RFC 6675: lost is what three segments were selectively acknowledged above. */
    int detectBySack(final Tcb tcb, final CongestionControl congestion) {
        if (board.sackedSegments() < THRESHOLD) {
            return 0;
        }
        final int before = board.lostBytes();
        final int mss = tcb.sndMss();
        int index = board.count();
        int above = 0;
        while (index > 0 && above < THRESHOLD) {
            index--;
            final long record = board.at(index);
            above += board.has(record, Scoreboard.SACKED) ? (board.length(record) + mss - 1) / mss : 0;
        }
        for (int i = 0; i < index; i++) {
            final long record = board.at(i);
            if (!board.has(record, Scoreboard.SACKED | Scoreboard.LOST | Scoreboard.RETRANSMITTED)) {
                losses.mark(tcb, record, congestion, sample.nowNs);
            }
        }
        return board.lostBytes() - before;
    }

    /** A duplicate without SACK: one more segment has left the network. Returns true where recovery should begin. */
    boolean onDuplicate(final Tcb tcb) {
        final int mss = tcb.sndMss();
        int most = tcb.sndNxt() - tcb.sndUna() - board.lostBytes() - Math.min(mss, board.length(board.at(0)));
        if (board.state() == FlightState.LOSS) {
            // after a timeout only for what F-RTO sent anew: the others may be for what was sent again in vain
            most = Math.min(most, tcb.sndNxt() - board.recoveryPoint());
        }
        final int counted = Math.max(board.sackedBytes(), Math.min(board.sackedBytes() + mss, most));
        final int delivered = counted - board.sackedBytes();
        board.sackedBytes(counted);
        tcb.delivered(tcb.delivered() + delivered);
        sample.deliveredBytes += delivered;
        board.dupAcks(board.dupAcks() + 1);
        // RFC 6582 §3.2 step 1: not for duplicates of what an earlier episode sent again
        return board.dupAcks() >= THRESHOLD && Seq.gt(tcb.sndUna(), board.recoveryPoint());
    }

    /** New data acknowledged without SACK: of what the duplicates stood for, so much is acknowledged now. */
    void onAdvance(final Tcb tcb, final int acked) {
        final int counted = Math.min(board.sackedBytes(), Math.max(0, acked - tcb.sndMss()));
        board.sackedBytes(board.sackedBytes() - counted);
        tcb.delivered(tcb.delivered() - counted);
        sample.deliveredBytes -= counted;
        board.dupAcks(0);
    }

    /** Marks the first segment lost, unless it was sent again already. Returns bytes marked. */
    int markHead(final Tcb tcb, final CongestionControl congestion) {
        final int mss = tcb.sndMss();
        final long head = board.at(0);
        if (board.has(head, Scoreboard.LOST | Scoreboard.OUT_AGAIN)) {
            return 0;
        }
        if (board.length(head) > mss) {
            board.split(tcb, 0, board.seq(head) + mss);
        }
        losses.mark(tcb, board.at(0), congestion, sample.nowNs);
        final int most = tcb.sndNxt() - tcb.sndUna() - board.lostBytes();
        board.sackedBytes(Math.min(board.sackedBytes(), most));
        return board.length(board.at(0));
    }
}
