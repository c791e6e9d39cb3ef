package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.PacketDescriptor;
import java.io.IOException;

/**
 * Slots in memory that is shared with the kernel, each of which belongs to one of both sides as its status says. Thread:
 * one.
 */
final class SlotRing implements AutoCloseable {
    private static final int LARGEST_BLOCK = 1 << 20;
    /** A multiple of every page size. */
    private static final int SMALLEST_BLOCK = 1 << 16;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_POPULATE = 0x8001;

    private final LinuxCalls calls = new LinuxCalls();
    private final int slotLength;
    private final long[] slots;
    private final long bytes;
    private long memory;

    /**
     * Makes the ring of a socket and maps it.
     *
     * @param option     {@link PacketDescriptor#RX_RING} or {@link PacketDescriptor#TX_RING}.
     * @param slotLength bytes, a multiple of 16, at most 1 MiB.
     * @param slots      at least so many.
     */
    SlotRing(final RingSocket socket, final String device, final int option, final int slotLength, final int slots)
            throws IOException {
        this.slotLength = slotLength;
        final long wanted = Math.max(SMALLEST_BLOCK, Math.min(LARGEST_BLOCK, (long) slotLength * slots));
        final int block = (int) Math.max(Long.highestOneBit(wanted - 1) << 1, SMALLEST_BLOCK);
        final int slotsPerBlock = block / slotLength;
        final int blocks = (slots + slotsPerBlock - 1) / slotsPerBlock;
        bytes = (long) block * blocks;
        this.slots = new long[slotsPerBlock * blocks];
        try (MemoryRegion request = MemoryRegion.allocate("ring's request", PacketDescriptor.REQUEST_LENGTH)) {
            Memory.putInt(request.address() + PacketDescriptor.BLOCK_SIZE_OFFSET, block);
            Memory.putInt(request.address() + PacketDescriptor.BLOCKS_OFFSET, blocks);
            Memory.putInt(request.address() + PacketDescriptor.FRAME_SIZE_OFFSET, slotLength);
            Memory.putInt(request.address() + PacketDescriptor.FRAMES_OFFSET, this.slots.length);
            check(calls.setOption(socket.descriptor(), PacketDescriptor.SOL_PACKET, option, request.address(),
                    PacketDescriptor.REQUEST_LENGTH), device);
        }
        memory = calls.map(socket.descriptor(), bytes, PROT_READ_WRITE, MAP_SHARED_POPULATE);
        check(memory, device);
        for (int i = 0; i < this.slots.length; i++) {
            this.slots[i] = memory + (long) (i / slotsPerBlock) * block + (long) (i % slotsPerBlock) * slotLength;
        }
    }

    private void check(final long result, final String device) throws IOException {
        if (result < 0) {
            throw new IOException(AfPacketFailure.onRing(device, (int) -result, bytes));
        }
    }

    /** How many there are. */
    int length() {
        return slots.length;
    }

    /** Bytes of each. */
    int slotLength() {
        return slotLength;
    }

    /** Address of a slot. */
    long slot(final int index) {
        return slots[index];
    }

    /** The index behind another. */
    int after(final int index) {
        final int next = index + 1;
        return next == slots.length ? 0 : next;
    }

    /** The index in front of another. */
    int before(final int index) {
        return (index == 0 ? slots.length : index) - 1;
    }

    /** Whose it is; what he wrote into it is seen after this. */
    static int status(final long slot) {
        return Memory.getIntAcquire(slot + PacketDescriptor.STATUS_OFFSET);
    }

    /** Makes it the other side's, with everything that was written into it. */
    static void status(final long slot, final int status) {
        Memory.putIntRelease(slot + PacketDescriptor.STATUS_OFFSET, status);
    }

    @Override
    public void close() {
        if (memory > 0) {
            calls.unmap(memory, bytes);
            memory = 0;
        }
    }
}
