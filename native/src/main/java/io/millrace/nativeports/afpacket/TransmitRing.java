package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.PacketDescriptor;
import io.millrace.nativeports.linux.VirtioNetHeader;

/**
 * Small frames that leave: copied into slots, which the kernel sends in their order with one system call for all of them.
 * <p>
 * Thread: the engine's.
 */
final class TransmitRing {
    private static final int HEADER_OFFSET = PacketDescriptor.HEADER_LENGTH;

    private final RingSocket socket;
    private final SlotRing ring;
    private final int longest;
    /** The slot to be filled next. */
    private int index;
    /** Slots have been filled that the kernel has not begun to send. */
    private boolean pending;

    TransmitRing(final RingSocket socket, final SlotRing ring) {
        this.socket = socket;
        this.ring = ring;
        longest = ring.slotLength() - HEADER_OFFSET - VirtioNetHeader.LENGTH;
    }

    /** True where a slot has room for so many bytes. */
    boolean fits(final int length) {
        return length <= longest;
    }

    /** True while {@link #send} has something to do. */
    boolean isPending() {
        return pending;
    }

    /** Copies a frame into the next slot; false where that one is still on its way. */
    boolean put(final long frame) {
        final long slot = ring.slot(index);
        if (SlotRing.status(slot) != PacketDescriptor.STATUS_AVAILABLE) {
            return false;
        }
        final int length = Frame.length(frame);
        VirtioNetHeader.encode(frame, slot + HEADER_OFFSET);
        if (Frame.gsoSize(frame) == 0) {
            // All of it counts as headers, which the kernel copies: else it refers to the slot, and a veth copies that.
            Memory.putShort(slot + HEADER_OFFSET + VirtioNetHeader.HEADER_LENGTH_OFFSET, length);
        }
        Memory.copy(Frame.data(frame), slot + HEADER_OFFSET + VirtioNetHeader.LENGTH, length);
        Memory.putInt(slot + PacketDescriptor.LENGTH_OFFSET, VirtioNetHeader.LENGTH + length);
        SlotRing.status(slot, PacketDescriptor.STATUS_SEND_REQUEST);
        index = ring.after(index);
        pending = true;
        return true;
    }

    /**
     * Has the kernel send what was put.
     *
     * @return 0; or why not all of it could be sent, a negated error number.
     */
    int send() {
        final long result = socket.write(0, 0);
        pending = SlotRing.status(ring.slot(ring.before(index))) == PacketDescriptor.STATUS_SEND_REQUEST;
        if (result < 0) {
            return (int) result;
        }
        return pending ? -Errno.EAGAIN : 0;
    }

    /** Takes back what the kernel did not begin to send; how many frames these were. */
    int takeBack() {
        int count = 0;
        for (int last = ring.before(index); count < ring.length() && isUnsent(ring.slot(last)); last = ring
                .before(last)) {
            SlotRing.status(ring.slot(last), PacketDescriptor.STATUS_AVAILABLE);
            index = last;
            count++;
        }
        pending = false;
        return count;
    }

    private static boolean isUnsent(final long slot) {
        final int status = SlotRing.status(slot);
        return status == PacketDescriptor.STATUS_SEND_REQUEST || status == PacketDescriptor.STATUS_WRONG_FORMAT;
    }
}
