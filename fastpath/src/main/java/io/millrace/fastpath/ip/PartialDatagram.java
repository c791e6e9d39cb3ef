package io.millrace.fastpath.ip;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.Ipv4Header;

/**
 * A datagram of which fragments are missing: a flyweight over its record.
 *
 * <pre>
 *    0: source, destination                         32: deadline
 *   40: identification   44: length (0: not known)  48: bytes there    52: the highest end
 *   56: links, as long as it is in the table        68: ECN fields seen   69: link
 *   72: header of fragment zero  132: its length (0: not here)  136: payload  140: its protocol  144: pages
 * </pre>
 *
 * Thread: the engine's.
 */
final class PartialDatagram {
    private static final int SOURCE = 0;
    private static final int DESTINATION = 16;
    private static final int DEADLINE = 32;
    private static final int IDENTITY = 40;
    private static final int TOTAL = 44;
    private static final int RECEIVED = 48;
    private static final int HIGHEST = 52;
    private static final int HASH_NEXT = 56;
    private static final int OLDER = 60;
    private static final int NEWER = 64;
    private static final int ECN_SEEN = 68;
    private static final int LINK = 69;
    private static final int HEADER = 72;
    private static final int HEADER_LENGTH = HEADER + Ipv4Header.MAX_LENGTH;
    private static final int FIRST_LENGTH = HEADER_LENGTH + Integer.BYTES;
    private static final int PROTOCOL = FIRST_LENGTH + Integer.BYTES;
    private static final int PAGES = PROTOCOL + Integer.BYTES;
    /** Bytes of a record. */
    static final int LENGTH = PAGES + FragmentPages.PAGES_A_DATAGRAM * Integer.BYTES;

    private long address;

    PartialDatagram wrap(final long record) {
        address = record;
        return this;
    }

    void begin(final Fragment fragment, final long deadlineNs) {
        Memory.putLong(address + SOURCE, fragment.sourceHi());
        Memory.putLong(address + SOURCE + 8, fragment.sourceLo());
        Memory.putLong(address + DESTINATION, fragment.destinationHi());
        Memory.putLong(address + DESTINATION + 8, fragment.destinationLo());
        Memory.putInt(address + IDENTITY, fragment.identity());
        Memory.putLong(address + DEADLINE, deadlineNs);
        Memory.putByte(address + LINK, fragment.link());
    }

    /** True where the fragment is one of this datagram. */
    boolean isOf(final Fragment fragment) {
        return identity() == fragment.identity() && Memory.getLong(address + SOURCE + 8) == fragment.sourceLo()
                && Memory.getLong(address + DESTINATION + 8) == fragment.destinationLo()
                && Memory.getLong(address + SOURCE) == fragment.sourceHi()
                && Memory.getLong(address + DESTINATION) == fragment.destinationHi()
                && (link() == fragment.link() || !fragment.isScoped());
    }

    /** A hash of what names the datagram, but for its link. */
    static int hash(final Fragment fragment, final long seed) {
        return hash(fragment.sourceHi(), fragment.sourceLo(), fragment.destinationHi(), fragment.destinationLo(),
                fragment.identity(), seed);
    }

    /** The same of this one. */
    int hash(final long seed) {
        return hash(Memory.getLong(address + SOURCE), Memory.getLong(address + SOURCE + 8),
                Memory.getLong(address + DESTINATION), Memory.getLong(address + DESTINATION + 8), identity(), seed);
    }

    private static int hash(final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int identity, final long seed) {
        long mixed = (sourceHi ^ seed) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (Long.rotateLeft(mixed, 29) ^ sourceLo) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (Long.rotateLeft(mixed, 29) ^ destinationHi) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (Long.rotateLeft(mixed, 29) ^ destinationLo) * 0x9E37_79B9_7F4A_7C15L;
        return (int) ((Long.rotateLeft(mixed, 29) ^ identity) * 0xD6E8_FEB8_6659_FD93L >>> 32);
    }

    int identity() {
        return Memory.getInt(address + IDENTITY);
    }

    /** The link that its first fragment came over. */
    int link() {
        return Memory.getUnsignedByte(address + LINK);
    }

    /** When its time is over, in nanoseconds of the engine's clock. */
    long deadlineNs() {
        return Memory.getLong(address + DEADLINE);
    }

    /** Notes a fragment whose bytes are in the pages now. */
    void onFragment(final Fragment fragment) {
        Memory.putInt(address + RECEIVED, Memory.getInt(address + RECEIVED) + fragment.length());
        Memory.putInt(address + HIGHEST, Math.max(fragment.end(), Memory.getInt(address + HIGHEST)));
        Memory.putByte(address + ECN_SEEN, ecnSeen() | 1 << fragment.ecn());
        if (!fragment.more()) {
            Memory.putInt(address + TOTAL, fragment.end());
        }
        if (fragment.offset() == 0) {
            Memory.putInt(address + HEADER_LENGTH, fragment.headerLength());
            Memory.putInt(address + FIRST_LENGTH, fragment.length());
            Memory.putInt(address + PROTOCOL, fragment.protocol());
            Memory.copy(fragment.header(), address + HEADER, fragment.headerLength());
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
        return Memory.getUnsignedByte(address + ECN_SEEN);
    }

    /** Bytes above IP that fragment zero had. */
    int firstLength() {
        return Memory.getInt(address + FIRST_LENGTH);
    }

    /** What fragment zero names as the payload. */
    int protocol() {
        return Memory.getInt(address + PROTOCOL);
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
