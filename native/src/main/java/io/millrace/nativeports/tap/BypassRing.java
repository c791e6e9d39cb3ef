package io.millrace.nativeports.tap;

import static io.millrace.nativeports.tap.BypassCode.SLOTS;

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
 * Order: who asks for {@link #waiting()} first, then empties the ring, then reads so many frames of the queue and says so,
 * has frames of one sender as they were sent. Whatever the ring has from before those of the queue is seen by then, and
 * nothing sent after them went there.
 * <p>
 * Thread: the engine's, but for opening.
 */
final class BypassRing implements AutoCloseable {
    /** Slots are given back so many at a time: the other side's processor has to fetch the line for it. */
    private static final int BATCH = 32;
    /** What was counted and cannot be read after so long was dropped by the device, e.g. from a full queue. */
    private static final long LOST_NS = 1_000_000;

    private final BypassRings rings;
    private final int fd;
    private final long ring;
    private final long slots;
    private final @Nullable UnfinishedChecksum unfinished;
    private long consumed;
    private long queued;
    private long taken;
    private boolean lacking;
    private long lackingNs;
    private long lackingQueued;

    /**
     * @param rings       closed with this.
     * @param fd          the queue's descriptor.
     * @param unfinished  true where senders of this machine leave checksums to be completed.
     */
    BypassRing(final BypassRings rings, final int queue, final int fd, final boolean unfinished) {
        this.rings = rings;
        this.fd = fd;
        ring = rings.address(queue);
        slots = ring + BypassCode.FIRST_SLOT;
        this.unfinished = unfinished ? new UnfinishedChecksum() : null;
        awake(true);
    }

    /** How many frames the queue has, or will have within a moment, that have not been {@linkplain #onRead read}. */
    long waiting() {
        queued = Memory.getLongAcquire(ring + BypassCode.QUEUED);
        return queued - taken;
    }

    /**
     * Copies what the ring has into frames, as far as there are any: what {@code PacketPort.receive} does.
     *
     * @param pool       of the frames.
     * @param dataOffset where in a frame it begins.
     */
    int receive(final FramePool pool, final int dataOffset, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        int count = 0;
        // As many slots as frames wanted, whatever was abandoned: the engine must not be held.
        for (int i = 0; i < limit; i++) {
            final long slot = slots + ((consumed & SLOTS - 1) << BypassCode.SLOT_SHIFT);
            final long state = Memory.getLongAcquire(slot);
            if (state >>> BypassCode.LENGTH_BITS != consumed + 1) {
                break;
            }
            final int length = (int) state & (1 << BypassCode.LENGTH_BITS) - 1;
            if (length > 0) {
                final long frame = pool.acquire();
                if (frame == 0) {
                    break;
                }
                copy(slot, length, frame, dataOffset);
                Frame.timestampNs(frame, nowNs);
                frames[offset + count++] = frame;
            }
            onConsumed();
        }
        return count;
    }

    private void copy(final long slot, final int length, final long frame, final int dataOffset) {
        Frame.dataOffset(frame, dataOffset);
        Frame.length(frame, length);
        Memory.copy(slot + BypassCode.FRAME_OFFSET, Frame.data(frame), length);
        if (unfinished != null) {
            unfinished.mark(frame);
        }
    }

    private void onConsumed() {
        consumed++;
        if ((consumed & BATCH - 1) == 0) {
            Memory.putLongRelease(ring + BypassCode.CONSUMED, consumed);
        }
    }

    /**
     * The queue was read.
     *
     * @param frames  how many there were, dropped ones included.
     * @param toTheEnd true where there were no more.
     */
    void onRead(final int frames, final boolean toTheEnd, final long nowNs) {
        final long before = taken;
        // what came before the program did was not counted
        taken = Math.min(queued, taken + frames);
        if (!toTheEnd || queued == taken) {
            lacking = false;
        } else if (!lacking) {
            lacking = true;
            lackingNs = nowNs;
            lackingQueued = queued;
        } else if (nowNs - lackingNs >= LOST_NS) {
            lacking = false;
            taken = Math.max(taken, lackingQueued);
        }
        if (taken != before) {
            Memory.putLongRelease(ring + BypassCode.TAKEN, taken);
        }
    }

    /** From now on everything goes to the queue. @return false where something is in the ring. */
    boolean prepareToBlock() {
        awake(false);
        VarHandle.fullFence();
        return Memory.getLongAcquire(ring + BypassCode.PRODUCED) == consumed;
    }

    /** Undoes {@link #prepareToBlock}. */
    void onWoken() {
        awake(true);
    }

    private void awake(final boolean is) {
        Memory.putLongRelease(ring + BypassCode.AWAKE, is ? 1 : 0);
    }

    @Override
    public void close() {
        rings.removeFrom(fd);
        rings.close();
    }
}
