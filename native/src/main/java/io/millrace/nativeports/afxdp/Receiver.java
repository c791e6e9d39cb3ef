package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.nativeports.linux.UnfinishedChecksum;
import io.millrace.nativeports.linux.XdpDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What arrives. A packet of one chunk is handed out as it lies there; one of several is put together in a frame of other
 * memory. Chunks that nobody has go back to the kernel: one that is lent is missing from the ring for filling, no more.
 * <p>
 * Thread: the engine's.
 */
final class Receiver {
    private final XdpSocket socket;
    private final Umem umem;
    private final OutgoingRing fill;
    private final IncomingRing ring;
    private final FramePool large;
    private final int maxFrameLength;
    private final @Nullable UnfinishedChecksum unfinished;
    /** The packet that is being put together; 0: none. */
    private long gathered;
    /** The rest of the packet is left out. */
    private boolean skipping;
    private long dropped;

    /**
     * @param large           frames for packets of several chunks, which have room for the longest.
     * @param findsUnfinished true where checksums may have been left to be completed.
     */
    Receiver(final XdpQueue queue, final FramePool large, final int maxFrameLength, final boolean findsUnfinished) {
        socket = queue.socket();
        umem = queue.umem();
        fill = queue.fill();
        ring = queue.receive();
        this.large = large;
        this.maxFrameLength = maxFrameLength;
        unfinished = findsUnfinished ? new UnfinishedChecksum() : null;
    }

    /** Lets the kernel have every chunk that is free. */
    void refill() {
        boolean some = false;
        while (fill.hasRoom(1)) {
            final long offset = umem.takeToReceive();
            if (offset < 0) {
                break;
            }
            Memory.putLong(fill.put(), offset);
            some = true;
        }
        if (some) {
            fill.publish();
        }
        if (fill.needsWakeup()) {
            socket.poll();
        }
    }

    boolean isReady() {
        return ring.isReady();
    }

    /** Takes the next entry, which is there. Returns a frame; 0 where none is complete. */
    long take() {
        final long entry = ring.take();
        final long offset = Memory.getLong(entry + XdpDescriptor.DESCRIPTOR_ADDRESS_OFFSET);
        final long length = Memory.getInt(entry + XdpDescriptor.DESCRIPTOR_BYTES_OFFSET) & 0xFFFF_FFFFL;
        final boolean more = (Memory.getInt(entry + XdpDescriptor.DESCRIPTOR_OPTIONS_OFFSET)
                & XdpDescriptor.PKT_CONTD) != 0;
        final long frame = umem.received(offset, length);
        if (frame == 0) {
            dropped++;
            return 0;
        }
        final long whole = more || gathered != 0 || skipping ? gather(frame, more) : frame;
        return whole == 0 ? 0 : check(whole);
    }

    /** The entries that were taken may be used again. */
    void release() {
        ring.release();
    }

    /** @return the packet, where the piece is its last one. */
    private long gather(final long piece, final boolean more) {
        if (gathered == 0 && !skipping) {
            gathered = large.acquire();
            skipping = gathered == 0;
        }
        if (!skipping) {
            final int had = Frame.length(gathered);
            final int length = Frame.length(piece);
            if (had + length <= maxFrameLength) {
                Memory.copy(Frame.data(piece), Frame.data(gathered) + had, length);
                Frame.length(gathered, had + length);
            } else {
                skipping = true;
            }
        }
        umem.release(piece);
        return more ? 0 : finish();
    }

    private long finish() {
        final long frame = gathered;
        gathered = 0;
        if (!skipping) {
            return frame;
        }
        skipping = false;
        dropped++;
        if (frame != 0) {
            large.release(frame);
        }
        return 0;
    }

    private long check(final long frame) {
        if (Frame.length(frame) < EthernetHeader.LENGTH) {
            dropped++;
            if (umem.contains(frame)) {
                umem.release(frame);
            } else {
                large.release(frame);
            }
            return 0;
        }
        if (unfinished != null) {
            unfinished.mark(frame);
        }
        return frame;
    }

    /** What was lost here: incomplete, too long, or nonsense. */
    long dropped() {
        return dropped;
    }
}
