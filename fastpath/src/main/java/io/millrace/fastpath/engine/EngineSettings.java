package io.millrace.fastpath.engine;

/**
 * Sizes and limits of one engine. Values are checked by the configuration, not here. Thread: any.
 *
 * @param maxConnections  entries of the connection table, 16 to 16,777,216.
 * @param maxTimeWait     TIME_WAIT records, 16 to 16,777,216.
 * @param slabBytes       off-heap bytes for send and receive rings and out-of-order ranges, a power of two, 1 MiB to
 *                        1 TiB.
 * @param burst           frames received or transmitted at once, 1 to 256.
 * @param timerTickNs     resolution of the timer wheel, a power of two, 1,024 to 16,777,216.
 * @param neighbours      entries of the neighbour table, 16 to 1,048,576.
 * @param neighbourQueue  frames held for one unresolved neighbour, 1 to 1,024.
 * @param icmpPerSecond   ICMP errors, and apart from them answers of TIME_WAIT records, sent a second at the most, 0 to
 *                        1,000,000 (Linux: 1,000).
 */
public record EngineSettings(int maxConnections, int maxTimeWait, long slabBytes, int burst, long timerTickNs,
        int neighbours, int neighbourQueue, int icmpPerSecond) {

    /** For a server of moderate size: 65,536 connections, 256 MiB of slab. */
    public static final EngineSettings DEFAULT = new EngineSettings(65_536, 65_536, 256L << 20, 64, 1 << 16, 1_024, 64,
            1_000);
}
