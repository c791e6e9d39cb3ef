package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.AckSample;

/**
 * How much leaves while the window is being reduced: Proportional Rate Reduction, RFC 9937. For each byte delivered so
 * many leave that the window is at ssthresh when everything of before is delivered. Thread: the engine's.
 */
final class ProportionalRate {
    private final Scoreboard board;

    ProportionalRate(final Scoreboard board) {
        this.board = board;
    }

    /** Recovery begins (§6.1): what was selectively acknowledged before is not delivered during recovery. */
    void begin(final Tcb tcb, final AckSample sample) {
        final int outstanding = tcb.sndNxt() - tcb.sndUna();
        board.recoverFlight(Math.max(1, outstanding - board.sackedBytes() + sample.deliveredBytes));
        board.prrDelivered(0);
        board.prrOut(0);
    }

    /** An acknowledgement during recovery (§6.2): sets cwnd. @param advanced SND.UNA moved. */
    void onAck(final Tcb tcb, final AckSample sample, final boolean advanced) {
        if (sample.deliveredBytes == 0 && board.prrOut() != 0) {
            return;
        }
        board.prrDelivered(board.prrDelivered() + sample.deliveredBytes);
        final int mss = tcb.sndMss();
        final int pipe = Math.max(0, board.inFlight(tcb));
        final int ssthresh = tcb.ssthresh();
        int send;
        if (pipe > ssthresh) {
            final long share = (long) board.prrDelivered() * ssthresh + board.recoverFlight() - 1;
            send = (int) (share / board.recoverFlight()) - board.prrOut();
        } else {
            send = Math.max(board.prrDelivered() - board.prrOut(), sample.deliveredBytes);
            if (advanced && sample.lostBytes == 0) {
                // safeACK: the network delivers and nothing more is lost
                send += mss;
            }
            send = Math.min(ssthresh - pipe, send);
        }
        // the fast retransmission itself is not held back
        send = Math.max(send, board.prrOut() == 0 ? mss : 0);
        tcb.cwnd(Math.max(mss, pipe + send));
    }

    /** Bytes that left during recovery. */
    void onSent(final int bytes) {
        board.prrOut(board.prrOut() + bytes);
    }
}
