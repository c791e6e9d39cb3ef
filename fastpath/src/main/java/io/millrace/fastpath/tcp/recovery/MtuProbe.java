package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;

/**
 * A segment of a connection that is longer than its others, to see whether the path takes it (RFC 4821 §7): what becomes of
 * it. At most one is out. Its loss, alone, is no sign of congestion (§7.4, RFC 8899 §3 item 7). Thread: the engine's.
 */
final class MtuProbe {
    private final Scoreboard board;
    private int verdict;
    private int lostBytes;

    MtuProbe(final Scoreboard board) {
        this.board = board;
    }

    /** An acknowledgement or a timer is dealt with: nothing is told yet. */
    void begin() {
        verdict = 0;
        lostBytes = 0;
    }

    /** Bytes of the probe that were marked lost since {@link #begin}. */
    int lostBytes() {
        return lostBytes;
    }

    /** Bytes of the probe that arrived, or, negative, that were lost; 0: nothing new. */
    int verdict() {
        return verdict;
    }

    void onSent(final int start, final int end) {
        board.mtuProbe(start, end);
    }

    void forget() {
        board.mtuProbe(0, 0);
    }

    private int length() {
        return board.mtuProbeEnd() - board.mtuProbeStart();
    }

    boolean isOut() {
        return length() != 0;
    }

    /** After the blocks and the cumulative part of an acknowledgement: has the probe arrived? */
    void onAck(final Tcb tcb) {
        if (isOut() && (tcb.sndUna() - board.mtuProbeEnd() >= 0 || isSacked())) {
            verdict = length();
            forget();
        }
    }

    private boolean isSacked() {
        final int index = board.find(board.mtuProbeStart());
        return index < board.count() && board.has(board.at(index), Scoreboard.SACKED)
                && board.end(board.at(index)) - board.mtuProbeEnd() >= 0;
    }

    /** A record is marked lost for the first time; true where it is the probe, which is then over. */
    boolean isLost(final long record) {
        if (!isOut() || board.seq(record) != board.mtuProbeStart() || board.end(record) != board.mtuProbeEnd()) {
            return false;
        }
        verdict = -length();
        lostBytes = length();
        forget();
        return true;
    }
}
