package io.millrace.fastpath.port;

import io.millrace.fastpath.wire.IpAddress;
import java.util.Arrays;

/**
 * Placement as receive-side scaling does it: the lower bits of the {@link Toeplitz} hash name an entry of an indirection
 * table, which names the queue. Immutable. Thread: any.
 */
public final class RssPlacement implements FlowPlacement {
    /** Entries of the table where no device says otherwise. */
    public static final int TABLE_LENGTH = 128;

    private final Toeplitz hash;
    private final int[] table;

    /**
     * @param table queues, a power of two of them; copied. As most NICs have {@value #TABLE_LENGTH}, a number of queues that
     *              divides it shares evenly.
     */
    public RssPlacement(final RssKey key, final int... table) {
        if (Integer.bitCount(table.length) != 1) {
            throw new IllegalArgumentException("indirection table of " + table.length + ", must be a power of two");
        }
        hash = new Toeplitz(key);
        this.table = table.clone();
    }

    /** With a table in which queues 0 to {@code queues} - 1 take turns, long enough that each is there. */
    public static RssPlacement spread(final RssKey key, final int queues) {
        final int[] table = new int[Math.max(TABLE_LENGTH, Integer.highestOneBit(2 * queues - 1))];
        Arrays.setAll(table, i -> i % queues);
        return new RssPlacement(key, table);
    }

    /** The hash. */
    public Toeplitz hash() {
        return hash;
    }

    /** The indirection table; a copy. */
    public int[] table() {
        return table.clone();
    }

    /** The queue of a hash. */
    public int queue(final int hashed) {
        return table[hashed & table.length - 1];
    }

    @Override
    public int queue(final long localHi, final long localLo, final int localPort, final long remoteHi,
            final long remoteLo, final int remotePort) {
        return queue(hash.hash(remoteHi, remoteLo, remotePort, localHi, localLo, localPort));
    }

    /**
     * The queue of packets without ports, and of fragments.
     *
     * @param localHi as {@link IpAddress} has it, like the others.
     */
    public int queue(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        return queue(hash.hash(remoteHi, remoteLo, localHi, localLo));
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final RssPlacement that && hash.key().equals(that.hash.key())
                && Arrays.equals(table, that.table);
    }

    @Override
    public int hashCode() {
        return 31 * hash.key().hashCode() + Arrays.hashCode(table);
    }
}
