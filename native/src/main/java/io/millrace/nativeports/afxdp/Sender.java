package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.XdpDescriptor;

/**
 * What is sent: a frame goes into the ring as it lies there, as an entry for each of its chunks, and comes back when the
 * kernel has done with the last of them.
 * <p>
 * Thread: the engine's.
 */
final class Sender {
    private static final int CHECKSUM_FIELD = 2;

    private final XdpSocket socket;
    private final Umem umem;
    private final OutgoingRing ring;
    private final IncomingRing completion;
    private final long chunkMask;
    /** The driver itself takes entries out of the ring, whenever it likes. */
    private final boolean zeroCopy;
    private long dropped;

    Sender(final XdpQueue queue) {
        socket = queue.socket();
        umem = queue.umem();
        ring = queue.send();
        completion = queue.completion();
        chunkMask = umem.chunkSize() - 1L;
        zeroCopy = queue.isZeroCopy();
    }

    /** Takes back what the kernel has done with. */
    void reap() {
        if (!completion.isReady()) {
            return;
        }
        do {
            if (!umem.onSent(Memory.getLong(completion.take()))) {
                dropped++;
            }
        } while (completion.isReady());
        completion.release();
    }

    /** Puts a frame of the memory into the ring; false where there is no room now. */
    boolean put(final long frame) {
        final long first = Frame.data(frame) - umem.address();
        final long end = first + Frame.length(frame);
        final int pieces = (int) ((end - 1 & ~chunkMask) - (first & ~chunkMask) >>> Long.numberOfTrailingZeros(
                chunkMask + 1)) + 1;
        if (!ring.hasRoom(pieces)) {
            return false;
        }
        int options = request(frame);
        for (long from = first; from < end;) {
            final long to = Math.min(end, (from | chunkMask) + 1);
            final long entry = ring.put();
            Memory.putLong(entry + XdpDescriptor.DESCRIPTOR_ADDRESS_OFFSET, from);
            Memory.putInt(entry + XdpDescriptor.DESCRIPTOR_BYTES_OFFSET, (int) (to - from));
            Memory.putInt(entry + XdpDescriptor.DESCRIPTOR_OPTIONS_OFFSET,
                    options | (to < end ? XdpDescriptor.PKT_CONTD : 0));
            options = 0;
            from = to;
        }
        umem.onSending(frame);
        return true;
    }

    /** Writes what is asked for in front of the packet, if anything is; the entry's options. */
    private static int request(final long frame) {
        if ((Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) == 0) {
            return 0;
        }
        assert Frame.dataOffset(frame) >= Frame.DESCRIPTOR_LENGTH + XdpDescriptor.METADATA_LENGTH : "no headroom";
        assert Frame.checksumStart(frame) + Frame.checksumOffset(frame) + CHECKSUM_FIELD <= Frame.length(frame);
        final long metadata = Frame.data(frame) - XdpDescriptor.METADATA_LENGTH;
        Memory.putLong(metadata + XdpDescriptor.METADATA_FLAGS_OFFSET, XdpDescriptor.TXMD_FLAGS_CHECKSUM);
        Memory.putLong(metadata + XdpDescriptor.METADATA_CHECKSUM_START_OFFSET, 0);
        Memory.putShort(metadata + XdpDescriptor.METADATA_CHECKSUM_START_OFFSET, Frame.checksumStart(frame));
        Memory.putShort(metadata + XdpDescriptor.METADATA_CHECKSUM_OFFSET_OFFSET, Frame.checksumOffset(frame));
        return XdpDescriptor.TX_METADATA;
    }

    /**
     * Has the kernel send what was put.
     *
     * @return 0 where the ring is empty; or why it is not, a negated error number.
     */
    int send() {
        ring.publish();
        int result = 0;
        int before = Integer.MAX_VALUE;
        for (int pending = ring.pending(); pending > 0 && pending < before; pending = ring.pending()) {
            before = pending;
            // where it copies, the kernel always waits for a call
            if (zeroCopy && !ring.needsWakeup()) {
                return 0;
            }
            result = socket.send();
            reap();
            if (zeroCopy) {
                return result;
            }
        }
        if (ring.pending() == 0) {
            return 0;
        }
        return result < 0 ? result : -Errno.EAGAIN;
    }

    /** True while {@link #send} has something to do. */
    boolean isPending() {
        return ring.pending() > 0;
    }

    /** Frames of which the kernel says what it never had. */
    long dropped() {
        return dropped;
    }
}
