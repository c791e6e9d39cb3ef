package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;

/** Makes of a frame that counts on its device what a wire would carry. Thread: the frame's owner. */
public final class PlainFrame {
    private PlainFrame() {}

    /**
     * Completes the checksum where that was left to a device, and takes all marks away. What one packet socket brings of a
     * sender whose kernel leaves segmentation to its device stays as long as it is, and is too long to be sent on.
     */
    public static void make(final long frame) {
        if ((Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) != 0) {
            completeChecksum(frame);
        }
        Frame.flags(frame, 0);
        Frame.segmentation(frame, Frame.GSO_NONE, 0, 0);
    }

    private static void completeChecksum(final long frame) {
        final long start = Frame.data(frame) + Frame.checksumStart(frame);
        final long end = Frame.data(frame) + Frame.length(frame);
        long sum = 0;
        long address = start;
        for (; address + 1 < end; address += 2) {
            sum += Memory.getShortBE(address);
        }
        if (address < end) {
            sum += (long) Memory.getUnsignedByte(address) << 8;
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        // A sum of zero is sent as all ones, which is the same number (RFC 768).
        final int checksum = sum == 0xFFFF ? 0xFFFF : (int) ~sum & 0xFFFF;
        Memory.putShortBE(start + Frame.checksumOffset(frame), checksum);
    }
}
