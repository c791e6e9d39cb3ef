package io.millrace.nativeports.pcap;

/**
 * A packet of a capture file.
 *
 * @param timeNs     nanoseconds since 1970.
 * @param position   of its first byte in the file.
 * @param length     bytes that the file has of it.
 * @param wireLength bytes that it had.
 * @param direction  whether whoever captured it received or sent it.
 * @param unfinished its checksum was left to the device, as Millrace's own captures note.
 */
record CapturedPacket(long timeNs, int position, int length, int wireLength, Direction direction,
        boolean unfinished) {
    /** As the file says it. */
    enum Direction {
        UNKNOWN,
        IN,
        OUT
    }

    /** Takes packets in the order of the file. */
    @FunctionalInterface
    interface Sink {
        void onPacket(CapturedPacket packet) throws MalformedCaptureException;
    }

    /** False where the capture has kept only a part of it. */
    boolean isWhole() {
        return length == wireLength;
    }
}
