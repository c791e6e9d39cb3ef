package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * UDP header (RFC 768). Thread: the owner's.
 *
 * <pre>
 *    0               2               4               6               8
 *   +---------------+---------------+---------------+---------------+------- - - -
 *   |  source port  |  dest. port   |    length     |   checksum    | payload
 *   +---------------+---------------+---------------+---------------+------- - - -
 * </pre>
 */
public final class UdpHeader {
    /** Bytes of the header. */
    public static final int LENGTH = 8;
    public static final int SOURCE_PORT_OFFSET = 0;
    public static final int DESTINATION_PORT_OFFSET = 2;
    public static final int LENGTH_OFFSET = 4;
    public static final int CHECKSUM_OFFSET = 6;

    private long address;
    private int length;

    /**
     * @param available bytes of the IP payload; may exceed the datagram.
     * @return false where not {@code 8 <= length <= available}.
     */
    public boolean wrap(final long address, final int available) {
        this.address = address;
        if (available < LENGTH) {
            return false;
        }
        length = Memory.getShortBE(address + LENGTH_OFFSET);
        return length >= LENGTH && length <= available;
    }

    /** For writing a fresh header, or reading one that is known to be right. */
    public UdpHeader wrapUnchecked(final long address) {
        this.address = address;
        length = Memory.getShortBE(address + LENGTH_OFFSET);
        return this;
    }

    /**
     * Writes a whole header with checksum 0.
     *
     * @param length bytes of header and payload, 8 to 65,535.
     */
    public static void write(final long address, final int sourcePort, final int destinationPort, final int length) {
        Memory.putIntBE(address, sourcePort << 16 | destinationPort & 0xFFFF);
        Memory.putIntBE(address + LENGTH_OFFSET, length << 16);
    }

    public long address() {
        return address;
    }

    /** 0 where no answer is expected. */
    public int sourcePort() {
        return Memory.getShortBE(address + SOURCE_PORT_OFFSET);
    }

    public UdpHeader sourcePort(final int port) {
        Memory.putShortBE(address + SOURCE_PORT_OFFSET, port);
        return this;
    }

    public int destinationPort() {
        return Memory.getShortBE(address + DESTINATION_PORT_OFFSET);
    }

    public UdpHeader destinationPort(final int port) {
        Memory.putShortBE(address + DESTINATION_PORT_OFFSET, port);
        return this;
    }

    /** Bytes of header and payload, 8 to 65,535. */
    public int length() {
        return length;
    }

    public UdpHeader length(final int length) {
        this.length = length;
        Memory.putShortBE(address + LENGTH_OFFSET, length);
        return this;
    }

    /** 0 where the sender made none, which IPv4 allows. */
    public int checksum() {
        return Memory.getShortBE(address + CHECKSUM_OFFSET);
    }

    public UdpHeader checksum(final int checksum) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, checksum);
        return this;
    }

    /**
     * True where the checksum over header and payload is right.
     *
     * @param pseudoHeader accumulator of {@link Checksum#pseudoHeaderV4} or V6 for {@link #length()} bytes.
     */
    public boolean checksumValid(final long pseudoHeader) {
        return Checksum.finish(Checksum.sum(address, length, pseudoHeader)) == 0;
    }

    /** Sums header and payload as they stand and stores the checksum; a sum of 0 goes out as 0xffff (RFC 768). */
    public UdpHeader updateChecksum(final long pseudoHeader) {
        checksum(0);
        final int checksum = Checksum.finish(Checksum.sum(address, length, pseudoHeader));
        return checksum(checksum == 0 ? 0xFFFF : checksum);
    }

    public long payloadAddress() {
        return address + LENGTH;
    }

    /** Bytes of data, 0 to 65,527. */
    public int payloadLength() {
        return length - LENGTH;
    }

    @Override
    public String toString() {
        return sourcePort() + " > " + destinationPort() + ": UDP, length " + payloadLength();
    }
}
