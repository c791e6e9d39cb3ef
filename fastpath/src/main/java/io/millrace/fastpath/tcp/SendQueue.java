package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.ByteRing;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * Bytes from the application until they are acknowledged: a ring from the slab that grows on demand, doubles up to the
 * connection's send buffer, and is given back when everything in it is acknowledged; and pieces that stay in the
 * application's memory ({@link HeldText}). A byte lies in the ring, at the place of its sequence number, unless a piece
 * has it; so the ring spans the pieces between its bytes, and takes no memory for those before them.
 * <p>
 * No byte is taken without the memory that sending it needs: else connections full of bytes could wait for one another.
 * Thread: the engine's.
 */
final class SendQueue {
    private static final int SMALLEST = 4_096;

    private final Slab slab;
    private final LossRecovery recovery;
    private final HeldTexts heldTexts;

    SendQueue(final Slab slab, final LossRecovery recovery, final HeldTexts heldTexts) {
        this.slab = slab;
        this.recovery = recovery;
        this.heldTexts = heldTexts;
    }

    /** Bytes in the queue, sent or not. */
    static int length(final Tcb tcb) {
        return tcb.sndEnd() - firstByte(tcb);
    }

    /** Bytes that {@link #append} or {@link #hold} may take. */
    static int space(final Tcb tcb) {
        return Math.max(0, tcb.sendBuffer() - length(tcb));
    }

    /** Sequence number of the first byte in the queue: SND.UNA, but for a SYN or FIN that stands there. */
    private static int firstByte(final Tcb tcb) {
        final int una = tcb.sndUna();
        if (tcb.state() == TcpState.SYN_SENT.ordinal() || tcb.state() == TcpState.SYN_RECEIVED.ordinal()) {
            // asked of the state, not of the number: after 4 GiB SND.UNA may be the ISS again
            return una + 1;
        }
        return una == tcb.sndEnd() + 1 ? tcb.sndEnd() : una;
    }

    /** Sequence number from which on the ring may have bytes. */
    static int ringFrom(final Tcb tcb, final @Nullable HeldText text) {
        final int first = firstByte(tcb);
        return text == null ? first : text.endOfRun(first);
    }

    /** Copies bytes in; returns how many fitted into the send buffer and the slab. */
    int append(final Tcb tcb, final long source, final int length) {
        final int taken = reserve(tcb, length);
        if (taken > 0) {
            ByteRing.copyIn(tcb.sndRing(), tcb.sndCapacity(), tcb.sndEnd(), source, taken);
            tcb.sndEnd(tcb.sndEnd() + taken);
        }
        return taken;
    }

    /** Makes room in the ring behind the last byte; returns for how many bytes. */
    int reserve(final Tcb tcb, final int length) {
        int taken = Math.min(length, space(tcb));
        if (taken == 0 || !recovery.reserve(tcb)) {
            return 0;
        }
        final int held = tcb.sndEnd() - ringFrom(tcb, heldTexts.of(tcb));
        if (held + taken > tcb.sndCapacity()) {
            grow(tcb, held, held + taken);
            taken = Math.max(0, Math.min(taken, tcb.sndCapacity() - held));
        }
        if (taken == 0) {
            onAcknowledged(tcb);
        }
        return taken;
    }

    /** As many bytes were written where {@link #reserve} made room. */
    void commit(final Tcb tcb, final int length) {
        assert length >= 0 && length <= space(tcb) : length;
        tcb.sndEnd(tcb.sndEnd() + length);
        if (length == 0) {
            onAcknowledged(tcb);
        }
    }

    /** The ring that holds as much, or the largest that the slab has. */
    private void grow(final Tcb tcb, final int held, final int needed) {
        final int kept = Math.min(held, tcb.sndCapacity());
        int capacity = slab.blockSize(Math.max(needed, SMALLEST));
        while (capacity > tcb.sndCapacity() && capacity >= SMALLEST) {
            final long ring = ByteRing.grow(slab, tcb.sndRing(), tcb.sndCapacity(), capacity, tcb.sndEnd() - held,
                    kept);
            if (ring != 0) {
                tcb.sndRing(ring);
                tcb.sndCapacity(capacity);
                return;
            }
            capacity >>>= 1;
        }
    }

    /**
     * Takes bytes where they are, as far as the send buffer goes, until they are acknowledged.
     *
     * @param array where they lie; null: off heap.
     * @param place index in the array, or address.
     * @return how many; above 0 the owner is told once, sooner than they are let go where they continue the piece before:
     *         then the telling for that piece is for all of it.
     */
    int hold(final Tcb tcb, final byte @Nullable [] array, final long place, final int length, final TextOwner owner,
            final Object text) {
        final int taken = Math.min(length, space(tcb));
        if (taken == 0 || !recovery.reserve(tcb)) {
            return 0;
        }
        final HeldText held = heldTexts.make(tcb);
        if (held.continues(tcb.sndEnd(), array, place, text)) {
            held.extend(taken);
            // one more hold of the same: one of both is let go at once
            heldTexts.release(owner, text);
        } else if (!held.add(tcb.sndEnd(), array, place, taken, owner, text)) {
            return 0;
        }
        tcb.sndEnd(tcb.sndEnd() + taken);
        return taken;
    }

    /** Copies bytes of the queue out, from {@code sequence} on. */
    static void copyOut(final HeldTexts heldTexts, final Tcb tcb, final int sequence, final long target,
            final int length) {
        final HeldText text = heldTexts.of(tcb);
        if (text == null) {
            ByteRing.copyOut(tcb.sndRing(), tcb.sndCapacity(), sequence, target, length);
        } else {
            copyOut(tcb, text, sequence, target, length);
        }
    }

    /** The same, and sums them; returns their accumulator. */
    static long copyOutAndSum(final HeldTexts heldTexts, final Tcb tcb, final int sequence, final long target,
            final int length) {
        final int capacity = tcb.sndCapacity();
        if (heldTexts.of(tcb) == null && ByteRing.isContiguous(capacity, sequence, length)) {
            return Checksum.copyAndSum(ByteRing.address(tcb.sndRing(), capacity, sequence), target, length, 0);
        }
        copyOut(heldTexts, tcb, sequence, target, length);
        return Checksum.sum(target, length, 0);
    }

    private static void copyOut(final Tcb tcb, final HeldText text, final int sequence, final long target,
            final int length) {
        int done = 0;
        int piece = text.find(sequence);
        while (done < length) {
            final int from = sequence + done;
            final int toPiece = piece < text.size() ? text.start(piece) - from : length - done;
            final int part;
            if (toPiece > 0) {
                part = Math.min(toPiece, length - done);
                requireRing(tcb);
                ByteRing.copyOut(tcb.sndRing(), tcb.sndCapacity(), from, target + done, part);
            } else {
                part = Math.min(text.end(piece) - from, length - done);
                text.copyOut(piece, from, target + done, part);
                piece++;
            }
            done += part;
        }
    }

    /** A byte that nobody has would end the JVM. */
    private static void requireRing(final Tcb tcb) {
        if (tcb.sndCapacity() == 0) {
            throw new IllegalStateException("bytes to send are neither held nor in a ring: " + tcb);
        }
    }

    /** Called when SND.UNA has advanced: what is done goes back to its owners and the slab. */
    void onAcknowledged(final Tcb tcb) {
        final HeldText text = heldTexts.of(tcb);
        if (text != null) {
            heldTexts.releaseUpTo(tcb, text, firstByte(tcb));
        }
        if (length(tcb) == 0) {
            freeRing(tcb);
            if (tcb.sndNxt() == tcb.sndUna()) {
                recovery.settle(tcb);
            }
        } else if (text != null && tcb.sndCapacity() != 0 && ringFrom(tcb, heldTexts.of(tcb)) == tcb.sndEnd()) {
            freeRing(tcb);
        }
    }

    private void freeRing(final Tcb tcb) {
        if (tcb.sndCapacity() != 0) {
            slab.free(tcb.sndRing(), tcb.sndCapacity());
            tcb.sndRing(0);
            tcb.sndCapacity(0);
        }
    }

    void free(final Tcb tcb) {
        heldTexts.free(tcb);
        freeRing(tcb);
    }
}
