package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;

/**
 * {@code struct virtio_net_hdr} of {@code linux/virtio_net.h}, the legacy one in host byte order, in front of a frame:
 *
 * <pre>
 *   0       1          2               4          6                8                 10
 *   +-------+----------+---------------+----------+----------------+-----------------+
 *   | flags | gso type | header length | gso size | checksum start | checksum offset |
 *   +-------+----------+---------------+----------+----------------+-----------------+
 * </pre>
 *
 * Translates it from and into a frame's descriptor. Thread: the frame's owner.
 */
public final class VirtioNetHeader {
    public static final int LENGTH = 10;

    public static final int FLAGS_OFFSET = 0;
    public static final int GSO_TYPE_OFFSET = 1;
    public static final int HEADER_LENGTH_OFFSET = 2;
    public static final int GSO_SIZE_OFFSET = 4;
    public static final int CHECKSUM_START_OFFSET = 6;
    public static final int CHECKSUM_OFFSET_OFFSET = 8;

    /** Flags: the checksum is to be completed; the checksum has been verified. */
    public static final int NEEDS_CSUM = 1;
    public static final int DATA_VALID = 2;

    /** Segmentation types, the same numbers as {@link Frame#GSO_TCPV4} and its sisters. */
    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;
    /** Beside TCP's: the segment has CWR set, which a reader of the TCP header sees there. */
    public static final int GSO_ECN = 0x80;

    private static final int CHECKSUM_FIELD = 2;

    private VirtioNetHeader() {}

    /**
     * Sets the descriptor of a fresh frame from the header; the frame's length must be set.
     *
     * @return false where the header contradicts the frame, which is to be dropped then.
     */
    public static boolean decode(final long header, final long frame) {
        // The usual small frame: no flags, no segmentation. The checksum's place means nothing then.
        if (Memory.getShort(header) == 0) {
            return true;
        }
        return decodeChecksum(header, frame) && decodeSegmentation(header, frame);
    }

    /** Writes the header from the descriptor. */
    public static void encode(final long frame, final long header) {
        Memory.putLong(header, 0);
        Memory.putShort(header + CHECKSUM_OFFSET_OFFSET, 0);
        if ((Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) != 0) {
            Memory.putByte(header + FLAGS_OFFSET, NEEDS_CSUM);
            Memory.putShort(header + CHECKSUM_START_OFFSET, Frame.checksumStart(frame));
            Memory.putShort(header + CHECKSUM_OFFSET_OFFSET, Frame.checksumOffset(frame));
        }
        if (Frame.gsoSize(frame) != 0) {
            Memory.putByte(header + GSO_TYPE_OFFSET, Frame.gsoType(frame));
            Memory.putShort(header + GSO_SIZE_OFFSET, Frame.gsoSize(frame));
            Memory.putShort(header + HEADER_LENGTH_OFFSET, Frame.headerLength(frame));
        }
    }

    private static boolean decodeChecksum(final long header, final long frame) {
        final int flags = Memory.getUnsignedByte(header + FLAGS_OFFSET);
        if ((flags & NEEDS_CSUM) != 0) {
            final int start = Memory.getUnsignedShort(header + CHECKSUM_START_OFFSET);
            final int offset = Memory.getUnsignedShort(header + CHECKSUM_OFFSET_OFFSET);
            if (start + offset + CHECKSUM_FIELD > Frame.length(frame)) {
                return false;
            }
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, start, offset);
        } else if ((flags & DATA_VALID) != 0) {
            Frame.flags(frame, Frame.CHECKSUM_VALID);
        }
        return true;
    }

    private static boolean decodeSegmentation(final long header, final long frame) {
        final int type = Memory.getUnsignedByte(header + GSO_TYPE_OFFSET) & ~GSO_ECN;
        if (type == GSO_NONE) {
            return true;
        }
        final int size = Memory.getUnsignedShort(header + GSO_SIZE_OFFSET);
        if (size == 0 || type != GSO_TCPV4 && type != GSO_TCPV6 && type != GSO_UDP_L4) {
            return false;
        }
        Frame.segmentation(frame, type, size, Memory.getUnsignedShort(header + HEADER_LENGTH_OFFSET));
        return true;
    }
}
