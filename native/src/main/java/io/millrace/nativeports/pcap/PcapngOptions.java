package io.millrace.nativeports.pcap;

import java.nio.ByteBuffer;

/** The options at the end of a block of pcapng. Thread: any. */
final class PcapngOptions {
    private static final int END = 0;
    private static final int HEADER = 4;

    private PcapngOptions() {}

    /** Takes options in their order. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param begin  where its value begins in the file.
         * @param length of its value, which lies within the block.
         */
        void onOption(int code, int begin, int length) throws MalformedCaptureException;
    }

    /**
     * @param block where the block begins, for messages.
     * @param from  where the options begin; not before {@code end}: there are none.
     * @param end   of them.
     */
    static void read(final ByteBuffer file, final int block, final int from, final int end, final Sink sink)
            throws MalformedCaptureException {
        int at = from;
        while (at < end) {
            final int code = end - at < HEADER ? -1 : Short.toUnsignedInt(file.getShort(at));
            if (code == END) {
                return;
            }
            final int length = code < 0 ? 0 : Short.toUnsignedInt(file.getShort(at + 2));
            final int begin = at + HEADER;
            if (code < 0 || length > end - begin) {
                throw PcapngReader.bad(block, "has an option that goes beyond it");
            }
            sink.onOption(code, begin, length);
            at = begin + (length + 3 & ~3);
        }
    }
}
