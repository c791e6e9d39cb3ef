package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.ByteRing;
import io.millrace.fastpath.memory.OutOfOrderRanges;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.Seq;

/**
 * Bytes from the peer until the application receives them: a ring from the slab that grows on demand. Out-of-order bytes
 * lie at their place in the same ring, their ranges in a block of their own, so reassembly copies nothing. Both go back
 * to the slab when empty. In-order bytes of long segments may wait in the frames in which they came instead, for an
 * application that takes them so; then the ring spans them where it has bytes before them.
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
    private final LentTexts lentTexts;
    private int overlapLeft;
    private int overlapRight;

    ReceiveQueue(final Slab slab, final TcpContext context, final ReceiveTuning tuning) {
        this.tuning = tuning;
        this.lentTexts = context.lentTexts;
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
        if (lentTexts.frames.isLending(source) && mayLend(tcb, length) && lend(tcb, from, source, length)) {
            return true;
        }
        if (!makeRoom(tcb, from + length)) {
            return false;
        }
        copyIn(tcb, from, source, length);
        tcb.rcvNxt(from + length);
        if (tcb.outOfOrder() != 0) {
            advance(tcb, from + length);
        }
        return true;
    }

    private boolean lend(final Tcb tcb, final int from, final long source, final int length) {
        final boolean lent = lentTexts.add(tcb, from, source, length);
        if (lent) {
            tcb.rcvNxt(from + length);
        }
        context.count(lent ? Counter.TCP_FRAMES_LENT : Counter.TCP_FRAMES_NOT_LENT);
        return lent;
    }

    /** Over what had arrived ahead of RCV.NXT. */
    private void advance(final Tcb tcb, final int next) {
        final long ranges = tcb.outOfOrder();
        tcb.rcvNxt(OutOfOrderRanges.advance(ranges, next));
        if (OutOfOrderRanges.count(ranges) == 0) {
            freeOutOfOrder(tcb);
        }
    }

    private boolean mayLend(final Tcb tcb, final int length) {
        final int least = context.connections.settings(tcb).zeroCopyReceive();
        return least != 0 && length >= least && tcb.outOfOrder() == 0 && !tcb.has(Tcb.INPUT_SHUT);
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
        final long ranges = tcb.outOfOrder();
        if (ranges == 0) {
            copyPart(tcb, sequence, source, length);
        } else {
            copyBetween(tcb, ranges, sequence, source, length);
        }
    }

    private void copyBetween(final Tcb tcb, final long ranges, final int sequence, final long source,
            final int length) {
        final int end = sequence + length;
        final int count = OutOfOrderRanges.count(ranges);
        int from = sequence;
        int i = OutOfOrderRanges.find(ranges, sequence);
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
            final LentText text = lentTexts.of(tcb);
            if (text == null) {
                ByteRing.copyOut(tcb.rcvRing(), tcb.rcvCapacity(), tcb.rcvRead(), target, copied);
            } else {
                copyOut(tcb, text, target, copied);
                lentTexts.releaseUpTo(tcb, text, tcb.rcvRead() + copied);
            }
            onRead(tcb, copied);
        }
        return copied;
    }

    private void onRead(final Tcb tcb, final int length) {
        tcb.rcvRead(tcb.rcvRead() + length);
        if (tcb.unread() == 0 && tcb.outOfOrder() == 0) {
            freeRing(tcb);
        }
        tuning.onRead(tcb);
    }

    private static void copyOut(final Tcb tcb, final LentText text, final long target, final int length) {
        int done = 0;
        int piece = text.find(tcb.rcvRead());
        while (done < length) {
            final int from = tcb.rcvRead() + done;
            final int toPiece = piece < text.size() ? text.start(piece) - from : length - done;
            final int part;
            if (toPiece > 0) {
                part = Math.min(toPiece, length - done);
                ByteRing.copyOut(tcb.rcvRing(), tcb.rcvCapacity(), from, target + done, part);
            } else {
                part = Math.min(text.end(piece) - from, length - done);
                text.copyOut(piece, from, target + done, part);
                piece++;
            }
            done += part;
        }
    }

    /**
     * Hands over the frame in which the next bytes came, with their place noted in it ({@link Frame#text}).
     *
     * @return the frame, the caller's from now on; 0 where the next bytes lie in the ring, or there are none.
     */
    long receiveFrame(final Tcb tcb) {
        final LentText text = lentTexts.of(tcb);
        final int from = tcb.rcvRead();
        if (text == null || text.start(0) - from > 0) {
            return 0;
        }
        final int length = text.end(0) - from;
        final long place = text.address(from);
        final long frame = lentTexts.take(tcb, text);
        Frame.text(frame, (int) (place - frame), length);
        onRead(tcb, length);
        return frame;
    }

    /** Copies what waits in frames into the ring, where the slab has room for it. */
    void moveIntoRing(final Tcb tcb, final LentText text) {
        if (!makeRoom(tcb, tcb.rcvRead(), highest(tcb))) {
            return;
        }
        context.count(Counter.TCP_FRAMES_COPIED_LATE);
        while (!text.isEmpty()) {
            final int from = Seq.gt(tcb.rcvRead(), text.start(0)) ? tcb.rcvRead() : text.start(0);
            final int end = text.end(0);
            ByteRing.copyIn(tcb.rcvRing(), tcb.rcvCapacity(), from, text.address(from), end - from);
            lentTexts.releaseUpTo(tcb, text, end);
        }
    }

    /** Throws in-order bytes away that nobody will receive. */
    void discard(final Tcb tcb) {
        lentTexts.free(tcb);
        tcb.rcvRead(tcb.rcvRead() + tcb.unread());
        if (tcb.outOfOrder() == 0) {
            freeRing(tcb);
        }
    }

    /** The first byte that may lie in the ring: one behind those that wait in frames. */
    private int ringFrom(final Tcb tcb) {
        final LentText text = lentTexts.of(tcb);
        return text == null ? tcb.rcvRead() : text.endOfRun(tcb.rcvRead());
    }

    private boolean makeRoom(final Tcb tcb, final int end) {
        return makeRoom(tcb, ringFrom(tcb), end);
    }

    /** A ring in which the bytes from {@code from} to {@code end} have their places. */
    private boolean makeRoom(final Tcb tcb, final int from, final int end) {
        final int needed = end - from;
        if (needed <= tcb.rcvCapacity()) {
            return true;
        }
        if (tcb.rcvCapacity() == 0) {
            return firstRing(tcb, needed);
        }
        final int capacity = slab.blockSize(needed);
        final int first = ringFrom(tcb);
        final int held = Math.min(highest(tcb) - first, tcb.rcvCapacity());
        return keepRing(tcb, ByteRing.grow(slab, tcb.rcvRing(), tcb.rcvCapacity(), capacity, first, held), capacity);
    }

    private boolean firstRing(final Tcb tcb, final int needed) {
        final long kept = needed <= SMALLEST ? slab.takeKept(SMALLEST) : 0;
        if (kept != 0) {
            tcb.rcvRing(kept);
            tcb.rcvCapacity(SMALLEST);
            return true;
        }
        final int capacity = slab.blockSize(Math.max(needed, SMALLEST));
        return keepRing(tcb, slab.allocate(capacity), capacity);
    }

    private boolean keepRing(final Tcb tcb, final long ring, final int capacity) {
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
        final int capacity = tcb.rcvCapacity();
        if (capacity != 0) {
            if (capacity == SMALLEST) {
                slab.keep(tcb.rcvRing(), capacity);
            } else {
                slab.free(tcb.rcvRing(), capacity);
            }
            tcb.rcvRing(0);
            tcb.rcvCapacity(0);
        }
    }

    void free(final Tcb tcb) {
        lentTexts.free(tcb);
        freeOutOfOrder(tcb);
        freeRing(tcb);
    }
}
