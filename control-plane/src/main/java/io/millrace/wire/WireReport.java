package io.millrace.wire;

import io.millrace.fastpath.port.FaultCounters;

/**
 * What happened in one direction of a wire.
 *
 * @param frames       frames that arrived.
 * @param bytes        bytes of these, link-layer header included.
 * @param notForwarded frames that found no room: the leaving port's pool was empty, its frames too small, or the port
 *                     took no more.
 * @param faults       how often what went wrong; goes on counting.
 */
public record WireReport(long frames, long bytes, long notForwarded, FaultCounters faults) {
    /** One line, for people. */
    @Override
    public String toString() {
        return "%,d frames, %,d bytes, %,d lost (%,d in bursts), %,d duplicated, %,d reordered, %,d corrupted, %,d dropped by a full"
                .formatted(frames, bytes, faults.lost(), faults.lostInBursts(), faults.duplicated(), faults.reordered(),
                        faults.corrupted(), faults.overflowed())
                + " queue, %,d not forwarded".formatted(notForwarded);
    }
}
