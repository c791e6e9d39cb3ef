package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.VlanTag;
import io.millrace.nativeports.linux.XdpDescriptor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A queue's memory that is shared with the kernel, in chunks of one size, and the frames in it: the first ones are a chunk
 * each and take what arrives, the others, of as many chunks as the MTU needs, are for sending. Whose a frame is at the
 * moment is noted here, so that nothing the kernel says can make it be handed out twice.
 *
 * <pre>
 *   +-------+-------+- - -+---------------+---------------+- - -
 *   | chunk | chunk |     | chunk : chunk | chunk : chunk |
 *   +-------+-------+- - -+---------------+---------------+- - -
 *   ^ frames that receive ^ frames that send, here of two chunks
 * </pre>
 *
 * Thread: the engine's; closed by the control plane.
 */
final class Umem {
    /** What the kernel leaves in front of a packet besides its own, so that an IP header begins on a cache line. */
    static final int HEADROOM = 50;
    /** Where a packet begins in a chunk that receives. */
    static final int RECEIVED_OFFSET = XdpDescriptor.PACKET_HEADROOM + HEADROOM;

    private static final int SMALL_CHUNK = XdpDescriptor.MIN_CHUNK_SIZE;
    /** The smallest page there is: no chunk is larger than a page. */
    private static final int LARGE_CHUNK = 4_096;
    private static final int ETHERNET = EthernetHeader.LENGTH + VlanTag.LENGTH;
    /** Chunks for what arrives, for each frame for sending: as an AF_PACKET ring has slots, or a TAP's queue. */
    private static final int CHUNKS_PER_FRAME = 4;
    private static final int MAX_CHUNKS = 65_536;
    /** So that a frame that is too long shows. */
    private static final int SPARE = 1;

    private final int chunkSize;
    private final int receiving;
    private final int sendingCapacity;
    private final long receivingBytes;
    private final long bytes;
    private final long base;
    private final FramePool toReceive;
    private final FramePool toSend;
    /** Of each frame: the kernel has it. */
    private final boolean[] away;

    /**
     * @param frames for sending, a power of two.
     * @param mtu    bytes of the largest IP packet.
     */
    Umem(final String purpose, final int frames, final int mtu) {
        chunkSize = chunkSize(mtu);
        receiving = Math.max(frames, Math.min(MAX_CHUNKS, frames * CHUNKS_PER_FRAME));
        sendingCapacity = (Frame.ETHERNET_OFFSET + ETHERNET + mtu + SPARE + chunkSize - 1) / chunkSize * chunkSize;
        receivingBytes = (long) receiving * chunkSize;
        bytes = receivingBytes + (long) frames * sendingCapacity;
        final MemoryRegion region = MemoryRegion.allocate(purpose, bytes);
        base = region.address();
        final AtomicInteger pools = new AtomicInteger(2);
        final Runnable release = () -> {
            if (pools.decrementAndGet() == 0) {
                region.close();
            }
        };
        toReceive = new FramePool(base, receiving, chunkSize, release);
        toSend = new FramePool(base + receivingBytes, frames, sendingCapacity, release);
        away = new boolean[receiving + frames];
    }

    /** Bytes of a chunk on an interface of that MTU. */
    private static int chunkSize(final int mtu) {
        return RECEIVED_OFFSET + ETHERNET + mtu <= SMALL_CHUNK ? SMALL_CHUNK : LARGE_CHUNK;
    }

    /** Largest MTU whose packets are a chunk each. */
    static int largestMtu() {
        return LARGE_CHUNK - RECEIVED_OFFSET - ETHERNET;
    }

    long address() {
        return base;
    }

    long bytes() {
        return bytes;
    }

    int chunkSize() {
        return chunkSize;
    }

    /** Frames that receive. */
    int receivingFrames() {
        return receiving;
    }

    /** Frames for sending. */
    int sendingFrames() {
        return toSend.frames();
    }

    /** Entries that a frame for sending takes in a ring, at the most. */
    int chunksPerSendingFrame() {
        return sendingCapacity / chunkSize;
    }

    /** A fresh frame for sending; 0 where there is none. */
    long acquire() {
        return toSend.acquire();
    }

    /** True where {@link #acquire} has a frame. */
    boolean canSend() {
        return toSend.available() > 0;
    }

    /** Takes a frame that receives, to be given to the kernel; its offset in the memory, negative where there is none. */
    long takeToReceive() {
        final long frame = toReceive.acquire();
        if (frame == 0) {
            return -1;
        }
        final long offset = frame - base;
        away[indexOf(offset)] = true;
        return offset;
    }

    /** True where the address is of this memory. */
    boolean contains(final long address) {
        final long offset = address - base;
        return offset >= 0 && offset < bytes;
    }

    void release(final long frame) {
        (frame - base < receivingBytes ? toReceive : toSend).release(frame);
    }

    /**
     * The frame that the kernel says it has filled.
     *
     * @param offset of the first byte in the memory.
     * @param length in bytes.
     * @return 0 where the kernel had no such frame, or there is not that much room in it.
     */
    long received(final long offset, final long length) {
        if (offset < 0 || offset >= receivingBytes) {
            return 0;
        }
        final int index = indexOf(offset);
        final long within = offset & chunkSize - 1;
        if (!away[index] || within < Frame.DESCRIPTOR_LENGTH || within + length > chunkSize) {
            return 0;
        }
        away[index] = false;
        final long frame = base + offset - within;
        Frame.dataOffset(frame, (int) within);
        Frame.length(frame, (int) length);
        return frame;
    }

    /** A frame is given to the kernel to be sent. */
    void onSending(final long frame) {
        away[indexOf(frame - base)] = true;
    }

    /**
     * The kernel has done with a piece of a frame.
     *
     * @param offset of the piece in the memory.
     * @return false where there is no such memory.
     */
    boolean onSent(final long offset) {
        if (offset < 0 || offset >= bytes) {
            return false;
        }
        final int index = indexOf(offset);
        final long frame = frameOf(index);
        final long last = Frame.data(frame) + Frame.length(frame) - 1 - base;
        if (away[index] && last / chunkSize == offset / chunkSize) {
            away[index] = false;
            release(frame);
        }
        return true;
    }

    private int indexOf(final long offset) {
        return offset < receivingBytes
                ? (int) (offset / chunkSize)
                : receiving + (int) ((offset - receivingBytes) / sendingCapacity);
    }

    private long frameOf(final int index) {
        return index < receiving
                ? base + (long) index * chunkSize
                : base + receivingBytes + (long) (index - receiving) * sendingCapacity;
    }

    /** Keeps the memory of frames that were received, until the answer is run. Thread: any may run it. */
    Runnable keepMemory() {
        return toReceive.keepMemory();
    }

    /** Gives the memory back, unless somebody keeps it. */
    void close() {
        toReceive.close();
        toSend.close();
    }
}
