package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * The fixed IPv6 header (RFC 8200 §3). Addresses are two longs in host order, upper and lower half. Extension headers
 * are payload here. Thread: the owner's.
 *
 * <pre>
 *    0               4       6       7       8               24              40
 *   +-+-------+-----+-------+-------+-------+-------- - - ---+------- - - ---+------ - -
 *   |6|class|flow   |payload|next   |hop    | source         | destination   | payload
 *   | |     |label  |length |header |limit  |                |               |
 *   +-+-------+-----+-------+-------+-------+-------- - - ---+------- - - ---+------ - -
 * </pre>
 */
public final class Ipv6Header {
    /** Bytes of the header. */
    public static final int LENGTH = 40;
    public static final int PAYLOAD_LENGTH_OFFSET = 4;
    public static final int NEXT_HEADER_OFFSET = 6;
    public static final int HOP_LIMIT_OFFSET = 7;
    public static final int SOURCE_OFFSET = 8;
    public static final int DESTINATION_OFFSET = 24;

    /** Bytes of the smallest packet that every link carries whole (RFC 8200 §5). */
    public static final int MIN_MTU = 1_280;
    /** Bytes of the longest payload, extension headers included. */
    public static final int MAX_PAYLOAD_LENGTH = 65_535;

    private static final int VERSION = 6;

    private long address;
    private int payloadLength;

    /**
     * @param available bytes from the address to the end of the frame; may exceed the packet (link-layer padding).
     * @return false where the version is not 6 or the packet is longer than what is there.
     */
    public boolean wrap(final long address, final int available) {
        this.address = address;
        if (available < LENGTH) {
            return false;
        }
        payloadLength = Memory.getShortBE(address + PAYLOAD_LENGTH_OFFSET);
        return Memory.getUnsignedByte(address) >>> 4 == VERSION && payloadLength <= available - LENGTH;
    }

    /** For writing a fresh header, or reading one that is known to be right. */
    public Ipv6Header wrapUnchecked(final long address) {
        this.address = address;
        payloadLength = Memory.getShortBE(address + PAYLOAD_LENGTH_OFFSET);
        return this;
    }

    /**
     * Writes version, traffic class, flow label, payload length, next header and hop limit; the addresses are written
     * by {@link #source(long, long)} and {@link #destination(long, long)}.
     *
     * @param trafficClass  DSCP and ECN, 0 to 255.
     * @param flowLabel     20 bits.
     * @param payloadLength bytes after this header, 0 to 65,535.
     */
    public static void write(final long address, final int trafficClass, final int flowLabel, final int payloadLength,
            final int nextHeader, final int hopLimit) {
        Memory.putIntBE(address, VERSION << 28 | (trafficClass & 0xFF) << 20 | flowLabel & 0xF_FFFF);
        Memory.putIntBE(address + PAYLOAD_LENGTH_OFFSET,
                payloadLength << 16 | (nextHeader & 0xFF) << 8 | hopLimit & 0xFF);
    }

    /** True where the packet at the address is one of IPv6, by the first four bits. */
    public static boolean isV6(final long address) {
        return Memory.getUnsignedByte(address) >>> 4 == VERSION;
    }

    /** Writes both addresses. */
    public static void addresses(final long address, final long sourceHi, final long sourceLo,
            final long destinationHi, final long destinationLo) {
        Memory.putLongBE(address + SOURCE_OFFSET, sourceHi);
        Memory.putLongBE(address + SOURCE_OFFSET + 8, sourceLo);
        Memory.putLongBE(address + DESTINATION_OFFSET, destinationHi);
        Memory.putLongBE(address + DESTINATION_OFFSET + 8, destinationLo);
    }

    /**
     * Wraps a header that an ICMP error quotes: the packet behind it may be cut short.
     *
     * @return false where the header itself is not whole, or not IPv6.
     */
    public boolean wrapQuoted(final long address, final int available) {
        return available >= LENGTH && wrap(address, Integer.MAX_VALUE);
    }

    public long address() {
        return address;
    }

    /** DSCP in the upper six bits, ECN in the lower two. */
    public int trafficClass() {
        return Memory.getShortBE(address) >>> 4 & 0xFF;
    }

    /** 20 bits; 0 for none. */
    public int flowLabel() {
        return Memory.getIntBE(address) & 0xF_FFFF;
    }

    /** Bytes after this header, extension headers included, 0 to 65,535. */
    public int payloadLength() {
        return payloadLength;
    }

    public Ipv6Header nextHeader(final int nextHeader) {
        Memory.putByte(address + NEXT_HEADER_OFFSET, nextHeader);
        return this;
    }

    public Ipv6Header trafficClass(final int trafficClass) {
        Memory.putShortBE(address, Memory.getShortBE(address) & 0xF00F | (trafficClass & 0xFF) << 4);
        return this;
    }

    public Ipv6Header payloadLength(final int length) {
        payloadLength = length;
        Memory.putShortBE(address + PAYLOAD_LENGTH_OFFSET, length);
        return this;
    }

    /** Kind of the first header in the payload, one of {@link IpProtocol}. */
    public int nextHeader() {
        return Memory.getUnsignedByte(address + NEXT_HEADER_OFFSET);
    }

    public int hopLimit() {
        return Memory.getUnsignedByte(address + HOP_LIMIT_OFFSET);
    }

    public Ipv6Header hopLimit(final int hopLimit) {
        Memory.putByte(address + HOP_LIMIT_OFFSET, hopLimit);
        return this;
    }

    public long sourceHi() {
        return Memory.getLongBE(address + SOURCE_OFFSET);
    }

    public long sourceLo() {
        return Memory.getLongBE(address + SOURCE_OFFSET + 8);
    }

    public Ipv6Header source(final long hi, final long lo) {
        Memory.putLongBE(address + SOURCE_OFFSET, hi);
        Memory.putLongBE(address + SOURCE_OFFSET + 8, lo);
        return this;
    }

    public long destinationHi() {
        return Memory.getLongBE(address + DESTINATION_OFFSET);
    }

    public long destinationLo() {
        return Memory.getLongBE(address + DESTINATION_OFFSET + 8);
    }

    public Ipv6Header destination(final long hi, final long lo) {
        Memory.putLongBE(address + DESTINATION_OFFSET, hi);
        Memory.putLongBE(address + DESTINATION_OFFSET + 8, lo);
        return this;
    }

    public long payloadAddress() {
        return address + LENGTH;
    }

    @Override
    public String toString() {
        return String.format("IP6 (class 0x%02x, flowlabel 0x%05x, hlim %d, next-header %s (%d), payload length %d)"
                + " %s > %s", trafficClass(), flowLabel(), hopLimit(), IpProtocol.name(nextHeader()), nextHeader(),
                payloadLength, IpAddress.toString(sourceHi(), sourceLo()),
                IpAddress.toString(destinationHi(), destinationLo()));
    }
}
