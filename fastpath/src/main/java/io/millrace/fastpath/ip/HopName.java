package io.millrace.fastpath.ip;

/**
 * How {@link IpOutput} names a neighbour as a next hop: a positive {@code long}. The upper half is the generation plus one,
 * of the lower half the upper four bits are the link, the rest the entry of the neighbour table.
 */
final class HopName {
    private static final int LINK_SHIFT = 28;
    private static final int ENTRY_MASK = (1 << LINK_SHIFT) - 1;

    private HopName() {}

    static long of(final int generation, final int link, final int entry) {
        return (long) (generation + 1) << 32 | (long) link << LINK_SHIFT | entry;
    }

    static int entry(final long hop) {
        return (int) hop & ENTRY_MASK;
    }

    static int generation(final long hop) {
        return (int) (hop >>> 32) - 1;
    }

    /** 0 also where no neighbour is named. */
    static int link(final long hop) {
        return hop > 0 ? (int) hop >>> LINK_SHIFT : 0;
    }
}
