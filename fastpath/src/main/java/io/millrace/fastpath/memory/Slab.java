package io.millrace.fastpath.memory;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A bounded store of blocks whose lengths are powers of two (the binary buddy system, Knuth, TAOCP vol. 1, §2.5), for
 * send and receive rings and out-of-order ranges: what a connection holds only while it has data in flight.
 * <p>
 * A block is split from a larger one only when no smaller one is free, and merged with its buddy as soon as both are
 * free, so what was never needed is never resident. A few small blocks of each length are set aside when they are given
 * back, whole and the last one first, since connections take and give back the same small rings all the time; they
 * count as free, and are merged as soon as a block cannot be found otherwise. The links and states of the blocks lie
 * beside the data, not in it: a stray write into a free block does not break the allocator, and freeing touches no page
 * of data.
 * <p>
 * Where it is full, {@link #allocate} answers 0 and nothing changes. Cost: O(log(capacity / smallest block)).
 * <p>
 * {@link #allocate} and {@link #free} are one piece each, and above 150 bytecodes: a dozen places call them, and what the
 * compiler inlined at each of these would not fit into the cache of instructions together.
 * <p>
 * Thread: one, the engine's; no allocation on the heap after construction.
 */
public final class Slab implements AutoCloseable {
    /** Length of the longest block, in bytes: 1 GiB. */
    public static final int MAX_BLOCK_LENGTH = 1 << 30;

    /** The smallest slab, in bytes: 1 MiB. */
    public static final long MIN_CAPACITY = 1 << 20;

    private static final int MIN_BLOCK_LENGTH = 64;
    private static final int MAX_LEAVES_SHIFT = 30;
    /** A buffer is seen through the window of {@link #MAX_BLOCK_LENGTH} that no block crosses. */
    private static final int WINDOW_SHIFT = 30;

    /** Per smallest block: the neighbours in its free list, and the state of the block that starts there. */
    private static final int LINK_LENGTH = 8;
    private static final int STATE_LENGTH = 1;

    private static final int NIL = -1;
    private static final int STATE_INNER = 0;
    private static final int STATE_FREE = 0x40;
    private static final int STATE_USED = 0x80;
    private static final int STATE_ASIDE = 0xC0;

    /** Blocks of the {@value} smallest lengths are set aside, and at most {@value #ASIDE} of each. */
    private static final int ASIDE_ORDERS = 5;
    private static final int ASIDE = 64;

    private final MemoryRegion region;
    private final long data;
    private final long links;
    private final long states;
    private final long capacity;
    private final int leafShift;
    private final int maxOrder;
    private final int[] freeHeads;
    private final @Nullable ByteBuffer[] views;
    private final int[] aside = new int[ASIDE_ORDERS * ASIDE];
    private final int[] asideCounts = new int[ASIDE_ORDERS];
    /** Of the blocks set aside the one freed last, at hand: most are wanted again at once. */
    private int spareOrder = NIL;
    private long spareOffset;
    /** The block that is kept at hand, and its length; 0: none is. Its state is that of one in use. */
    private long keptAddress;
    private int keptLength;
    private int nonEmptyOrders;
    private long inUse;
    private long peak;

    /**
     * @param purpose  what the slab is for, for messages.
     * @param bytes    capacity: a power of two, at least {@link #MIN_CAPACITY}.
     * @param minBlock length of the smallest block: a power of two from 64 to {@code bytes}, and at least
     *                 {@code bytes} / 2^30.
     * @throws IllegalArgumentException where a number is out of its range.
     * @throws OutOfMemoryError         where the system refuses the memory.
     */
    public Slab(final String purpose, final long bytes, final int minBlock) {
        region = MemoryRegion.allocate(purpose, requiredBytes(bytes, minBlock));
        capacity = bytes;
        leafShift = Integer.numberOfTrailingZeros(minBlock);
        maxOrder = Long.numberOfTrailingZeros(Math.min(bytes, MAX_BLOCK_LENGTH)) - leafShift;
        data = region.address();
        links = data + bytes;
        states = links + (bytes >>> leafShift) * LINK_LENGTH;
        freeHeads = new int[maxOrder + 1];
        views = new ByteBuffer[(int) (bytes + (1L << WINDOW_SHIFT) - 1 >>> WINDOW_SHIFT)];
        Arrays.fill(freeHeads, NIL);
        final int topBlocks = (int) ((bytes >>> leafShift) >>> maxOrder);
        for (int block = topBlocks - 1; block >= 0; block--) {
            link(block << maxOrder, maxOrder);
        }
    }

    /**
     * Off-heap bytes that a slab reserves: the blocks and, beside them, 9 bytes for each smallest block.
     *
     * @param bytes    as for the constructor.
     * @param minBlock as for the constructor.
     * @return bytes of address space; resident is only what is used.
     */
    public static long requiredBytes(final long bytes, final int minBlock) {
        if (bytes < MIN_CAPACITY || Long.bitCount(bytes) != 1) {
            throw new IllegalArgumentException(
                    "slab of " + bytes + " bytes, must be a power of two, at least " + MIN_CAPACITY);
        }
        if (minBlock < MIN_BLOCK_LENGTH || Integer.bitCount(minBlock) != 1 || minBlock > bytes
                || bytes / minBlock > 1L << MAX_LEAVES_SHIFT) {
            throw new IllegalArgumentException("smallest block of " + minBlock + " bytes in a slab of " + bytes
                    + ", must be a power of two, at least " + MIN_BLOCK_LENGTH + " and at least the slab / 2^30");
        }
        return bytes + bytes / minBlock * (LINK_LENGTH + STATE_LENGTH);
    }

    /**
     * Takes a block. Its contents are whatever its last owner left.
     *
     * @param size bytes wanted, at least 1; rounded up to {@link #blockSize}.
     * @return address of the block, aligned to its length within the slab; 0 where no block of that length is free.
     */
    public long allocate(final int size) {
        assert size > 0 : size;
        final int wanted = order(size);
        final long offset;
        if (wanted == spareOrder) {
            spareOrder = NIL;
            offset = spareOffset;
        } else if (wanted < ASIDE_ORDERS && asideCounts[wanted] > 0) {
            offset = (long) aside[wanted * ASIDE + --asideCounts[wanted]] << leafShift;
        } else {
            final int leaf = take(wanted);
            if (leaf == NIL) {
                return 0;
            }
            offset = (long) leaf << leafShift;
        }
        Memory.putByte(states + (offset >>> leafShift), STATE_USED | wanted);
        inUse += 1L << leafShift + wanted;
        peak = Math.max(peak, inUse);
        return data + offset;
    }

    /**
     * Takes the block that is kept at hand, if it has exactly this length.
     *
     * @return its address; 0 where there is no such one: {@link #allocate} may find another.
     */
    public long takeKept(final int length) {
        if (length != keptLength) {
            return 0;
        }
        keptLength = 0;
        inUse += length;
        peak = Math.max(peak, inUse);
        return keptAddress;
    }

    /**
     * Gives a block back as {@link #free} does, to be kept at hand for {@link #takeKept}: where the next one asks for the
     * same soon, that costs next to nothing. One block can be kept; it counts as free, and is merged where a block cannot
     * be found otherwise.
     *
     * @param address as for {@link #free}.
     * @param length  the block's length.
     */
    public void keep(final long address, final int length) {
        assert isInUse(address, length) : "no block of " + length + " bytes in use at " + address;
        if (keptLength != 0) {
            free(address, length);
            return;
        }
        keptAddress = address;
        keptLength = length;
        inUse -= length;
    }

    private boolean isInUse(final long address, final int length) {
        final long offset = address - data;
        return offset >= 0 && offset < capacity && (offset & (1L << leafShift) - 1) == 0
                && Memory.getUnsignedByte(states + (offset >>> leafShift)) == (STATE_USED | order(length))
                && !(keptLength != 0 && address == keptAddress) && blockSize(length) == length;
    }

    private int take(final int wanted) {
        if (wanted > maxOrder) {
            return NIL;
        }
        if ((nonEmptyOrders & -1 << wanted) == 0) {
            mergeAside();
        }
        return split(wanted);
    }

    /** A block of an order, split from the smallest free one that holds it. */
    private int split(final int wanted) {
        final int candidates = nonEmptyOrders & -1 << wanted;
        if (candidates == 0) {
            return NIL;
        }
        int order = Integer.numberOfTrailingZeros(candidates);
        final int leaf = freeHeads[order];
        unlink(leaf, order);
        while (order > wanted) {
            order--;
            link(leaf + (1 << order), order);
        }
        return leaf;
    }

    /**
     * Gives a block back.
     *
     * @param address what {@link #allocate} answered.
     * @param size    the size it was asked for, or any other that rounds to the same {@link #blockSize}.
     * @throws IllegalStateException where no such block is in use: freed twice, never allocated, or another length.
     *                               Nothing has changed.
     */
    public void free(final long address, final int size) {
        final int order = order(size);
        final long offset = address - data;
        final int leaf = (int) (offset >>> leafShift);
        if (offset < 0 || offset >= capacity || (offset & (1L << leafShift) - 1) != 0
                || Memory.getUnsignedByte(states + leaf) != (STATE_USED | order)
                || address == keptAddress && keptLength != 0) {
            throw notInUse(offset, order);
        }
        inUse -= 1L << leafShift + order;
        if (order >= ASIDE_ORDERS) {
            merge(leaf, order);
            return;
        }
        Memory.putByte(states + leaf, STATE_ASIDE | order);
        if (spareOrder != NIL) {
            setAside((int) (spareOffset >>> leafShift), spareOrder);
        }
        spareOrder = order;
        spareOffset = offset;
    }

    private IllegalStateException notInUse(final long offset, final int order) {
        return new IllegalStateException("no block of " + (1L << leafShift + order) + " bytes in use at offset "
                + offset + " of " + region);
    }

    private void setAside(final int leaf, final int order) {
        if (asideCounts[order] < ASIDE) {
            aside[order * ASIDE + asideCounts[order]++] = leaf;
        } else {
            merge(leaf, order);
        }
    }

    private void mergeAside() {
        if (keptLength != 0) {
            inUse += keptLength;
            final int length = keptLength;
            keptLength = 0;
            free(keptAddress, length);
        }
        if (spareOrder != NIL) {
            merge((int) (spareOffset >>> leafShift), spareOrder);
            spareOrder = NIL;
        }
        for (int order = 0; order < ASIDE_ORDERS; order++) {
            while (asideCounts[order] > 0) {
                merge(aside[order * ASIDE + --asideCounts[order]], order);
            }
        }
    }

    /** Frees a block, merged with its buddy as long as that is free. */
    private void merge(final int block, final int blockOrder) {
        int leaf = block;
        int order = blockOrder;
        while (order < maxOrder) {
            final int buddy = leaf ^ 1 << order;
            if (Memory.getUnsignedByte(states + buddy) != (STATE_FREE | order)) {
                break;
            }
            unlink(buddy, order);
            Memory.putByte(states + leaf, STATE_INNER);
            Memory.putByte(states + buddy, STATE_INNER);
            leaf &= buddy;
            order++;
        }
        link(leaf, order);
    }

    /**
     * Length of the block that serves a size.
     *
     * @param size bytes, 1 to {@link #MAX_BLOCK_LENGTH}.
     * @return the next power of two, at least the smallest block.
     */
    public int blockSize(final int size) {
        return 1 << leafShift + order(size);
    }

    /**
     * Bytes of a block as a buffer, from its position to its limit; the same object for other bytes the next time. It must
     * not be used after the block is freed.
     */
    public ByteBuffer view(final long address, final int length) {
        final long offset = address - data;
        assert offset >= 0 && length >= 0 && offset + length <= capacity : offset;
        final int window = (int) (offset >>> WINDOW_SHIFT);
        ByteBuffer view = views[window];
        if (view == null) {
            view = newView((long) window << WINDOW_SHIFT);
            views[window] = view;
        }
        final int start = (int) (offset & (1L << WINDOW_SHIFT) - 1);
        return view.limit(start + length).position(start);
    }

    @SuppressWarnings("restricted")
    private ByteBuffer newView(final long from) {
        return MemorySegment.ofAddress(data + from).reinterpret(Math.min(capacity - from, 1L << WINDOW_SHIFT))
                .asByteBuffer();
    }

    /** Bytes of the blocks in use. */
    public long inUseBytes() {
        return inUse;
    }

    /** The most that {@link #inUseBytes} has been. */
    public long peakBytes() {
        return peak;
    }

    /** Bytes of all blocks, free or in use. */
    public long capacityBytes() {
        return capacity;
    }

    /** Gives all memory back; closing twice does nothing. No block may be used afterwards. */
    @Override
    public void close() {
        region.close();
    }

    @Override
    public String toString() {
        return region + ", " + inUse + " of " + capacity + " in use, peak " + peak;
    }

    /** The exponent of the block's length in smallest blocks. */
    private int order(final int size) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(size - 1 >>> leafShift);
    }

    private void link(final int leaf, final int order) {
        final int next = freeHeads[order];
        putLinks(leaf, next, NIL);
        if (next != NIL) {
            Memory.putInt(links + (long) next * LINK_LENGTH + 4, leaf);
        }
        freeHeads[order] = leaf;
        nonEmptyOrders |= 1 << order;
        Memory.putByte(states + leaf, STATE_FREE | order);
    }

    private void unlink(final int leaf, final int order) {
        final int next = Memory.getInt(links + (long) leaf * LINK_LENGTH);
        final int previous = Memory.getInt(links + (long) leaf * LINK_LENGTH + 4);
        if (next != NIL) {
            Memory.putInt(links + (long) next * LINK_LENGTH + 4, previous);
        }
        if (previous != NIL) {
            Memory.putInt(links + (long) previous * LINK_LENGTH, next);
            return;
        }
        freeHeads[order] = next;
        if (next == NIL) {
            nonEmptyOrders &= ~(1 << order);
        }
    }

    private void putLinks(final int leaf, final int next, final int previous) {
        Memory.putInt(links + (long) leaf * LINK_LENGTH, next);
        Memory.putInt(links + (long) leaf * LINK_LENGTH + 4, previous);
    }
}
