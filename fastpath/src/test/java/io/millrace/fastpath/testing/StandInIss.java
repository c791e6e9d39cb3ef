package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.InitialSequenceNumbers;

/** Initial sequence numbers that can be foretold: each so much more than the one before. Thread: one. */
public final class StandInIss implements InitialSequenceNumbers {
    private final int step;
    private int next;

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

    @Override
    public int next(final long localHi, final long localLo, final int localPort, final long remoteHi,
            final long remoteLo, final int remotePort, final long nowNs) {
        final int iss = next;
        next += step;
        return iss;
    }
}
