package io.millrace.nativeports.pcap;

/** The engine's clock, from the first time it is read here, and the times of the capture that belong to it. Thread: one. */
final class Timeline {
    private final long firstTimeNs;
    private final long afterNs;
    private final double speed;
    private boolean started;
    private long startNs;

    /**
     * @param firstTimeNs when the first packet was captured, in nanoseconds since 1970.
     * @param afterNs     when it comes, in nanoseconds from the start.
     * @param speed       of the replay; {@link PcapSpec#UNLIMITED} has no scale: the engine's own is kept then.
     */
    Timeline(final long firstTimeNs, final long afterNs, final double speed) {
        this.firstTimeNs = firstTimeNs;
        this.afterNs = afterNs;
        this.speed = speed == PcapSpec.UNLIMITED ? 1 : speed;
    }

    /** Nanoseconds since the first time this was asked. */
    long elapsedNs(final long nowNs) {
        if (!started) {
            started = true;
            startNs = nowNs;
        }
        return nowNs - startNs;
    }

    /** What the clock of the capture would show, in nanoseconds since 1970. */
    long epochNs(final long nowNs) {
        final long sinceFirstNs = elapsedNs(nowNs) - afterNs;
        return firstTimeNs + (speed == 1 ? sinceFirstNs : (long) (sinceFirstNs * speed));
    }

    /** The engine's clock so long after the start; {@link Long#MAX_VALUE} before it. */
    long deadlineNs(final long elapsedNs) {
        final long deadline = startNs + elapsedNs;
        return !started || startNs > 0 && deadline < 0 ? Long.MAX_VALUE : deadline;
    }
}
