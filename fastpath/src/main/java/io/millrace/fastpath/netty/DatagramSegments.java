package io.millrace.fastpath.netty;

import io.netty.channel.unix.SegmentedDatagramPacket;

/**
 * What is asked of Netty's {@link SegmentedDatagramPacket}, whose module need not be there: one packet that is sent as
 * datagrams of equal length, the last of which may be shorter. Thread: any.
 */
final class DatagramSegments {
    private static final boolean PRESENT = isPresent();

    private DatagramSegments() {}

    private static boolean isPresent() {
        try {
            Class.forName("io.netty.channel.unix.SegmentedDatagramPacket", false,
                    DatagramSegments.class.getClassLoader());
            return true;
        } catch (final ClassNotFoundException e) {
            return false;
        }
    }

    /** Bytes of each datagram; 0 where the message is one datagram. */
    static int length(final Object message) {
        return PRESENT ? Present.length(message) : 0;
    }

    /** Not loaded where the module is missing. */
    private static final class Present {
        private Present() {}

        static int length(final Object message) {
            return message instanceof final SegmentedDatagramPacket segmented ? segmented.segmentSize() : 0;
        }
    }
}
