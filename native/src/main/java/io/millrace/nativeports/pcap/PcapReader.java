package io.millrace.nativeports.pcap;

import io.millrace.nativeports.pcap.CapturedPacket.Direction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads the older format (draft-ietf-opsawg-pcap): a header of 24 bytes, then packets behind 16 bytes each, in the byte
 * order of the machine that wrote it, in microseconds or nanoseconds. Thread: one.
 */
final class PcapReader {
    private static final int MICROSECONDS = 0xA1B2C3D4;
    private static final int NANOSECONDS = 0xA1B23C4D;
    private static final int HEADER = 24;
    private static final int MAJOR = 4;
    private static final int VERSION = 2;
    private static final int LINK_TYPE = 20;
    /** The highest bits tell of a frame check sequence. */
    private static final int LINK_TYPE_BITS = 0x0FFF_FFFF;
    private static final int FCS_PRESENT = 0x0400_0000;
    private static final int RECORD = 16;
    private static final int FRACTION = 4;
    private static final int LENGTH = 8;
    private static final int WIRE_LENGTH = 12;
    private static final long SECOND_NS = 1_000_000_000;
    private static final int MICROSECOND_NS = 1_000;

    private final ByteBuffer file;
    private final CapturedPacket.Sink sink;

    PcapReader(final ByteBuffer file, final CapturedPacket.Sink sink) {
        this.file = file;
        this.sink = sink;
    }

    /** @param magic the first four bytes, big-endian. */
    static boolean isPcap(final int magic) {
        return isOurOrder(magic) || isOurOrder(Integer.reverseBytes(magic));
    }

    void read() throws MalformedCaptureException {
        final boolean bigEndian = isOurOrder(file.order(ByteOrder.BIG_ENDIAN).getInt(0));
        file.order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (file.limit() < HEADER) {
            throw new MalformedCaptureException("it ends within its header");
        }
        if (file.getShort(MAJOR) != VERSION) {
            throw new MalformedCaptureException("it is of version " + file.getShort(MAJOR) + " of pcap, where "
                    + VERSION + " is known");
        }
        final int unitNs = file.getInt(0) == NANOSECONDS ? 1 : MICROSECOND_NS;
        final int linkType = file.getInt(LINK_TYPE);
        if ((linkType & FCS_PRESENT) != 0) {
            throw new MalformedCaptureException("its frames end with check sequences, which a port never sees");
        }
        for (int at = HEADER; at < file.limit();) {
            at = packet(at, unitNs, linkType & LINK_TYPE_BITS);
        }
    }

    /** @return where the next one begins. */
    private int packet(final int at, final int unitNs, final int linkType) throws MalformedCaptureException {
        if (file.limit() - at < RECORD) {
            throw endsWithin(at);
        }
        final int length = file.getInt(at + LENGTH);
        final int wireLength = file.getInt(at + WIRE_LENGTH);
        final int begin = at + RECORD;
        if (length < 0 || length > file.limit() - begin) {
            throw endsWithin(at);
        }
        if (wireLength < length) {
            throw new MalformedCaptureException("its packet at byte " + at + " has more bytes than it had on the wire");
        }
        CaptureFormat.checkLinkType(linkType, at);
        final long timeNs = Integer.toUnsignedLong(file.getInt(at)) * SECOND_NS
                + Integer.toUnsignedLong(file.getInt(at + FRACTION)) * unitNs;
        sink.onPacket(new CapturedPacket(timeNs, begin, length, wireLength, Direction.UNKNOWN, false));
        return begin + length;
    }

    private static MalformedCaptureException endsWithin(final int at) {
        return new MalformedCaptureException("it ends within the packet that begins at byte " + at);
    }

    private static boolean isOurOrder(final int magic) {
        return magic == MICROSECONDS || magic == NANOSECONDS;
    }
}
