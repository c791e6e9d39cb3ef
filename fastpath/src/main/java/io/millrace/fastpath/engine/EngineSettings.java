package io.millrace.fastpath.engine;

import io.millrace.fastpath.ip.PathMtuSettings;
import io.millrace.fastpath.ip.ReassemblySettings;

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
 * @param icmpPerSecond   ICMP errors sent a second at the most, and as many echo replies, and as many answers of
 *                        TIME_WAIT records, 0 to 1,000,000 (Linux: 1,000).
 * @param maxOrphans      connections that live on without an application, to send what is left and close; one more is
 *                        reset, as Linux does (tcp_max_orphans). 0 to 16,777,216.
 * @param maxLentFrames   received frames that applications may have at once instead of copies, 0 to 65,536; the port may
 *                        say fewer.
 * @param reassembly      bounds of the reassembly of fragments.
 * @param datagramBytes   off-heap bytes for UDP datagrams that wait to be received, a power of two, 1 MiB to 1 TiB.
 * @param pathMtus        bounds of what is remembered of paths that take less than the port.
 */
public record EngineSettings(int maxConnections, int maxTimeWait, long slabBytes, int burst, long timerTickNs,
        int neighbours, int neighbourQueue, int icmpPerSecond, int maxOrphans, int maxLentFrames,
        ReassemblySettings reassembly, long datagramBytes, PathMtuSettings pathMtus) {

    /** As many orphans as Linux allows a machine of 4 GiB. */
    public static final int DEFAULT_ORPHANS = 16_384;

    /** A quarter of the frames of a port. */
    public static final int DEFAULT_LENT_FRAMES = 1_024;

    /** As many bytes as 80 endpoints of Linux may hold by default: 16 MiB. */
    public static final long DEFAULT_DATAGRAMS = 16L << 20;

    /** With {@link #DEFAULT_ORPHANS}. */
    public EngineSettings(final int maxConnections, final int maxTimeWait, final long slabBytes, final int burst,
            final long timerTickNs, final int neighbours, final int neighbourQueue, final int icmpPerSecond) {
        this(maxConnections, maxTimeWait, slabBytes, burst, timerTickNs, neighbours, neighbourQueue, icmpPerSecond,
                DEFAULT_ORPHANS);
    }

    /**
     * With {@link #DEFAULT_LENT_FRAMES}, {@link ReassemblySettings#DEFAULT}, {@link #DEFAULT_DATAGRAMS} and
     * {@link PathMtuSettings#DEFAULT}.
     */
    public EngineSettings(final int maxConnections, final int maxTimeWait, final long slabBytes, final int burst,
            final long timerTickNs, final int neighbours, final int neighbourQueue, final int icmpPerSecond,
            final int maxOrphans) {
        this(maxConnections, maxTimeWait, slabBytes, burst, timerTickNs, neighbours, neighbourQueue, icmpPerSecond,
                maxOrphans, DEFAULT_LENT_FRAMES, ReassemblySettings.DEFAULT, DEFAULT_DATAGRAMS,
                PathMtuSettings.DEFAULT);
    }

    /** With {@link PathMtuSettings#DEFAULT}. */
    public EngineSettings(final int maxConnections, final int maxTimeWait, final long slabBytes, final int burst,
            final long timerTickNs, final int neighbours, final int neighbourQueue, final int icmpPerSecond,
            final int maxOrphans, final int maxLentFrames, final ReassemblySettings reassembly,
            final long datagramBytes) {
        this(maxConnections, maxTimeWait, slabBytes, burst, timerTickNs, neighbours, neighbourQueue, icmpPerSecond,
                maxOrphans, maxLentFrames, reassembly, datagramBytes, PathMtuSettings.DEFAULT);
    }

    /** The same with other bounds of reassembly. */
    public EngineSettings with(final ReassemblySettings settings) {
        return new EngineSettings(maxConnections, maxTimeWait, slabBytes, burst, timerTickNs, neighbours,
                neighbourQueue, icmpPerSecond, maxOrphans, maxLentFrames, settings, datagramBytes, pathMtus);
    }

    /** The same with other bounds of what is remembered of paths. */
    public EngineSettings with(final PathMtuSettings settings) {
        return new EngineSettings(maxConnections, maxTimeWait, slabBytes, burst, timerTickNs, neighbours,
                neighbourQueue, icmpPerSecond, maxOrphans, maxLentFrames, reassembly, datagramBytes, settings);
    }

    /** For a server of moderate size: 65,536 connections, 256 MiB of slab. */
    public static final EngineSettings DEFAULT = new EngineSettings(65_536, 65_536, 256L << 20, 64, 1 << 16, 1_024, 64,
            1_000);
}
