package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.ByteRing;
import io.millrace.fastpath.memory.OutOfOrderRanges;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.wire.Seq;

/**
 * Bytes from the peer until the application receives them: a ring from the slab that grows on demand. Out-of-order bytes
 * lie at their place in the same ring, their ranges in a block of their own, so reassembly copies nothing. Both go back
 * to the slab when empty.
 * <p>
 * Of bytes that arrive twice, the copy that came first stays. What was acknowledged selectively is kept until it is in
 * order or the connection ends: this receiver never reneges (RFC 2018 §8), but for bytes that nobody will read after the
 * application shut its input, which are not kept and not named either.
 * <p>
 * Cost of a segment, whatever the peer sends: its bytes copied once, a step for each range that they reach, and its place
 * among the ranges ({@link OutOfOrderRanges}: with 4,000 of them 12 steps, and at most 32 KiB moved). Memory of a
 * connection: the ring, at most the window that was announced (rounded up to a block of the slab), and the block of
 * ranges, which doubles from 1 KiB to the block of the {@link TcpSettings#outOfOrderRanges} allowed. Thread: the
 * engine's.
 */
final class ReceiveQueue {
    private static final int SMALLEST = 4_096;

    private final Slab slab;
    private final TcpContext context;
    private final ReceiveTuning tuning;
    private int overlapLeft;
    private int overlapRight;

    ReceiveQueue(final Slab slab, final TcpContext context, final ReceiveTuning tuning) {
        this.tuning = tuning;
        this.slab = slab;
        this.context = context;
    }

    /**
     * Takes bytes that begin at RCV.NXT and lie within the window; RCV.NXT advances over them and over what had arrived
     * ahead of them.
     *
     * @return false where the slab is full: nothing changed, the peer will send them again.
     */
    boolean inOrder(final Tcb tcb, final long source, final int length) {
        final int from = tcb.rcvNxt();
        if (!makeRoom(tcb, from + length)) {
            return false;
        }
        copyIn(tcb, from, source, length);
        tcb.rcvNxt(from + length);
        final long ranges = tcb.outOfOrder();
        if (ranges != 0) {
            tcb.rcvNxt(OutOfOrderRanges.advance(ranges, from + length));
            if (OutOfOrderRanges.count(ranges) == 0) {
                freeOutOfOrder(tcb);
            }
        }
        return true;
    }

    /**
     * Keeps bytes that lie ahead of RCV.NXT and within the window.
     *
     * @return false where they are not kept (too many ranges, slab full), counted.
     */
    boolean outOfOrder(final Tcb tcb, final int sequence, final long source, final int length, final int maxRanges) {
        final int end = sequence + length;
        final boolean kept = makePlace(tcb, sequence, end, maxRanges) && makeRoom(tcb, end);
        if (kept) {
            copyIn(tcb, sequence, source, length);
            OutOfOrderRanges.add(tcb.outOfOrder(), sequence, end);
        } else {
            context.count(Counter.TCP_OUT_OF_ORDER_DROPPED);
            if (tcb.outOfOrder() != 0 && OutOfOrderRanges.count(tcb.outOfOrder()) == 0) {
                freeOutOfOrder(tcb);
            }
        }
        return kept;
    }

    /** A block of ranges that this one can be added to; false where there is none. */
    private boolean makePlace(final Tcb tcb, final int sequence, final int end, final int maxRanges) {
        final long ranges = tcb.outOfOrder();
        if (ranges != 0) {
            if (!OutOfOrderRanges.isApart(ranges, sequence, end)) {
                return true;
            }
            if (OutOfOrderRanges.count(ranges) >= maxRanges) {
                return false;
            }
            if (!OutOfOrderRanges.isFull(ranges)) {
                return true;
            }
        }
        final long larger = ranges == 0 ? firstBlock() : OutOfOrderRanges.grow(slab, ranges);
        if (larger == 0) {
            context.count(Counter.TCP_SLAB_FULL);
            return false;
        }
        tcb.outOfOrder(larger);
        return true;
    }

    private long firstBlock() {
        final long block = slab.allocate(OutOfOrderRanges.FIRST_LENGTH);
        if (block != 0) {
            OutOfOrderRanges.init(block, OutOfOrderRanges.FIRST_LENGTH);
        }
        return block;
    }

    /** Copies what is not there yet, and remembers the first run of bytes that is. */
    private void copyIn(final Tcb tcb, final int sequence, final long source, final int length) {
        forgetOverlap();
        final int end = sequence + length;
        final long ranges = tcb.outOfOrder();
        final int count = ranges == 0 ? 0 : OutOfOrderRanges.count(ranges);
        int from = sequence;
        int i = ranges == 0 ? 0 : OutOfOrderRanges.find(ranges, sequence);
        for (; i < count && Seq.lt(OutOfOrderRanges.left(ranges, i), end); i++) {
            final int left = OutOfOrderRanges.left(ranges, i);
            final int right = OutOfOrderRanges.right(ranges, i);
            if (Seq.gt(left, from)) {
                copyPart(tcb, from, source + (from - sequence), left - from);
            }
            noteOverlap(Seq.gt(left, from) ? left : from, Seq.lt(right, end) ? right : end);
            from = right;
        }
        if (Seq.lt(from, end)) {
            copyPart(tcb, from, source + (from - sequence), end - from);
        }
    }

    private static void copyPart(final Tcb tcb, final int sequence, final long source, final int length) {
        ByteRing.copyIn(tcb.rcvRing(), tcb.rcvCapacity(), sequence, source, length);
    }

    private void noteOverlap(final int left, final int right) {
        if (!overlapped()) {
            overlapLeft = left;
            overlapRight = right;
        }
    }

    void forgetOverlap() {
        overlapLeft = 0;
        overlapRight = 0;
    }

    /** True where some of the last bytes had been there already, beyond a gap. */
    boolean overlapped() {
        return overlapLeft != overlapRight;
    }

    /** First byte of the first run that had been there already. */
    int overlapLeft() {
        return overlapLeft;
    }

    /** The one after its last. */
    int overlapRight() {
        return overlapRight;
    }

    /** Copies in-order bytes to the application; returns how many. */
    int receive(final Tcb tcb, final long target, final int length) {
        final int copied = Math.min(length, tcb.unread());
        if (copied > 0) {
            ByteRing.copyOut(tcb.rcvRing(), tcb.rcvCapacity(), tcb.rcvRead(), target, copied);
            tcb.rcvRead(tcb.rcvRead() + copied);
            if (tcb.unread() == 0 && tcb.outOfOrder() == 0) {
                freeRing(tcb);
            }
            tuning.onRead(tcb);
        }
        return copied;
    }

    /** Throws in-order bytes away that nobody will receive. */
    void discard(final Tcb tcb) {
        tcb.rcvRead(tcb.rcvRead() + tcb.unread());
        if (tcb.outOfOrder() == 0) {
            freeRing(tcb);
        }
    }

    private boolean makeRoom(final Tcb tcb, final int end) {
        final int needed = end - tcb.rcvRead();
        if (needed <= tcb.rcvCapacity()) {
            return true;
        }
        final int capacity = slab.blockSize(Math.max(needed, SMALLEST));
        final int held = highest(tcb) - tcb.rcvRead();
        final long ring = ByteRing.grow(slab, tcb.rcvRing(), tcb.rcvCapacity(), capacity, tcb.rcvRead(), held);
        if (ring == 0) {
            context.count(Counter.TCP_SLAB_FULL);
            return false;
        }
        tcb.rcvRing(ring);
        tcb.rcvCapacity(capacity);
        return true;
    }

    private static int highest(final Tcb tcb) {
        final long ranges = tcb.outOfOrder();
        return ranges == 0 || OutOfOrderRanges.count(ranges) == 0 ? tcb.rcvNxt() : OutOfOrderRanges.highest(ranges);
    }

    void freeOutOfOrder(final Tcb tcb) {
        if (tcb.outOfOrder() != 0) {
            slab.free(tcb.outOfOrder(), OutOfOrderRanges.length(tcb.outOfOrder()));
            tcb.outOfOrder(0);
        }
    }

    private void freeRing(final Tcb tcb) {
        if (tcb.rcvCapacity() != 0) {
            slab.free(tcb.rcvRing(), tcb.rcvCapacity());
            tcb.rcvRing(0);
            tcb.rcvCapacity(0);
        }
    }

    void free(final Tcb tcb) {
        freeOutOfOrder(tcb);
        freeRing(tcb);
    }
}
