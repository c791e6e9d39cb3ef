package io.millrace.nativeports.bypass;

import static io.millrace.nativeports.bypass.BypassCode.SLOTS;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.nativeports.linux.UnfinishedChecksum;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Frames that a program in the kernel has copied beside a queue of the device ({@link BypassCode}): they are seen, and
 * received, without a system call. How many went to the queue is seen as well.
 * <p>
 * Order: who asks whether the queue {@linkplain #hasQueued has} something, then how much is in the ring, and reads the queue only
 * once the ring is {@linkplain #isEmptiedTo emptied} so far, has frames of one sender as they were sent: whatever the ring has from
 * before those of the queue is seen by then, and nothing sent after them goes there, until the queue has been read to its end. Not so
 * a frame that came into the queue more than {@value #LOST_NS} ns after it was counted, and one that is met where the queue is looked
 * at though nothing was counted; nor one that a processor which stood still put into a slot it had claimed while another's were read
 * from the queue, unless the ring is received from again before each of these.
 * <p>
 * Thread: the engine's, but for opening.
 */
public final class BypassRing implements AutoCloseable {
    /** Slots are given back so many at a time: the other side's processor has to fetch the line for it. */
    private static final int BATCH = 256;
    /** What was counted and cannot be read after so long was dropped by the device, e.g. from a full queue. */
    private static final long LOST_NS = 1_000_000;

    private final RingProgram program;
    private final long ring;
    private final long slots;
    private final @Nullable UnfinishedChecksum unfinished;
    private final int shortest;
    private final int longest;
    private long consumed;
    /** Slots that the other side knows to be free again. */
    private long given;
    /** What went to the queue, as last seen; of that what has been read, or given up; and what was read since. */
    private long queued;
    private long taken;
    private long read;
    private boolean lacking;
    private long lackingNs;
    private long least;
    private long dropped;

    /**
     * @param program    that fills it; closed with this.
     * @param address    where the ring begins.
     * @param shortest   bytes of a frame that is one.
     * @param longest    bytes of one that fits.
     * @param unfinished true where senders of this machine leave checksums to be completed.
     */
    public BypassRing(final RingProgram program, final long address, final int shortest, final int longest,
            final boolean unfinished) {
        this.program = program;
        this.shortest = shortest;
        this.longest = Math.min(longest, BypassCode.LONGEST);
        ring = address;
        slots = ring + BypassCode.FIRST_SLOT;
        this.unfinished = unfinished ? new UnfinishedChecksum() : null;
        awake(true);
    }

    /** True where the queue has frames, or will have within a moment, that have not been {@linkplain #onRead read}. */
    public boolean hasQueued() {
        queued = Memory.getLongAcquire(ring + BypassCode.QUEUED);
        return queued != taken || program.isOver();
    }

    /** How many slots have been claimed until now, since the beginning. */
    public long produced() {
        return Memory.getLongAcquire(ring + BypassCode.PRODUCED);
    }

    /** True where so many have been received: none of them waits for a processor that has claimed one and not filled it. */
    public boolean isEmptiedTo(final long produced) {
        return consumed - produced >= 0;
    }

    /**
     * Copies what the ring has into frames, as far as there are any: what {@code PacketPort.receive} does.
     *
     * @param pool       of the frames.
     * @param dataOffset where in a frame it begins.
     */
    public int receive(final FramePool pool, final int dataOffset, final long[] frames, final int offset,
            final int limit,
            final long nowNs) {
        int count = 0;
        // As many looks as frames wanted, whatever was abandoned: the engine must not be held.
        for (int i = 0; i < limit; i++) {
            final long slot = slot(consumed);
            final long state = Memory.getLongAcquire(slot);
            if (state >>> BypassCode.LENGTH_BITS != consumed + 1) {
                break;
            }
            final int length = (int) state & BypassCode.ABANDONED - 1;
            final boolean abandoned = ((int) state & BypassCode.ABANDONED) != 0;
            if (!abandoned && (length < shortest || length > longest)) {
                dropped++;
            } else if (!abandoned) {
                final long frame = pool.acquire();
                if (frame == 0) {
                    break;
                }
                copy(slot, length, frame, dataOffset);
                Frame.timestampNs(frame, nowNs);
                frames[offset + count++] = frame;
            }
            onConsumed(BypassCode.slots(Math.min(length, BypassCode.LONGEST)));
        }
        return count;
    }

    private long slot(final long number) {
        return slots + ((number & SLOTS - 1) << BypassCode.SLOT_SHIFT);
    }

    private void copy(final long slot, final int length, final long frame, final int dataOffset) {
        Frame.dataOffset(frame, dataOffset);
        Frame.length(frame, length);
        Memory.copy(slot + BypassCode.FRAME_OFFSET, Frame.data(frame), length);
        if (unfinished != null) {
            unfinished.mark(frame);
        }
    }

    private void onConsumed(final int its) {
        for (int i = 1; i < its; i++) {
            forget(consumed + i);
        }
        consumed += its;
        if (consumed - given >= BATCH) {
            given = consumed;
            Memory.putLongRelease(ring + BypassCode.CONSUMED, consumed);
        }
    }

    /**
     * A slot within a frame has what a sender has put there: that must not be taken for a state when the slot's turn comes again
     * and it is the first of another frame, which is claimed and not there yet.
     */
    private void forget(final long number) {
        final long slot = slot(number);
        if (Memory.getLong(slot) >>> BypassCode.LENGTH_BITS == number + SLOTS + 1) {
            Memory.putLong(slot, 0);
        }
    }

    /**
     * The queue was read.
     *
     * @param frames  how many there were, dropped ones included; some may never have been counted.
     * @param toTheEnd true where there were no more.
     */
    public void onRead(final int frames, final boolean toTheEnd, final long nowNs) {
        read += frames;
        if (!toTheEnd) {
            return;
        }
        // each was counted before it went there, so those counted meanwhile are seen, too
        queued = Memory.getLongAcquire(ring + BypassCode.QUEUED);
        final long missing = queued - taken - read;
        if (missing <= 0) {
            allTaken();
        } else if (!lacking) {
            lacking = true;
            lackingNs = nowNs;
            least = missing;
        } else {
            least = Math.min(least, missing);
            if (nowNs - lackingNs >= LOST_NS) {
                giveUp();
            }
        }
    }

    /** As many as were missing all the time are lost; the others may be on their way. */
    private void giveUp() {
        lacking = false;
        read += least;
        if (read >= queued - taken) {
            allTaken();
        }
    }

    private void allTaken() {
        lacking = false;
        read = 0;
        if (taken != queued) {
            taken = queued;
            Memory.putLongRelease(ring + BypassCode.TAKEN, queued);
        }
    }

    /** Frames that were none, or too long. */
    public long dropped() {
        return dropped;
    }

    /** From now on everything goes to the queue. @return false where something is in the ring. */
    public boolean prepareToBlock() {
        awake(false);
        VarHandle.fullFence();
        return Memory.getLongAcquire(ring + BypassCode.PRODUCED) == consumed;
    }

    /** Undoes {@link #prepareToBlock}. */
    public void onWoken() {
        awake(true);
    }

    private void awake(final boolean is) {
        Memory.putLongRelease(ring + BypassCode.AWAKE, is ? 1 : 0);
    }

    @Override
    public void close() {
        program.close();
    }
}
