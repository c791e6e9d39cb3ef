package io.millrace.fastpath.ip;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.RecordTable;

/**
 * Pages for the bytes of datagrams under reassembly, each with a bit for each of its units of 8 bytes that is there: so
 * what a fragment costs depends on its own length alone, not on how many came before it and in which order (RFC 815 keeps
 * a list of holes, which an attacker makes long). Thread: the engine's.
 */
final class FragmentPages implements AutoCloseable {
    /** Bytes of a datagram that a page holds. */
    static final int PAGE_LENGTH = 4_096;
    /** Pages of the longest datagram. */
    static final int PAGES_A_DATAGRAM = 65_536 / PAGE_LENGTH;

    /** What {@link #present} answers: nothing of a range is there. */
    static final int NONE = 0;
    /** Part of it. */
    static final int SOME = 1;
    /** All of it. */
    static final int ALL = 2;

    private static final int UNIT_SHIFT = 3;
    private static final int BITS_LENGTH = PAGE_LENGTH >>> UNIT_SHIFT + 3;
    static final int RECORD_LENGTH = BITS_LENGTH + PAGE_LENGTH;

    private final RecordTable pages;

    FragmentPages(final int count) {
        pages = new RecordTable("fragments", count, RECORD_LENGTH);
    }

    /** An empty page; -1 where none is left. */
    int allocate() {
        return pages.allocate();
    }

    void free(final int page) {
        pages.free(page);
    }

    int inUse() {
        return pages.inUse();
    }

    /** How much of a range of a page is there: {@link #NONE}, {@link #SOME} or {@link #ALL}. */
    int present(final int page, final int from, final int to) {
        boolean none = true;
        boolean all = true;
        final int last = lastUnit(to);
        for (int unit = from >>> UNIT_SHIFT; unit <= last; unit = (unit | Long.SIZE - 1) + 1) {
            final long wanted = mask(unit, last);
            final long found = Memory.getLong(word(page, unit)) & wanted;
            none &= found == 0;
            all &= found == wanted;
        }
        return none ? NONE : all ? ALL : SOME;
    }

    /** Copies bytes into a range of a page. */
    void put(final int page, final int from, final int to, final long source) {
        Memory.copy(source, bytes(page) + from, to - from);
        final int last = lastUnit(to);
        for (int unit = from >>> UNIT_SHIFT; unit <= last; unit = (unit | Long.SIZE - 1) + 1) {
            final long word = word(page, unit);
            Memory.putLong(word, Memory.getLong(word) | mask(unit, last));
        }
    }

    /** Where the bytes of a page lie. */
    long bytes(final int page) {
        return pages.address(page) + BITS_LENGTH;
    }

    @Override
    public void close() {
        pages.close();
    }

    private long word(final int page, final int unit) {
        return pages.address(page) + (unit >>> 6) * (long) Long.BYTES;
    }

    /** Bits of a word from a unit to the end of the word or of the range. */
    private static long mask(final int unit, final int last) {
        final int end = Math.min(last, unit | Long.SIZE - 1);
        return -1L << unit & -1L >>> Long.SIZE - 1 - (end & Long.SIZE - 1);
    }

    /** The unit of the last byte: only the end of a datagram leaves one half filled. */
    private static int lastUnit(final int to) {
        return to - 1 >>> UNIT_SHIFT;
    }
}
