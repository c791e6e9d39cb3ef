package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * IPv4 header (RFC 791 §3.1). Addresses are in host order. Thread: the owner's.
 *
 * <pre>
 *    0       1       2               4                       8
 *   +---+---+-------+---------------+---------------+-------+
 *   | 4 |IHL|DSCPECN| total length  |identification |flg off|
 *   +---+---+-------+---------------+---------------+-------+
 *   |  TTL  | proto |   checksum    |        source         |
 *   +-------+-------+---------------+-----------------------+
 *   |          destination          | options, payload ...
 *   +-------------------------------+---------------- - - -
 * </pre>
 */
public final class Ipv4Header {
    /** Bytes of a header without options. */
    public static final int MIN_LENGTH = 20;
    /** Bytes of a header with the Router Alert option and no other. */
    public static final int ROUTER_ALERT_LENGTH = 24;
    /** Bytes of the smallest packet that every link carries whole (RFC 791 §3.2). */
    public static final int MIN_MTU = 68;
    /** Bytes of the longest packet. */
    public static final int MAX_TOTAL_LENGTH = 65_535;
    /** Bytes of the longest header. */
    public static final int MAX_LENGTH = 60;
    public static final int VERSION_OFFSET = 0;
    public static final int DSCP_ECN_OFFSET = 1;
    public static final int TOTAL_LENGTH_OFFSET = 2;
    public static final int IDENTIFICATION_OFFSET = 4;
    public static final int FLAGS_OFFSET = 6;
    public static final int TTL_OFFSET = 8;
    public static final int PROTOCOL_OFFSET = 9;
    public static final int CHECKSUM_OFFSET = 10;
    public static final int SOURCE_OFFSET = 12;
    public static final int DESTINATION_OFFSET = 16;
    public static final int OPTIONS_OFFSET = 20;

    /** The ECN field within {@link #dscpEcn}. */
    public static final int ECN_MASK = 3;
    /** ECN field: the transport does not speak ECN (RFC 3168 §5). */
    public static final int NOT_ECT = 0;
    /** ECN field: ECN-capable transport, ECT(0). */
    public static final int ECT_0 = 2;
    /** ECN field: congestion experienced. */
    public static final int CE = 3;

    /** For {@link #flagsAndOffset}: routers must not fragment. */
    public static final int DONT_FRAGMENT = 0x4000;
    /** For {@link #flagsAndOffset}: not the last fragment. */
    public static final int MORE_FRAGMENTS = 0x2000;

    private static final int FRAGMENT_OFFSET_MASK = 0x1FFF;
    private static final int VERSION_4_IHL_5 = 0x45;
    private static final int VERSION_4_IHL_6 = 0x46;
    /** RFC 2113 §2.1: copied into fragments, number 20, 4 bytes, value 0. */
    private static final int ROUTER_ALERT = 0x9404_0000;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    private static final int OPTION_STRICT_SOURCE_ROUTE = 137;

    private long address;
    private int headerLength;
    private int totalLength;

    /**
     * @param available bytes from the address to the end of the frame; may exceed the packet (link-layer padding).
     * @return false where the version is not 4, the header is shorter than 20 bytes, or not
     *         {@code header length <= total length <= available}. The checksum is not looked at.
     */
    public boolean wrap(final long address, final int available) {
        this.address = address;
        if (available < MIN_LENGTH) {
            return false;
        }
        final int first = Memory.getIntBE(address);
        headerLength = first >>> 22 & 0x3C;
        totalLength = first & 0xFFFF;
        return first >>> 28 == 4 && headerLength >= MIN_LENGTH && headerLength <= totalLength
                && totalLength <= available;
    }

    /**
     * Wraps a header that an ICMP error quotes: the packet behind it may be cut short.
     *
     * @return false where the header itself is not whole, or not IPv4.
     */
    public boolean wrapQuoted(final long address, final int available) {
        return available >= MIN_LENGTH && wrap(address, Integer.MAX_VALUE) && available >= headerLength;
    }

    /** For writing a fresh header, or reading one that is known to be right. */
    public Ipv4Header wrapUnchecked(final long address) {
        this.address = address;
        final int first = Memory.getIntBE(address);
        headerLength = first >>> 22 & 0x3C;
        totalLength = first & 0xFFFF;
        return this;
    }

    /**
     * Writes a header of 20 bytes with DSCP and ECN 0, and its checksum.
     *
     * @param totalLength    bytes of header and payload, 20 to 65,535.
     * @param identification 16 bits; matters to fragments only (RFC 6864).
     * @param flagsAndOffset {@link #DONT_FRAGMENT}, {@link #MORE_FRAGMENTS}, and the offset in units of 8 bytes.
     */
    public static void write(final long address, final int totalLength, final int identification,
            final int flagsAndOffset, final int ttl, final int protocol, final int source, final int destination) {
        write(address, 0, totalLength, identification, flagsAndOffset, ttl, protocol, source, destination);
    }

    /** The same, with DSCP and ECN as one byte. */
    public static void write(final long address, final int dscpEcn, final int totalLength, final int identification,
            final int flagsAndOffset, final int ttl, final int protocol, final int source, final int destination) {
        final int first = VERSION_4_IHL_5 << 24 | (dscpEcn & 0xFF) << 16 | totalLength & 0xFFFF;
        final int second = identification << 16 | flagsAndOffset & 0xFFFF;
        final int third = (ttl & 0xFF) << 24 | (protocol & 0xFF) << 16;
        final int checksum = checksum(first, second, third, source, destination);
        Memory.putLongBE(address, (long) first << 32 | second & 0xFFFF_FFFFL);
        Memory.putLongBE(address + TTL_OFFSET, (long) (third | checksum) << 32 | source & 0xFFFF_FFFFL);
        Memory.putIntBE(address + DESTINATION_OFFSET, destination);
    }

    /** Of a header of five words, with 0 in the place of the checksum: cheaper than reading them again. */
    private static int checksum(final int first, final int second, final int third, final int source,
            final int destination) {
        return ~Checksum.foldWords((first & 0xFFFF_FFFFL) + (second & 0xFFFF_FFFFL) + (third & 0xFFFF_FFFFL)
                + (source & 0xFFFF_FFFFL) + (destination & 0xFFFF_FFFFL)) & 0xFFFF;
    }

    /**
     * Adds the Router Alert option (RFC 2113) to a header that {@link #write} made for a packet that is so much longer:
     * {@value #ROUTER_ALERT_LENGTH} bytes instead of 20.
     */
    public static void addRouterAlert(final long address) {
        Memory.putByte(address, VERSION_4_IHL_6);
        Memory.putIntBE(address + OPTIONS_OFFSET, ROUTER_ALERT);
        Memory.putShortBE(address + CHECKSUM_OFFSET, 0);
        Memory.putShortBE(address + CHECKSUM_OFFSET, Checksum.of(address, ROUTER_ALERT_LENGTH));
    }

    public long address() {
        return address;
    }

    /** Bytes, 20 to 60. */
    public int headerLength() {
        return headerLength;
    }

    /** Bytes of header and payload, 20 to 65,535. */
    public int totalLength() {
        return totalLength;
    }

    public Ipv4Header totalLength(final int length) {
        totalLength = length;
        Memory.putShortBE(address + TOTAL_LENGTH_OFFSET, length);
        return this;
    }

    /** The byte that was once the type of service: DSCP in the upper six bits, ECN in the lower two. */
    public int dscpEcn() {
        return Memory.getUnsignedByte(address + DSCP_ECN_OFFSET);
    }

    public Ipv4Header dscpEcn(final int value) {
        Memory.putByte(address + DSCP_ECN_OFFSET, value);
        return this;
    }

    public int identification() {
        return Memory.getShortBE(address + IDENTIFICATION_OFFSET);
    }

    public Ipv4Header identification(final int value) {
        Memory.putShortBE(address + IDENTIFICATION_OFFSET, value);
        return this;
    }

    public boolean dontFragment() {
        return (flagsAndOffset() & DONT_FRAGMENT) != 0;
    }

    public boolean moreFragments() {
        return (flagsAndOffset() & MORE_FRAGMENTS) != 0;
    }

    /** Where the payload lies in the datagram it is a fragment of, in bytes, 0 to 65,528. */
    public int fragmentOffset() {
        return (flagsAndOffset() & FRAGMENT_OFFSET_MASK) << 3;
    }

    /** True where the packet is part of a datagram, not all of it. */
    public boolean isFragment() {
        return (flagsAndOffset() & (MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK)) != 0;
    }

    /** The 16 bits of flags and fragment offset. */
    public int flagsAndOffset() {
        return Memory.getShortBE(address + FLAGS_OFFSET);
    }

    public Ipv4Header flagsAndOffset(final int value) {
        Memory.putShortBE(address + FLAGS_OFFSET, value);
        return this;
    }

    public int ttl() {
        return Memory.getUnsignedByte(address + TTL_OFFSET);
    }

    public Ipv4Header ttl(final int ttl) {
        Memory.putByte(address + TTL_OFFSET, ttl);
        return this;
    }

    /** One of {@link IpProtocol}. */
    public int protocol() {
        return Memory.getUnsignedByte(address + PROTOCOL_OFFSET);
    }

    public Ipv4Header protocol(final int protocol) {
        Memory.putByte(address + PROTOCOL_OFFSET, protocol);
        return this;
    }

    public int checksum() {
        return Memory.getShortBE(address + CHECKSUM_OFFSET);
    }

    public Ipv4Header checksum(final int checksum) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** True where the header's checksum, over {@link #headerLength()}, is right. */
    public boolean checksumValid() {
        return headerLength == MIN_LENGTH ? Checksum.isHeaderValid(address) : Checksum.of(address, headerLength) == 0;
    }

    /** The same of a header of 20 bytes that nothing wraps. */
    public static boolean isPlainValid(final long address) {
        return Checksum.isHeaderValid(address);
    }

    /** Sums the header as it stands and stores the checksum. */
    public Ipv4Header updateChecksum() {
        return checksum(0).checksum(Checksum.of(address, headerLength));
    }

    public int source() {
        return Memory.getIntBE(address + SOURCE_OFFSET);
    }

    public Ipv4Header source(final int source) {
        Memory.putIntBE(address + SOURCE_OFFSET, source);
        return this;
    }

    public int destination() {
        return Memory.getIntBE(address + DESTINATION_OFFSET);
    }

    public Ipv4Header destination(final int destination) {
        Memory.putIntBE(address + DESTINATION_OFFSET, destination);
        return this;
    }

    public long payloadAddress() {
        return address + headerLength;
    }

    /** Bytes after the header, 0 to 65,515. */
    public int payloadLength() {
        return totalLength - headerLength;
    }

    /**
     * True where the options hold a loose or strict source route, which a host must not obey unasked (RFC 1122
     * §3.2.1.8, RFC 6274 §3.13.2). A malformed option ends the search: what follows it is no option.
     */
    public boolean hasSourceRoute() {
        final long end = address + headerLength;
        long option = address + OPTIONS_OFFSET;
        while (option < end) {
            final int kind = Memory.getUnsignedByte(option);
            if (kind == OPTION_LOOSE_SOURCE_ROUTE || kind == OPTION_STRICT_SOURCE_ROUTE) {
                return true;
            }
            final int length = optionLength(option, kind, end);
            if (length == 0) {
                return false;
            }
            option += length;
        }
        return false;
    }

    /** Bytes an option claims; 0 where the list ends here or the length is below 2. */
    private static int optionLength(final long option, final int kind, final long end) {
        if (kind == OPTION_END) {
            return 0;
        }
        if (kind == OPTION_NOP) {
            return 1;
        }
        final int length = option + 1 < end ? Memory.getUnsignedByte(option + 1) : 0;
        return length >= 2 ? length : 0;
    }

    @Override
    public String toString() {
        final StringBuilder flags = new StringBuilder(8);
        flags.append(dontFragment() ? "DF" : "");
        flags.append(moreFragments() ? flags.isEmpty() ? "+" : ",+" : "");
        return String.format("IP (tos 0x%x, ttl %d, id %d, offset %d, flags [%s], proto %s (%d), length %d%s) %s > %s",
                dscpEcn(), ttl(), identification(), fragmentOffset(), flags.isEmpty() ? "none" : flags,
                IpProtocol.name(protocol()), protocol(), totalLength(),
                headerLength > MIN_LENGTH ? ", options " + (headerLength - MIN_LENGTH) : "", addressText(source()),
                addressText(destination()));
    }

    static String addressText(final int address) {
        return IpAddress.toString(0, IpAddress.v4(address));
    }
}
