package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * TCP header (RFC 9293 §3.1). Thread: the owner's.
 *
 * <pre>
 *    0               2               4               8
 *   +---------------+---------------+---------------+---------------+
 *   | source port   |  dest. port   |        sequence number        |
 *   +---------------+---------------+---------------+---------------+
 *   |    acknowledgement number     |off| rsv |flags|    window     |
 *   +---------------+---------------+---------------+---------------+
 *   |   checksum    |urgent pointer | options, payload ...
 *   +---------------+---------------+---------------------- - - -
 * </pre>
 */
public final class TcpHeader {
    /** Bytes of a header without options. */
    public static final int MIN_LENGTH = 20;
    /** Bytes of the longest header. */
    public static final int MAX_LENGTH = 60;
    public static final int SOURCE_PORT_OFFSET = 0;
    public static final int DESTINATION_PORT_OFFSET = 2;
    public static final int SEQUENCE_OFFSET = 4;
    public static final int ACKNOWLEDGEMENT_OFFSET = 8;
    public static final int DATA_OFFSET_OFFSET = 12;
    public static final int FLAGS_OFFSET = 13;
    public static final int WINDOW_OFFSET = 14;
    public static final int CHECKSUM_OFFSET = 16;
    public static final int URGENT_POINTER_OFFSET = 18;
    public static final int OPTIONS_OFFSET = 20;

    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    public static final int URG = 32;
    public static final int ECE = 64;
    public static final int CWR = 128;

    /** Names of the flags in the order in which they are written, and the bit of each. */
    private static final String[] FLAG_NAMES = {"SYN", "FIN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
    private static final int[] FLAG_BITS = {SYN, FIN, RST, PSH, ACK, URG, ECE, CWR};

    private long address;
    private int headerLength;
    private int payloadLength;

    /**
     * @param available bytes of the segment, the whole IP payload.
     * @return false where the data offset is below 5 words or beyond the segment. The checksum is not looked at.
     */
    public boolean wrap(final long address, final int available) {
        this.address = address;
        if (available < MIN_LENGTH) {
            return false;
        }
        headerLength = Memory.getUnsignedByte(address + DATA_OFFSET_OFFSET) >>> 2 & 0x3C;
        payloadLength = available - headerLength;
        return headerLength >= MIN_LENGTH && payloadLength >= 0;
    }

    /** For writing a fresh header, or reading one that is known to be right; without payload. */
    public TcpHeader wrapUnchecked(final long address) {
        this.address = address;
        headerLength = Memory.getUnsignedByte(address + DATA_OFFSET_OFFSET) >>> 2 & 0x3C;
        payloadLength = 0;
        return this;
    }

    /**
     * Writes the fixed part of a header, with checksum and urgent pointer 0. Options are the caller's to write.
     *
     * @param headerLength bytes of the header with its options, a multiple of 4 from 20 to 60.
     * @param flags        of {@link #FIN} to {@link #CWR}.
     * @param window       the field, 0 to 65,535, scaled already.
     */
    public static void write(final long address, final int sourcePort, final int destinationPort, final int sequence,
            final int acknowledgement, final int headerLength, final int flags, final int window) {
        final int ports = sourcePort << 16 | destinationPort & 0xFFFF;
        final int control = control(headerLength, flags, window);
        write(address, ports, sequence, acknowledgement, control, 0);
    }

    /**
     * The same with its checksum.
     *
     * @param ports    the source's above.
     * @param control  what {@link #control} made.
     * @param checksum a wire value.
     */
    public static void write(final long address, final int ports, final int sequence, final int acknowledgement,
            final int control, final int checksum) {
        Memory.putLongBE(address, (long) ports << 32 | sequence & 0xFFFF_FFFFL);
        Memory.putLongBE(address + ACKNOWLEDGEMENT_OFFSET, (long) acknowledgement << 32 | control & 0xFFFF_FFFFL);
        Memory.putIntBE(address + CHECKSUM_OFFSET, checksum << 16);
    }

    /** The word of data offset, flags and window. */
    public static int control(final int headerLength, final int flags, final int window) {
        return headerLength << 26 | (flags & 0xFF) << 16 | window & 0xFFFF;
    }

    /** Sum of the words that {@link #write(long, int, int, int, int, int)} writes, without a checksum. */
    public static long words(final int ports, final int sequence, final int acknowledgement, final int control) {
        return (ports & 0xFFFF_FFFFL) + (sequence & 0xFFFF_FFFFL) + (acknowledgement & 0xFFFF_FFFFL)
                + (control & 0xFFFF_FFFFL);
    }

    public long address() {
        return address;
    }

    /** Both ports: the destination's, which is ours of a segment that arrives, above. */
    public int ports() {
        return Integer.rotateLeft(Memory.getIntBE(address), Short.SIZE);
    }

    public int sourcePort() {
        return Memory.getShortBE(address + SOURCE_PORT_OFFSET);
    }

    public TcpHeader sourcePort(final int port) {
        Memory.putShortBE(address + SOURCE_PORT_OFFSET, port);
        return this;
    }

    public int destinationPort() {
        return Memory.getShortBE(address + DESTINATION_PORT_OFFSET);
    }

    public TcpHeader destinationPort(final int port) {
        Memory.putShortBE(address + DESTINATION_PORT_OFFSET, port);
        return this;
    }

    /** SEG.SEQ: compare with {@link Seq}. */
    public int sequence() {
        return Memory.getIntBE(address + SEQUENCE_OFFSET);
    }

    public TcpHeader sequence(final int sequence) {
        Memory.putIntBE(address + SEQUENCE_OFFSET, sequence);
        return this;
    }

    /** SEG.ACK: compare with {@link Seq}; means something where {@link #ACK} is set. */
    public int acknowledgement() {
        return Memory.getIntBE(address + ACKNOWLEDGEMENT_OFFSET);
    }

    public TcpHeader acknowledgement(final int acknowledgement) {
        Memory.putIntBE(address + ACKNOWLEDGEMENT_OFFSET, acknowledgement);
        return this;
    }

    /** Bytes of the header with its options, a multiple of 4 from 20 to 60. */
    public int headerLength() {
        return headerLength;
    }

    /** Sets the data offset and zeroes the reserved bits; the payload keeps its length. */
    public TcpHeader headerLength(final int bytes) {
        headerLength = bytes;
        Memory.putByte(address + DATA_OFFSET_OFFSET, bytes << 2);
        return this;
    }

    /** The eight control bits, {@link #FIN} to {@link #CWR}. */
    public int flags() {
        return Memory.getUnsignedByte(address + FLAGS_OFFSET);
    }

    public TcpHeader flags(final int flags) {
        Memory.putByte(address + FLAGS_OFFSET, flags);
        return this;
    }

    /** True where every flag of the mask is set. */
    public boolean has(final int mask) {
        return (flags() & mask) == mask;
    }

    /** SEG.WND as it stands in the header, 0 to 65,535, not scaled. */
    public int window() {
        return Memory.getShortBE(address + WINDOW_OFFSET);
    }

    public TcpHeader window(final int window) {
        Memory.putShortBE(address + WINDOW_OFFSET, window);
        return this;
    }

    public int checksum() {
        return Memory.getShortBE(address + CHECKSUM_OFFSET);
    }

    public TcpHeader checksum(final int checksum) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, checksum);
        return this;
    }

    /**
     * True where the checksum over header and payload is right.
     *
     * @param pseudoHeader accumulator of {@link Checksum#pseudoHeaderV4} or V6 for {@link #length()} bytes.
     */
    public boolean checksumValid(final long pseudoHeader) {
        return Checksum.finish(Checksum.sum(address, length(), pseudoHeader)) == 0;
    }

    /** SEG.UP: means something where {@link #URG} is set (RFC 6093). */
    public int urgentPointer() {
        return Memory.getShortBE(address + URGENT_POINTER_OFFSET);
    }

    public TcpHeader urgentPointer(final int urgentPointer) {
        Memory.putShortBE(address + URGENT_POINTER_OFFSET, urgentPointer);
        return this;
    }

    public long optionsAddress() {
        return address + OPTIONS_OFFSET;
    }

    /** Bytes, 0 to 40. */
    public int optionsLength() {
        return headerLength - MIN_LENGTH;
    }

    public long payloadAddress() {
        return address + headerLength;
    }

    /** Bytes of data. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Bytes of header, options and data. */
    public int length() {
        return headerLength + payloadLength;
    }

    /** SEG.LEN: how much sequence space the segment takes, SYN and FIN counted (RFC 9293 §3.3.1). */
    public int segmentLength() {
        final int flags = flags();
        return payloadLength + (flags >>> 1 & 1) + (flags & 1);
    }

    /** Text of control bits, e.g. {@code SYN,ACK}; {@code none} for 0. Allocates. */
    public static String flagsText(final int flags) {
        final StringBuilder text = new StringBuilder(16);
        for (int i = 0; i < FLAG_BITS.length; i++) {
            if ((flags & FLAG_BITS[i]) != 0) {
                text.append(text.isEmpty() ? "" : ",").append(FLAG_NAMES[i]);
            }
        }
        return text.isEmpty() ? "none" : text.toString();
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(128);
        text.append(sourcePort()).append(" > ").append(destinationPort());
        text.append(": Flags [").append(flagsText(flags())).append("], seq ");
        text.append(Integer.toUnsignedString(sequence()));
        if (payloadLength > 0) {
            text.append(':').append(Integer.toUnsignedString(sequence() + payloadLength));
        }
        if (has(ACK)) {
            text.append(", ack ").append(Integer.toUnsignedString(acknowledgement()));
        }
        text.append(", win ").append(window());
        if (has(URG)) {
            text.append(", urg ").append(urgentPointer());
        }
        final TcpOptions options = new TcpOptions();
        options.decode(optionsAddress(), optionsLength());
        if (optionsLength() > 0) {
            text.append(", options [").append(options).append(']');
        }
        return text.append(", length ").append(payloadLength).toString();
    }
}
