package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.VlanTag;
import io.millrace.nativeports.linux.PacketDescriptor;
import io.millrace.nativeports.linux.VirtioNetHeader;

/**
 * What arrives: the kernel fills slots in their order, we copy each into a frame and give it back at once, since a slot
 * that is kept would stop all those behind it. A frame larger than a slot waits whole in the socket's queue.
 * <p>
 * Thread: the engine's.
 */
final class ReceiveRing {
    /** Where the virtio-net header of a frame lies: directly in front of its bytes. */
    static final int HEADER_OFFSET = Frame.ETHERNET_OFFSET - VirtioNetHeader.LENGTH;

    private final RingSocket socket;
    private final SlotRing ring;
    private final int maxFrameLength;
    private int index;
    private long dropped;

    /** @param maxFrameLength bytes that a frame has room for from {@link Frame#ETHERNET_OFFSET} on, and one more. */
    ReceiveRing(final RingSocket socket, final SlotRing ring, final int maxFrameLength) {
        this.socket = socket;
        this.ring = ring;
        this.maxFrameLength = maxFrameLength;
    }

    /** True where something waits. */
    boolean isReady() {
        return (SlotRing.status(ring.slot(index)) & PacketDescriptor.STATUS_USER) != 0;
    }

    /**
     * Copies what waits into frames, as far as there are any: what {@code PacketPort.receive} does.
     *
     * @param pool of the frames.
     */
    int receive(final FramePool pool, final long[] frames, final int offset, final int limit, final long nowNs) {
        int count = 0;
        // As many slots as frames wanted, whatever is dropped: a flood of bad ones must not hold the engine.
        for (int slots = 0; slots < limit && isReady(); slots++) {
            final long frame = pool.acquire();
            if (frame == 0) {
                break;
            }
            if (take(frame)) {
                Frame.timestampNs(frame, nowNs);
                frames[offset + count++] = frame;
            } else {
                pool.release(frame);
                dropped++;
            }
        }
        return count;
    }

    /** Frames that were truncated or contradicted themselves. */
    long dropped() {
        return dropped;
    }

    /** False where it is such a one; its slot is given back all the same. */
    private boolean take(final long frame) {
        final long slot = ring.slot(index);
        final boolean fine = copy(slot, frame) && VirtioNetHeader.decode(frame + HEADER_OFFSET, frame)
                && restoreTag(slot, frame);
        SlotRing.status(slot, PacketDescriptor.STATUS_KERNEL);
        index = ring.after(index);
        return fine;
    }

    private boolean copy(final long slot, final long frame) {
        final int status = SlotRing.status(slot);
        final long length = Memory.getInt(slot + PacketDescriptor.LENGTH_OFFSET) & 0xFFFF_FFFFL;
        if ((status & PacketDescriptor.STATUS_COPY) != 0) {
            return read(frame);
        }
        final int start = Memory.getUnsignedShort(slot + PacketDescriptor.MAC_OFFSET) - VirtioNetHeader.LENGTH;
        final long snapped = Memory.getInt(slot + PacketDescriptor.SNAP_LENGTH_OFFSET) & 0xFFFF_FFFFL;
        if (snapped != length || length < EthernetHeader.LENGTH || length > maxFrameLength
                || start < PacketDescriptor.FULL_HEADER_LENGTH
                || start + VirtioNetHeader.LENGTH + length > ring.slotLength()) {
            return false;
        }
        Memory.copy(slot + start, frame + HEADER_OFFSET, VirtioNetHeader.LENGTH + length);
        Frame.length(frame, (int) length);
        return true;
    }

    /** Takes the next of the frames that are too large for a slot. */
    private boolean read(final long frame) {
        final int limit = VirtioNetHeader.LENGTH + maxFrameLength + 1;
        long read = socket.read(frame + HEADER_OFFSET, limit);
        if (read < 0) {
            // An earlier error of the socket is told first, once; the frame must not be left to the next slot.
            read = socket.read(frame + HEADER_OFFSET, limit);
        }
        Frame.length(frame, (int) Math.max(0, read - VirtioNetHeader.LENGTH));
        return read >= VirtioNetHeader.LENGTH + EthernetHeader.LENGTH && read < limit;
    }

    /** The kernel has taken a VLAN's tag out of the frame. */
    private boolean restoreTag(final long slot, final long frame) {
        final int status = SlotRing.status(slot);
        if ((status & PacketDescriptor.STATUS_VLAN_VALID) == 0) {
            return true;
        }
        final int type = (status & PacketDescriptor.STATUS_VLAN_TPID_VALID) != 0
                ? Memory.getUnsignedShort(slot + PacketDescriptor.VLAN_TYPE_OFFSET)
                : EthernetHeader.ETHERTYPE_VLAN;
        insertTag(frame, type, Memory.getUnsignedShort(slot + PacketDescriptor.VLAN_CONTROL_OFFSET));
        return true;
    }

    private static void insertTag(final long frame, final int type, final int control) {
        final long from = Frame.data(frame);
        final long data = from - VlanTag.LENGTH;
        final long addresses = Memory.getLong(from);
        final int rest = Memory.getInt(from + Long.BYTES);
        Memory.putLong(data, addresses);
        Memory.putInt(data + Long.BYTES, rest);
        Memory.putIntBE(data + EthernetHeader.ETHER_TYPE_OFFSET, type << Short.SIZE | control);
        Frame.dataOffset(frame, Frame.dataOffset(frame) - VlanTag.LENGTH);
        Frame.length(frame, Frame.length(frame) + VlanTag.LENGTH);
        if ((Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) != 0) {
            Frame.checksumPlace(frame, Frame.checksumStart(frame) + VlanTag.LENGTH, Frame.checksumOffset(frame));
        }
        if (Frame.gsoSize(frame) != 0) {
            Frame.segmentation(frame, Frame.gsoType(frame), Frame.gsoSize(frame),
                    Frame.headerLength(frame) + VlanTag.LENGTH);
        }
    }
}
