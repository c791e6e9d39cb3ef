package io.millrace.nativeports.shm;

import io.millrace.fastpath.port.Frame;

/** What an entry says of a frame's checksum and segments. Thread: any. */
final class Marks {
    private static final int CHECKSUM = ShmLayout.MARK_CHECKSUM_PARTIAL | ShmLayout.MARK_CHECKSUM_VALID;
    private static final int CHECKSUM_LENGTH = 2;

    private Marks() {}

    static int of(final long frame) {
        final int type = Frame.gsoSize(frame) == 0 ? Frame.GSO_NONE : Frame.gsoType(frame);
        return Frame.flags(frame) & CHECKSUM | type << ShmLayout.SEGMENTATION_SHIFT;
    }

    /** The last eight bytes of the entry; they mean nothing where there are no marks. */
    static long detailsOf(final long frame) {
        return Frame.gsoSize(frame) | (long) Frame.headerLength(frame) << 16 | (long) Frame.checksumStart(frame) << 32
                | (long) Frame.checksumOffset(frame) << 48;
    }

    /** True where they can be; of a small frame, without its mark. @param length bytes of the frame. */
    static boolean arePossible(final int marks, final long details, final int length) {
        if (marks == 0) {
            return true;
        }
        final boolean partial = (marks & ShmLayout.MARK_CHECKSUM_PARTIAL) != 0;
        final int type = marks >>> ShmLayout.SEGMENTATION_SHIFT;
        return (marks & ~CHECKSUM & (1 << ShmLayout.SEGMENTATION_SHIFT) - 1) == 0
                && (!partial || checksumStart(details) + checksumOffset(details) + CHECKSUM_LENGTH <= length)
                && (type == Frame.GSO_NONE || isSegmentPossible(type, details, length));
    }

    private static boolean isSegmentPossible(final int type, final long details, final int length) {
        return (type == Frame.GSO_TCPV4 || type == Frame.GSO_TCPV6 || type == Frame.GSO_UDP)
                && segmentSize(details) != 0 && headers(details) <= length;
    }

    /** Writes them into a fresh descriptor. */
    static void write(final long frame, final int marks, final long details) {
        Frame.flags(frame, marks & CHECKSUM);
        Frame.checksumPlace(frame, checksumStart(details), checksumOffset(details));
        final int type = marks >>> ShmLayout.SEGMENTATION_SHIFT;
        if (type != Frame.GSO_NONE) {
            Frame.segmentation(frame, type, segmentSize(details), headers(details));
        }
    }

    private static int segmentSize(final long details) {
        return (int) details & 0xFFFF;
    }

    private static int headers(final long details) {
        return (int) (details >>> 16) & 0xFFFF;
    }

    private static int checksumStart(final long details) {
        return (int) (details >>> 32) & 0xFFFF;
    }

    private static int checksumOffset(final long details) {
        return (int) (details >>> 48);
    }
}
