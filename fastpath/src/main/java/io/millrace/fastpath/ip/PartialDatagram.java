package io.millrace.fastpath.ip;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.Ipv4Header;

/**
 * A datagram of which fragments are missing: a flyweight over its record.
 *
 * <pre>
 *    0: addresses    8: protocol, identification    12: length (0: not known)    16: deadline
 *   24: bytes there 28: the highest end            32: links, as long as it is in the table
 *   44: ECN fields seen  48: header of fragment zero   108: its length (0: not here)  112: pages
 * </pre>
 *
 * Thread: the engine's.
 */
final class PartialDatagram {
    private static final int ADDRESSES = 0;
    private static final int IDENTITY = 8;
    private static final int TOTAL = 12;
    private static final int DEADLINE = 16;
    private static final int RECEIVED = 24;
    private static final int HIGHEST = 28;
    private static final int HASH_NEXT = 32;
    private static final int OLDER = 36;
    private static final int NEWER = 40;
    private static final int ECN_SEEN = 44;
    private static final int HEADER = 48;
    private static final int HEADER_LENGTH = HEADER + Ipv4Header.MAX_LENGTH;
    private static final int PAGES = HEADER_LENGTH + Integer.BYTES;
    /** Bytes of a record. */
    static final int LENGTH = PAGES + FragmentPages.PAGES_A_DATAGRAM * Integer.BYTES + 16;

    private long address;

    PartialDatagram wrap(final long record) {
        address = record;
        return this;
    }

    /** Source in the upper half, destination in the lower. */
    static long addresses(final Ipv4Header header) {
        return (long) header.source() << 32 | header.destination() & 0xFFFF_FFFFL;
    }

    /** Protocol above the identification. */
    static int identity(final Ipv4Header header) {
        return header.protocol() << 16 | header.identification();
    }

    void begin(final long addresses, final int identity, final long deadlineNs) {
        Memory.putLong(address + ADDRESSES, addresses);
        Memory.putInt(address + IDENTITY, identity);
        Memory.putLong(address + DEADLINE, deadlineNs);
    }

    boolean is(final long addresses, final int identity) {
        return Memory.getLong(address + ADDRESSES) == addresses && Memory.getInt(address + IDENTITY) == identity;
    }

    long addresses() {
        return Memory.getLong(address + ADDRESSES);
    }

    int identity() {
        return Memory.getInt(address + IDENTITY);
    }

    /** When its time is over, in nanoseconds of the engine's clock. */
    long deadlineNs() {
        return Memory.getLong(address + DEADLINE);
    }

    /** Notes a fragment whose bytes are in the pages now. */
    void onFragment(final Ipv4Header fragment) {
        final int end = fragment.fragmentOffset() + fragment.payloadLength();
        Memory.putInt(address + RECEIVED, Memory.getInt(address + RECEIVED) + fragment.payloadLength());
        Memory.putInt(address + HIGHEST, Math.max(end, Memory.getInt(address + HIGHEST)));
        Memory.putInt(address + ECN_SEEN, ecnSeen() | 1 << (fragment.dscpEcn() & Ipv4Header.ECN_MASK));
        if (!fragment.moreFragments()) {
            Memory.putInt(address + TOTAL, end);
        }
        if (fragment.fragmentOffset() == 0) {
            Memory.putInt(address + HEADER_LENGTH, fragment.headerLength());
            Memory.copy(fragment.address(), address + HEADER, fragment.headerLength());
        }
    }

    /** True where a fragment and those before it cannot be of one datagram: its end is not theirs. */
    boolean contradicts(final int end, final boolean more) {
        final int total = length();
        if (total != 0) {
            return more ? end >= total : end != total;
        }
        return !more && end <= Memory.getInt(address + HIGHEST);
    }

    /** True where every byte is there. */
    boolean isComplete() {
        return length() != 0 && Memory.getInt(address + RECEIVED) == length();
    }

    /** Bytes above IP; 0 while the last fragment is missing. */
    int length() {
        return Memory.getInt(address + TOTAL);
    }

    /** A bit for each value of the ECN field that a fragment had. */
    int ecnSeen() {
        return Memory.getInt(address + ECN_SEEN);
    }

    /** Where the header of fragment zero lies. */
    long header() {
        return address + HEADER;
    }

    /** Bytes of that header; 0 while fragment zero is missing. */
    int headerLength() {
        return Memory.getInt(address + HEADER_LENGTH);
    }

    /** The page with this number; -1 where there is none. */
    int page(final int number) {
        return Memory.getInt(pageCell(number)) - 1;
    }

    void page(final int number, final int page) {
        Memory.putInt(pageCell(number), page + 1);
    }

    int hashNext() {
        return Memory.getInt(address + HASH_NEXT);
    }

    void hashNext(final int index) {
        Memory.putInt(address + HASH_NEXT, index);
    }

    int older() {
        return Memory.getInt(address + OLDER);
    }

    void older(final int index) {
        Memory.putInt(address + OLDER, index);
    }

    int newer() {
        return Memory.getInt(address + NEWER);
    }

    void newer(final int index) {
        Memory.putInt(address + NEWER, index);
    }

    private long pageCell(final int number) {
        return address + PAGES + (long) number * Integer.BYTES;
    }
}
