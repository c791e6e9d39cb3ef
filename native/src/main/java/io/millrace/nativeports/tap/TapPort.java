package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PooledPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.port.PortCount;
import io.millrace.nativeports.bypass.BypassRing;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.InterfaceWatch;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.VirtioNetHeader;
import io.millrace.nativeports.threads.CrowdedCpu;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a TAP or TUN device, and the queues of SYNs beside it where there are any. Each read and each write moves
 * one frame, its virtio-net header in the headroom in front of it. An error of the device (interface down or gone) costs
 * a count and a line of the log, never an exception.
 * <p>
 * Thread: the engine's.
 */
final class TapPort extends PooledPort {
    /** Bytes that a frame needs beyond the largest one, so that a truncated read shows. */
    static final int SPARE = 1;
    /** Bytes of a frame that is none of a bulk transfer's: where the kernel's polling lags behind, it may be overtaken. */
    static final int SMALL = 512;

    /**
     * One of so many writes makes the kernel look after what waits for this processor: the buffers of frames that another one
     * has read. At 32 of them ({@code net.core.skb_defer_max} has twice as many) it would interrupt this processor for it,
     * which costs a virtual machine 6 µs and more.
     */
    private static final int WRITES = 16;
    /** A queue that nothing was counted for is looked at once in so many turns: an interface that is gone says so there only. */
    private static final int LOOK_TURNS = 256;

    /** Of a TUN: the first byte of a packet must be there, which says of which family it is. */
    private static final int SHORTEST_PACKET = 1;

    private final LinuxCalls calls = new LinuxCalls();
    private final CrowdedCpu cpu = new CrowdedCpu();
    private final TapQueue queue;
    private final int fd;
    private final @Nullable SynQueues syns;
    private final @Nullable BypassRing ring;
    private final @Nullable BulkQueue bulk;
    private final int dataOffset;
    private final int headerOffset;
    private final int shortestRead;
    private final int readLength;
    /** Since the kernel has looked after what waits. */
    private int writes;
    private boolean synsFirst;
    /** Frames that are written now go by the queue of bulk transfers. */
    private boolean inBulk;
    /** The last look found nothing. */
    private boolean paused;
    private int reads;
    private int turns;
    private long result;
    private long dropped;
    private final InterfaceWatch watch;

    /**
     * @param queue  closed by {@link #close}.
     * @param device its name, for the log.
     */
    TapPort(final TunKind kind, final TapQueue queue, final PortCapabilities capabilities, final FramePool pool,
            final String device) {
        super(capabilities, pool);
        watch = new InterfaceWatch(device);
        this.queue = queue;
        fd = queue.fd();
        syns = queue.syns();
        ring = queue.ring();
        bulk = queue.bulk();
        readLength = VirtioNetHeader.LENGTH + capabilities.maxFrameLength() + SPARE;
        dataOffset = kind.dataOffset();
        headerOffset = dataOffset - VirtioNetHeader.LENGTH;
        shortestRead = VirtioNetHeader.LENGTH + Math.max(kind.linkHeaderLength(), SHORTEST_PACKET);
        if (headerOffset + readLength > pool.frameCapacity()) {
            throw new IllegalArgumentException("frames of " + pool.frameCapacity() + " bytes are too small");
        }
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        cpu.onTurn(nowNs);
        if (bulk != null) {
            bulk.onTurn(cpu.cpu());
        }
        return syns == null
                ? receiveOthers(frames, offset, limit, nowNs)
                : receiveAll(syns, frames, offset, limit, nowNs);
    }

    /** No queue waits for another: SYNs have some places of each burst, everything else has the others first. */
    private int receiveAll(final SynQueues queues, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        if (limit == 1) {
            synsFirst = !synsFirst;
            if (synsFirst && receiveSyns(queues, frames, offset, limit, nowNs) == 1) {
                return 1;
            }
        }
        final int count = receiveOthers(frames, offset, limit - Math.min(limit / 2, SynQueue.BURST), nowNs);
        return count + receiveSyns(queues, frames, offset + count, limit - count, nowNs);
    }

    private int receiveSyns(final SynQueues queues, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        final int unknown = limit - Math.min(limit / 2, SynQueue.BURST / 2);
        final int count = receiveSyns(queues.known(), frames, offset, unknown, nowNs);
        return count + receiveSyns(queues.unknown(), frames, offset + count, limit - count, nowNs);
    }

    private int receiveOthers(final long[] frames, final int offset, final int limit, final long nowNs) {
        return ring == null
                ? receiveQueued(frames, offset, limit, nowNs)
                : receiveByRing(ring, frames, offset, limit, nowNs);
    }

    private int receiveByRing(final BypassRing some, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        final boolean look = some.hasQueued() || --turns <= 0;
        final long produced = look ? some.produced() : 0;
        final int count = some.receive(pool, dataOffset, frames, offset, limit, nowNs);
        if (!look || !some.isEmptiedTo(produced)) {
            return count;
        }
        turns = LOOK_TURNS;
        final int read = receiveFrom(fd, frames, offset + count, limit - count, nowNs);
        some.onRead(reads, result == -Errno.EAGAIN, nowNs);
        if (reads > 0 || result <= 0) {
            onRead(result);
        }
        return count + read;
    }

    private int receiveQueued(final long[] frames, final int offset, final int limit, final long nowNs) {
        // What comes after a pause is mostly alone: another read, which would say so, is left to the next turn.
        final int count = receiveFrom(fd, frames, offset, paused ? Math.min(limit, 1) : limit, nowNs);
        if (reads > 0 || result <= 0) {
            onRead(result);
        }
        paused = reads == 0;
        return count;
    }

    private int receiveSyns(final SynQueue some, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        if (limit == 0 || !some.isWorthALook(nowNs)) {
            return 0;
        }
        final int count = receiveFrom(some.descriptor(), frames, offset, Math.min(limit, SynQueue.BURST), nowNs);
        some.onLook(reads, result == -Errno.EAGAIN, nowNs);
        return count;
    }

    /** Leaves how many frames it has read, and the result of the last read. */
    private int receiveFrom(final int from, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        int count = 0;
        result = 1;
        // As many reads as frames wanted, whatever is dropped: a flood of bad ones must not hold the engine.
        for (reads = 0; reads < limit; reads++) {
            final long frame = pool.acquire();
            if (frame == 0) {
                break;
            }
            result = calls.read(from, frame + headerOffset, readLength);
            if (result > 0 && accept(frame, (int) result)) {
                Frame.timestampNs(frame, nowNs);
                frames[offset + count++] = frame;
                continue;
            }
            pool.release(frame);
            if (result <= 0) {
                break;
            }
            dropped++;
        }
        return count;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        inBulk = bulk != null && bulk.takes(frames, offset, length, nowNs);
        int count = 0;
        while (count < length && write(frames[offset + count])) {
            count++;
        }
        if (inBulk && bulk != null) {
            bulk.onSent(count);
        }
        return count;
    }

    @Override
    public int descriptors() {
        return syns == null ? 1 : 1 + SynQueues.COUNT;
    }

    @Override
    public int descriptor(final int index) {
        return index == 0 || syns == null ? fd : syns.descriptor(index - 1);
    }

    @Override
    public boolean prepareToBlock() {
        return ring == null || ring.prepareToBlock();
    }

    /** A SYN that ended the sleep may have been counted before it could be read. */
    @Override
    public void onWoken() {
        if (ring != null) {
            ring.onWoken();
            turns = 0;
        }
        if (syns != null) {
            syns.lookAgain();
        }
    }

    @Override
    public long dropped() {
        return ring == null ? dropped : dropped + ring.dropped();
    }

    @Override
    public long synsDropped() {
        return syns == null ? 0 : syns.lost();
    }

    @Override
    public long counted(final PortCount what) {
        return bulk == null ? 0 : bulk.counted(what);
    }

    @Override
    protected void closeDevice() {
        queue.close();
    }

    private boolean accept(final long frame, final int read) {
        if (read < shortestRead || read == readLength) {
            return false;
        }
        Frame.dataOffset(frame, dataOffset);
        Frame.length(frame, read - VirtioNetHeader.LENGTH);
        return VirtioNetHeader.decode(frame + headerOffset, frame);
    }

    /** @return false where the device can take nothing now. */
    private boolean write(final long frame) {
        if (capabilities().isTooLong(frame)) {
            dropped++;
        } else {
            assert Frame.dataOffset(frame) >= Frame.DESCRIPTOR_LENGTH + VirtioNetHeader.LENGTH : "no headroom";
            final long header = Frame.data(frame) - VirtioNetHeader.LENGTH;
            VirtioNetHeader.encode(frame, header);
            if (syns != null) {
                syns.peers().onSent(frame);
            }
            final int length = Frame.length(frame);
            final long written = calls.write(queueFor(length), header, VirtioNetHeader.LENGTH + length);
            if (written == -Errno.EAGAIN) {
                return false;
            }
            onWritten(written);
        }
        pool.release(frame);
        return true;
    }

    private int queueFor(final int length) {
        if (inBulk && bulk != null) {
            return bulk.descriptor();
        }
        writes++;
        if (writes < WRITES || length > SMALL || syns == null) {
            return fd;
        }
        writes = 0;
        return syns.polled();
    }

    /** Counts the first of a series of refusals (the interface is gone): each turn of the loop would count one more. */
    private void onRead(final long read) {
        if (read > 0) {
            watch.onSuccess();
        } else if (read != -Errno.EAGAIN && read != -Errno.EINTR && watch.onFailure((int) -read)) {
            dropped++;
        }
    }

    /** A frame that the kernel finds fault with says nothing about the interface. */
    private void onWritten(final long written) {
        if (written >= 0) {
            watch.onSuccess();
            return;
        }
        dropped++;
        if (written == -Errno.EIO || written == -Errno.EBADFD) {
            watch.onFailure((int) -written);
        }
    }
}
