package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.InitialSequenceNumbers;

/** Initial sequence numbers that can be foretold: each so much more than the one before. Thread: one. */
public final class StandInIss implements InitialSequenceNumbers {
    private final int step;
    private int next;
    private boolean hashBroken;

    /**
     * @param first that of the first connection.
     * @param step  0 where all connections begin with the same.
     */
    public StandInIss(final int first, final int step) {
        this.step = step;
        next = first;
    }

    /** That of the next connection. */
    public void next(final int iss) {
        next = iss;
    }

    /** While true there are no offsets of timestamps to be had: asking throws. */
    public void hashBroken(final boolean value) {
        hashBroken = value;
    }

    @Override
    public int timestampOffset(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        if (hashBroken) {
            throw new IllegalStateException("the hash fails");
        }
        return 0;
    }

    @Override
    public int next(final long localHi, final long localLo, final int localPort, final long remoteHi,
            final long remoteLo, final int remotePort, final long nowNs) {
        final int iss = next;
        next += step;
        return iss;
    }
}
