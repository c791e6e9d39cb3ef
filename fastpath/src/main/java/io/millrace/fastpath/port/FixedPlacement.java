package io.millrace.fastpath.port;

/** Placements that do not ask for the flow. Thread: any. */
enum FixedPlacement implements FlowPlacement {
    ONE_QUEUE(0),
    AS_SENT(NONE),
    UNKNOWN(NONE);

    private final int queue;

    FixedPlacement(final int queue) {
        this.queue = queue;
    }

    @Override
    public int queue(final long localHi, final long localLo, final int localPort, final long remoteHi,
            final long remoteLo, final int remotePort) {
        return queue;
    }
}
