package io.millrace.bench.wire;

import io.millrace.fastpath.port.Faults;

/**
 * What the wire is like; the same in both directions.
 *
 * @param loss       percent of the frames lost.
 * @param rttMs      round trip of an empty wire, half of it each way.
 * @param reordering percent of the frames held back.
 */
public record Cell(double loss, int rttMs, double reordering) {
    private static final double PERCENT = 100;
    private static final long HALF_MS_NS = 500_000;
    private static final double BITS_MS = 8_000;

    Faults faults(final WireSettings settings) {
        return Faults.builder().loss(loss / PERCENT).delay(rttMs * HALF_MS_NS)
                .reordering(reordering / PERCENT, settings.reorderByNs())
                .bottleneck(settings.bitsPerSecond(), queueBytes(settings)).build();
    }

    /** Bytes that the bottleneck sends in a round trip, and not less than the least. */
    long queueBytes(final WireSettings settings) {
        return Math.max(settings.leastQueueBytes(), Math.round(settings.bitsPerSecond() / BITS_MS * rttMs));
    }

    @Override
    public String toString() {
        return "loss %4s %%, RTT %3d ms, reordering %s %%".formatted(number(loss), rttMs, number(reordering));
    }

    static String number(final double value) {
        return value == Math.rint(value) ? Long.toString(Math.round(value)) : Double.toString(value);
    }
}
