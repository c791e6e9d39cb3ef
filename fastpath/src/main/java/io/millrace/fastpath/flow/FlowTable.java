package io.millrace.fastpath.flow;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;

/**
 * The 4-tuple of a segment → the number of its connection: a hash table with open addressing and linear probing, eight
 * entries to a cache line. An entry is the full 32-bit hash and the number; the key itself lies in the record that the
 * number names and is compared only where all 32 bits agree, so a lookup costs one miss here and one in the record,
 * which is wanted anyway.
 * <p>
 * Removal shifts the entries behind back to where they belong (Knuth, TAOCP vol. 3, §6.4, algorithm R), so there are no
 * tombstones and a table never degrades with age. At most three quarters of the slots are ever in use. Where
 * {@code maxEntries} are, {@link #put} answers false and nothing changes.
 * <p>
 * The hash is keyed with a seed, so that a peer that chooses its addresses and ports cannot choose where they fall. But
 * four neighbours of the larger port of a connection lie side by side in a cache line: hosts give these ports out one after
 * the other (RFC 6056 §3.3.4), so the next connection between two hosts finds its entry in the cache. The price is paid by
 * tables that are full of such ports alone: a search for what is there looks at 3 entries at half of the slots in use, 7 at
 * three quarters, in the place of 1.5 and 2.5, one for what is not at 6 and 29 in the place of 2.5 and 8.5, one behind the
 * other in memory. It is no more where a host has many ports that listen.
 * Addresses are 128 bits wide in two halves; an IPv4 address is whatever fixed form the caller gives all of them.
 * <p>
 * Arguments everywhere: {@code ports} is {@code localPort << 16 | remotePort}.
 * <p>
 * Thread: one, the engine's; no allocation on the heap after construction.
 */
public final class FlowTable implements AutoCloseable {
    /** What {@link #find} answers where there is no entry; the one number that cannot be a value. */
    public static final int ABSENT = -1;

    /** The most entries that a table can be made for: three quarters of 2^30. */
    public static final int MAX_ENTRIES = 3 << 28;

    /** Where the keys lie. One implementation in a process keeps the call to it direct. */
    public interface KeySource {
        /** Whether the record that {@code value} names has this key. */
        boolean matches(int value, long localHi, long localLo, long remoteHi, long remoteLo, int ports);
    }

    // An entry is a long: the hash above, the value + 1 below; an entry whose lower half is 0 is empty.
    private static final int ENTRY_SHIFT = 3;
    private static final int EMPTY = 0;
    /** Of the larger port of a key: what differs in no other bits than these lies side by side. */
    private static final int NEIGHBOURS = 3;

    private final MemoryRegion region;
    private final KeySource keys;
    private final long entries;
    private final int mask;
    private final int maxEntries;
    private final long key0;
    private final long key1;
    private final long key2;
    private final long key3;
    private final long key4;
    private final long key5;
    private final long key6;
    private final long key7;
    private int size;

    /**
     * @param purpose    what the table is for, for messages.
     * @param maxEntries 1 to {@link #MAX_ENTRIES}.
     * @param seed       secret from which the hash's keys are made; random in production, fixed in a simulation.
     * @param keys       where the keys lie.
     * @throws IllegalArgumentException where a number is out of its range.
     * @throws OutOfMemoryError         where the system refuses the memory.
     */
    public FlowTable(final String purpose, final int maxEntries, final long seed, final KeySource keys) {
        this.region = MemoryRegion.allocateTable(purpose, requiredBytes(maxEntries));
        this.keys = keys;
        this.entries = region.address();
        this.mask = slots(maxEntries) - 1;
        this.maxEntries = maxEntries;
        this.key0 = expand(seed, 1);
        this.key1 = expand(seed, 2);
        this.key2 = expand(seed, 3);
        this.key3 = expand(seed, 4);
        this.key4 = expand(seed, 5);
        this.key5 = expand(seed, 6);
        this.key6 = expand(seed, 7);
        this.key7 = expand(seed, 8);
    }

    /**
     * Off-heap bytes that a table reserves.
     *
     * @param maxEntries as for the constructor.
     * @return bytes of address space, 10.7 to 21.4 an entry; resident is only what is touched, of a large table by
     *         2 MiB where the system has such pages.
     */
    public static long requiredBytes(final int maxEntries) {
        if (maxEntries < 1 || maxEntries > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "flow table of " + maxEntries + " entries, must be 1 to " + MAX_ENTRIES);
        }
        return (long) slots(maxEntries) << ENTRY_SHIFT;
    }

    /**
     * Looks a key up.
     *
     * @return its value, or {@link #ABSENT}.
     */
    public int find(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports) {
        final int hash = hash(localHi, localLo, remoteHi, remoteLo, ports);
        for (int slot = hash & mask;; slot = slot + 1 & mask) {
            final long entry = entry(slot);
            if ((int) entry == EMPTY) {
                return ABSENT;
            }
            if ((int) (entry >>> 32) == hash
                    && keys.matches((int) entry - 1, localHi, localLo, remoteHi, remoteLo, ports)) {
                return (int) entry - 1;
            }
        }
    }

    /**
     * Looks a key up without a look at the records: by the hash alone, so another key's value may come out.
     *
     * @return what {@link #find} would answer, but for a few keys in 2^32; or {@link #ABSENT}.
     */
    public int foresee(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports) {
        final int hash = hash(localHi, localLo, remoteHi, remoteLo, ports);
        for (int slot = hash & mask;; slot = slot + 1 & mask) {
            final long entry = entry(slot);
            if ((int) entry == EMPTY) {
                return ABSENT;
            }
            if ((int) (entry >>> 32) == hash) {
                return (int) entry - 1;
            }
        }
    }

    /**
     * Adds an entry for a key that has none.
     *
     * @param value any number but {@link #ABSENT}.
     * @return false where the table holds {@code maxEntries} already; then nothing has changed.
     */
    public boolean put(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports, final int value) {
        assert value != ABSENT && find(localHi, localLo, remoteHi, remoteLo, ports) == ABSENT;
        if (size == maxEntries) {
            return false;
        }
        final int hash = hash(localHi, localLo, remoteHi, remoteLo, ports);
        int slot = hash & mask;
        while ((int) entry(slot) != EMPTY) {
            slot = slot + 1 & mask;
        }
        putEntry(slot, entryOf(hash, value));
        size++;
        return true;
    }

    /**
     * Gives a key another value, e.g. that of a TIME_WAIT record in place of a connection's. As {@link #remove}, it asks no
     * record for its key.
     *
     * @param value    the key's value.
     * @param newValue any number but {@link #ABSENT}.
     * @return false where the key has no entry with that value; then nothing has changed.
     */
    public boolean replace(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports, final int value, final int newValue) {
        assert newValue != ABSENT;
        final int hash = hash(localHi, localLo, remoteHi, remoteLo, ports);
        final int slot = slotOf(hash, value);
        if (slot < 0) {
            return false;
        }
        putEntry(slot, entryOf(hash, newValue));
        return true;
    }

    /**
     * Removes an entry. The record that it names is not asked for its key, so it may be gone already.
     *
     * @param value the key's value.
     * @return false where the key has no entry with that value; then nothing has changed.
     */
    public boolean remove(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports, final int value) {
        assert value != ABSENT;
        final int slot = slotOf(hash(localHi, localLo, remoteHi, remoteLo, ports), value);
        if (slot < 0) {
            return false;
        }
        shiftBackInto(slot);
        size--;
        return true;
    }

    /** Entries in use. */
    public int size() {
        return size;
    }

    /** Entries that there may be at most. */
    public int maxEntries() {
        return maxEntries;
    }

    /**
     * The keyed hash of a key. Two keys chosen without knowledge of the seed agree before the last step with a
     * probability of about 2^-62 (NH, the inner hash of UMAC, RFC 4418 §5.2, over 64-bit words; the halves of the
     * products are summed without carry, which costs two bits); the last step mixes the result into 32 bits. Of four
     * neighbours the hashes differ in the lowest two bits alone.
     */
    public int hash(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports) {
        final int shift = ports >>> 16 > (ports & 0xFFFF) ? 16 : 0;
        final long group = (long) shift << 32 | ports & ~(NEIGHBOURS << shift) & 0xFFFF_FFFFL;
        final long low = (remoteHi + key0) * (remoteLo + key1) + (localHi + key2) * (localLo + key3)
                + (group + key4) * key5 + key6;
        final long high = Math.unsignedMultiplyHigh(remoteHi + key0, remoteLo + key1)
                + Math.unsignedMultiplyHigh(localHi + key2, localLo + key3)
                + Math.unsignedMultiplyHigh(group + key4, key5) + key7;
        final long mixed = low * high ^ Math.unsignedMultiplyHigh(low, high);
        return (int) (mixed ^ mixed >>> 32) ^ ports >>> shift & NEIGHBOURS;
    }

    /** Address of the entry where the search for a hash begins, to touch it before it is needed. */
    public long slotAddress(final int hash) {
        return entries + ((long) (hash & mask) << ENTRY_SHIFT);
    }

    /** Gives all memory back; closing twice does nothing. The table may not be used afterwards. */
    @Override
    public void close() {
        region.close();
    }

    @Override
    public String toString() {
        return region + ", " + size + " of " + maxEntries + " entries in " + (mask + 1L) + " slots";
    }

    private static int slots(final int maxEntries) {
        final long least = (maxEntries * 4L + 2) / 3;
        return (int) Math.max(8, Long.highestOneBit(least - 1) << 1);
    }

    /** One output of SplitMix64 (Steele, Lea and Flood, 2014). */
    private static long expand(final long seed, final int index) {
        long z = seed + index * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private static long entryOf(final int hash, final int value) {
        return (long) hash << 32 | value + 1 & 0xFFFF_FFFFL;
    }

    private long entry(final int slot) {
        return Memory.getLong(entries + ((long) slot << ENTRY_SHIFT));
    }

    private void putEntry(final int slot, final long entry) {
        Memory.putLong(entries + ((long) slot << ENTRY_SHIFT), entry);
    }

    private int slotOf(final int hash, final int value) {
        final long wanted = entryOf(hash, value);
        for (int slot = hash & mask;; slot = slot + 1 & mask) {
            final long entry = entry(slot);
            if (entry == wanted) {
                return slot;
            }
            if ((int) entry == EMPTY) {
                return -1;
            }
        }
    }

    /** Fills a slot with the next entry behind it that may lie there, and so on until a slot may stay empty. */
    private void shiftBackInto(final int emptied) {
        int hole = emptied;
        for (int slot = hole + 1 & mask;; slot = slot + 1 & mask) {
            final long entry = entry(slot);
            if ((int) entry == EMPTY) {
                break;
            }
            final int home = (int) (entry >>> 32) & mask;
            if ((slot - home & mask) >= (slot - hole & mask)) {
                putEntry(hole, entry);
                hole = slot;
            }
        }
        putEntry(hole, EMPTY);
    }
}
