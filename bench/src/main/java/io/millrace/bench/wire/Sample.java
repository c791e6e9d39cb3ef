package io.millrace.bench.wire;

import java.util.Locale;

/**
 * One transfer.
 *
 * @param durationNs       how long it was watched.
 * @param bitsPerSecond    bytes of payload that the receiving application got, over the time from the connection on.
 * @param retransmissions  segments that the sender sent again.
 * @param longestSilenceNs longest time in which the receiver got nothing.
 * @param dataFrames       frames of the sender that came to the wire.
 * @param dataLost         of these, lost by the wire.
 * @param dataOverflowed   of these, dropped by the bottleneck's queue.
 * @param notForwarded     frames for which the wire itself had no room: should be 0.
 * @param wireAwayNs       how long the wire's thread was kept from its work by others, for over 1 ms at a time.
 */
public record Sample(long durationNs, double bitsPerSecond, long retransmissions, long longestSilenceNs,
        long dataFrames, long dataLost,
        long dataOverflowed, long notForwarded, long wireAwayNs) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT,
                "%.2f Mbit/s, %d sent again, nothing for %.0f ms at most; of %d frames %d lost, %d too many for the queue",
                bitsPerSecond / 1e6, retransmissions, longestSilenceNs / 1e6, dataFrames, dataLost, dataOverflowed);
    }
}
