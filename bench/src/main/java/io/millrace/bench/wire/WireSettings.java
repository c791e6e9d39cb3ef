package io.millrace.bench.wire;

import io.millrace.config.IdleMode;

/**
 * What is the same in every cell.
 *
 * @param bitsPerSecond     of the bottleneck, each way.
 * @param leastQueueBytes   of the bottleneck's queue; else it holds what it sends in a round trip.
 * @param reorderByNs       how long a frame that is overtaken is held back at the most.
 * @param bufferBytes       largest window and largest send buffer of every contender.
 * @param durationNs        of each transfer.
 * @param stallNs           silence of a receiver that is called a stall.
 * @param mtu               bytes of the largest IP packet.
 * @param seed              of the first round; the next round has the next.
 * @param kernelCongestion  the kernel's congestion control.
 * @param millraceCongestion ours.
 * @param idle              what Millrace's loops do when idle.
 */
public record WireSettings(long bitsPerSecond, long leastQueueBytes, long reorderByNs, int bufferBytes,
        long durationNs, long stallNs, int mtu, long seed, String kernelCongestion, String millraceCongestion,
        IdleMode idle) {}
