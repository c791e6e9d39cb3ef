package io.millrace.bench.wire;

import io.millrace.config.IdleMode;
import java.util.concurrent.TimeUnit;

/**
 * What is the same in every cell.
 *
 * @param bitsPerSecond     of the bottleneck, each way.
 * @param leastQueueBytes   of the bottleneck's queue; else it holds what it sends in a round trip.
 * @param reorderByNs       how long a frame that is overtaken is held back at the most.
 * @param bufferBytes       largest window and largest send buffer of every contender.
 * @param durationNs        of each transfer at the least.
 * @param roundTrips        that each transfer lasts at the least: of a few, slow start's luck would be most.
 * @param stallNs           silence of a receiver that is called a stall.
 * @param mtu               bytes of the largest IP packet.
 * @param seed              of the first round; the next round has the next.
 * @param kernelCongestion  the kernel's congestion control.
 * @param millraceCongestion ours.
 * @param idle              what Millrace's loops do when idle.
 */
public record WireSettings(long bitsPerSecond, long leastQueueBytes, long reorderByNs, int bufferBytes,
        long durationNs, int roundTrips, long stallNs, int mtu, long seed, String kernelCongestion,
        String millraceCongestion,
        IdleMode idle) {
    /** How long a transfer over a path of this round trip lasts. */
    long durationNs(final int rttMs) {
        return Math.max(durationNs, TimeUnit.MILLISECONDS.toNanos((long) roundTrips * rttMs));
    }
}
