package io.millrace.fastpath.ip;

import java.util.Arrays;
import org.agrona.BitUtil;

/**
 * A bounded map from addresses to small numbers, 0 to capacity - 1, which knows the order in which they were renewed. The
 * same address on another link (RFC 4007 §5) is another; who does not tell links apart gives none.
 * Everything costs O(1) and allocates nothing. Thread: the engine's.
 */
final class AddressSlots {
    private static final int NONE = -1;

    private final long seed;
    private final int[] slots;
    private final int slotMask;
    private final long[] hi;
    private final long[] lo;
    private final byte[] link;
    /** Of what is in use: the one renewed next; of what is free: the next free one. */
    private final int[] newer;
    private final int[] older;
    private int oldest = NONE;
    private int newest = NONE;
    private int firstFree;
    private int size;

    /** @param seed random. */
    AddressSlots(final int capacity, final long seed) {
        this.seed = seed;
        slots = new int[BitUtil.findNextPositivePowerOfTwo(2 * capacity)];
        slotMask = slots.length - 1;
        hi = new long[capacity];
        lo = new long[capacity];
        link = new byte[capacity];
        newer = new int[capacity];
        older = new int[capacity];
        Arrays.setAll(newer, i -> i + 1 == capacity ? NONE : i + 1);
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return firstFree == NONE;
    }

    /** The one that was renewed longest ago; -1 where there is none. */
    int oldest() {
        return oldest;
    }

    /** Upper half of the address whose number this is. */
    long hi(final int entry) {
        return hi[entry];
    }

    /** Its lower half. */
    long lo(final int entry) {
        return lo[entry];
    }

    /** The link that it is on. */
    int link(final int entry) {
        return link[entry];
    }

    /** The number of an address, or -1. */
    int find(final long addressHi, final long addressLo) {
        return find(0, addressHi, addressLo);
    }

    /** The number of an address on a link, 0 to 127, or -1. */
    int find(final int onLink, final long addressHi, final long addressLo) {
        if (size == 0) {
            return NONE;
        }
        int slot = hash(addressHi, addressLo) & slotMask;
        while (slots[slot] != 0) {
            final int entry = slots[slot] - 1;
            if (lo[entry] == addressLo && hi[entry] == addressHi && link[entry] == onLink) {
                return entry;
            }
            slot = slot + 1 & slotMask;
        }
        return NONE;
    }

    /** Gives an address that has none a number, the newest; only where not {@linkplain #isFull full}. */
    int add(final long addressHi, final long addressLo) {
        return add(0, addressHi, addressLo);
    }

    /** The same for an address on a link. */
    int add(final int onLink, final long addressHi, final long addressLo) {
        final int entry = firstFree;
        firstFree = newer[entry];
        hi[entry] = addressHi;
        lo[entry] = addressLo;
        link[entry] = (byte) onLink;
        int slot = hash(addressHi, addressLo) & slotMask;
        while (slots[slot] != 0) {
            slot = slot + 1 & slotMask;
        }
        slots[slot] = entry + 1;
        size++;
        append(entry);
        return entry;
    }

    /** Its turn to be the oldest comes after all others'. */
    void makeNewest(final int entry) {
        if (entry != newest) {
            unlink(entry);
            append(entry);
        }
    }

    /** Takes the number back. */
    void remove(final int entry) {
        unlink(entry);
        newer[entry] = firstFree;
        firstFree = entry;
        size--;
        int hole = hash(hi[entry], lo[entry]) & slotMask;
        while (slots[hole] != entry + 1) {
            hole = hole + 1 & slotMask;
        }
        // backward-shift deletion: what follows in the cluster moves up, so that no tombstone is needed
        for (int slot = hole + 1 & slotMask; slots[slot] != 0; slot = slot + 1 & slotMask) {
            final int other = slots[slot] - 1;
            final int home = hash(hi[other], lo[other]) & slotMask;
            if ((slot - home & slotMask) >= (slot - hole & slotMask)) {
                slots[hole] = slots[slot];
                hole = slot;
            }
        }
        slots[hole] = 0;
    }

    private void append(final int entry) {
        older[entry] = newest;
        newer[entry] = NONE;
        if (newest == NONE) {
            oldest = entry;
        } else {
            newer[newest] = entry;
        }
        newest = entry;
    }

    private void unlink(final int entry) {
        if (older[entry] == NONE) {
            oldest = newer[entry];
        } else {
            newer[older[entry]] = newer[entry];
        }
        if (newer[entry] == NONE) {
            newest = older[entry];
        } else {
            older[newer[entry]] = older[entry];
        }
    }

    private int hash(final long addressHi, final long addressLo) {
        return AddressHash.of(addressHi, addressLo, seed);
    }
}
