package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;

/**
 * The SACK option of an acknowledgement (RFC 2018 §5, RFC 2883): marks what was selectively acknowledged. Blocks that
 * are inverted, below SND.UNA or beyond SND.NXT are counted and ignored.
 * <p>
 * Bound: at most {@value AckEvent#MAX_BLOCKS} blocks, each O(log n) and the records it newly covers; at most two
 * splits a block, none into pieces of less than half a segment. Thread: the engine's.
 */
final class SackBlocks {
    private final Scoreboard board;
    private final Deliveries deliveries;
    private final EngineCounters counters;
    private int duplicateLeft;
    private int duplicateRight;
    private boolean duplicate;

    SackBlocks(final Scoreboard board, final Deliveries deliveries, final EngineCounters counters) {
        this.board = board;
        this.deliveries = deliveries;
        this.counters = counters;
    }

    /** Takes in the blocks; SND.UNA is still that of before. */
    void apply(final Tcb tcb, final AckEvent of) {
        duplicate = false;
        if (!tcb.has(Tcb.SACK) || of.sackBlocks == 0) {
            return;
        }
        final int first = findDuplicate(tcb, of) ? 1 : 0;
        for (int i = first; i < of.sackBlocks; i++) {
            final int left = of.sackEdges[2 * i];
            final int right = of.sackEdges[2 * i + 1];
            if (Seq.ge(left, right) || Seq.lt(left, tcb.sndUna()) || Seq.gt(right, tcb.sndNxt())) {
                counters.increment(Counter.TCP_SACK_IGNORED);
            } else if (Seq.gt(right, of.ack)) {
                cover(tcb, left, right);
            }
        }
    }

    /** RFC 2883 §4: the first block lies below the acknowledgement, or within the second block. */
    private boolean findDuplicate(final Tcb tcb, final AckEvent of) {
        final int left = of.sackEdges[0];
        final int right = of.sackEdges[1];
        if (Seq.ge(left, right)) {
            return false;
        }
        final boolean below = Seq.le(right, of.ack);
        final boolean within = of.sackBlocks > 1 && Seq.ge(left, of.sackEdges[2]) && Seq.le(right, of.sackEdges[3]);
        if (!below && !within) {
            return false;
        }
        // RFC 2883 says nothing about how old: older than any window is no answer to anything
        if (Seq.lt(left, tcb.sndUna() - tcb.maxSndWnd()) || Seq.gt(right, tcb.sndNxt())) {
            counters.increment(Counter.TCP_SACK_IGNORED);
            return true;
        }
        duplicate = true;
        duplicateLeft = left;
        duplicateRight = right;
        counters.increment(Counter.TCP_DSACKS_RECEIVED);
        return true;
    }

    private void cover(final Tcb tcb, final int left, final int right) {
        final int mss = tcb.sndMss();
        int index = board.find(left);
        while (index < board.count() && Seq.lt(board.seq(board.at(index)), right)) {
            final long record = board.at(index);
            if (board.has(record, Scoreboard.SACKED)) {
                index = board.skipSacked(index);
            } else if (Seq.lt(board.seq(record), left)) {
                cut(tcb, index, left, mss);
                index++;
            } else if (Seq.gt(board.end(record), right)) {
                if (!cut(tcb, index, right, mss)) {
                    return;
                }
            } else {
                take(tcb, record, mss);
                index++;
            }
        }
    }

    private boolean cut(final Tcb tcb, final int index, final int at, final int mss) {
        final long record = board.at(index);
        return board.length(record) > mss && at - board.seq(record) >= mss / 2 && board.split(tcb, index, at);
    }

    private void take(final Tcb tcb, final long record, final int mss) {
        final int bytes = board.length(record);
        deliveries.onDelivered(tcb, record, bytes, true);
        board.markSacked(record, mss);
    }

    /** True where the option told of something received twice (RFC 2883). */
    boolean hasDuplicate() {
        return duplicate;
    }

    int duplicateLeft() {
        return duplicateLeft;
    }

    int duplicateRight() {
        return duplicateRight;
    }
}
