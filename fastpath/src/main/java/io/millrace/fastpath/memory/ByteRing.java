package io.millrace.fastpath.memory;

/**
 * A ring of bytes in a block of a {@link Slab}, for the bytes that a connection sends or receives.
 * <p>
 * A ring has no object: its state is an address and a capacity, which its owner keeps in its own record (both 0 while
 * it holds none). A byte is known by its position, a 32-bit number that wraps like a sequence number; it lies at
 * {@code address + (position & capacity - 1)}. Which positions hold bytes is the owner's business, so a byte that came
 * early can be put in its place.
 * <p>
 * Arguments everywhere: {@code ring}, the address of the block; {@code capacity}, its length in bytes, a power of two;
 * {@code length}, 0 to {@code capacity}. They are asserted, not checked.
 * <p>
 * Thread: the owner's.
 */
public final class ByteRing {
    private ByteRing() {}

    /** Address of the byte at a position. */
    public static long address(final long ring, final int capacity, final int position) {
        return ring + (position & capacity - 1);
    }

    /** How many of {@code length} bytes from a position on lie before the ring's end, in one piece. */
    public static int contiguous(final int capacity, final int position, final int length) {
        return Math.min(length, capacity - (position & capacity - 1));
    }

    /**
     * Copies bytes into the ring, around its end where they cross it.
     *
     * @param position of the first byte.
     * @param source   address of the bytes; not within the ring.
     */
    public static void copyIn(final long ring, final int capacity, final int position, final long source,
            final int length) {
        assert length >= 0 && length <= capacity : length;
        final int first = contiguous(capacity, position, length);
        Memory.copyApart(source, address(ring, capacity, position), first);
        if (first < length) {
            Memory.copyApart(source + first, ring, length - first);
        }
    }

    /**
     * Copies bytes out of the ring, around its end where they cross it. The ring keeps them.
     *
     * @param position of the first byte.
     * @param target   address to copy to; not within the ring.
     */
    public static void copyOut(final long ring, final int capacity, final int position, final long target,
            final int length) {
        assert length >= 0 && length <= capacity : length;
        final int first = contiguous(capacity, position, length);
        Memory.copyApart(address(ring, capacity, position), target, first);
        if (first < length) {
            Memory.copyApart(ring, target + first, length - first);
        }
    }

    /** True where bytes lie in one piece: those from {@link #address} on. */
    public static boolean isContiguous(final int capacity, final int position, final int length) {
        return (position & capacity - 1) + length <= capacity;
    }

    /**
     * Moves a ring into a block of another length, so that every byte keeps its position.
     *
     * @param slab        that the ring's block is from and the new one comes from.
     * @param ring        0 where none is held yet; then {@code capacity} and {@code length} are 0.
     * @param newCapacity a power of two, at least {@code length}; smaller than {@code capacity} to shrink.
     * @param from        position of the first byte to keep.
     * @param length      bytes to keep.
     * @return address of the new block, the old one having been freed; 0 where the slab is full and the ring is as it
     *         was.
     */
    public static long grow(final Slab slab, final long ring, final int capacity, final int newCapacity,
            final int from, final int length) {
        assert length <= Math.min(capacity, newCapacity) && Integer.bitCount(newCapacity) == 1;
        final long block = slab.allocate(newCapacity);
        if (block == 0 || ring == 0) {
            return block;
        }
        int moved = 0;
        while (moved < length) {
            final int position = from + moved;
            final int piece = contiguous(capacity, position, length - moved);
            copyIn(block, newCapacity, position, address(ring, capacity, position), piece);
            moved += piece;
        }
        slab.free(ring, capacity);
        return block;
    }
}
