package io.millrace.fastpath.ip;

import io.millrace.fastpath.wire.Ipv4Header;
import java.util.concurrent.TimeUnit;

/**
 * Bounds of one engine's reassembly. Checked by the configuration, not here. Thread: any.
 *
 * @param memoryBytes off-heap bytes for fragments, 131,072 to 1,073,741,824; 0: fragments are dropped. It bounds the
 *                    number of datagrams too: each takes at least {@value #BYTES_A_PAGE} bytes of it.
 * @param timeoutNs   how long a datagram waits for its fragments, from the first to arrive (RFC 1122 §3.3.2).
 */
public record ReassemblySettings(long memoryBytes, long timeoutNs) {
    /** A page of bytes, which of them are there, and as many records of datagrams as there are pages. */
    static final int BYTES_A_PAGE = FragmentPages.RECORD_LENGTH + PartialDatagram.LENGTH;

    /** Where a datagram lies that is complete. */
    static final int BYTES_OF_ONE_DATAGRAM = Ipv4Header.MAX_LENGTH
            + FragmentPages.PAGES_A_DATAGRAM * FragmentPages.PAGE_LENGTH;

    /** As Linux: 4 MiB (ipfrag_high_thresh), 30 s (ipfrag_time). */
    public static final ReassemblySettings DEFAULT = new ReassemblySettings(4 << 20, TimeUnit.SECONDS.toNanos(30));

    /** Off-heap bytes in all. */
    public long requiredBytes() {
        return memoryBytes == 0 ? 0 : memoryBytes + BYTES_OF_ONE_DATAGRAM;
    }

    /** Datagrams at once, at the most, and pages for all of them together. */
    int pages() {
        return (int) (memoryBytes / BYTES_A_PAGE);
    }
}
