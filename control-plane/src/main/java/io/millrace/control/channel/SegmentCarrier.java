package io.millrace.control.channel;

import io.millrace.fastpath.control.OtherEngines;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.FlowPlacement;

/** Takes segments to the engine that they belong to. Thread: any engine's. */
public final class SegmentCarrier implements OtherEngines {
    private final StackEngine[] engines;
    private final FlowPlacement placement;

    /**
     * @param engines   of the stack; all of them are there before the first has a turn.
     * @param placement of flows on the queues, and so on the engines of the same numbers.
     */
    public SegmentCarrier(final StackEngine[] engines, final FlowPlacement placement) {
        this.engines = engines;
        this.placement = placement;
    }

    @Override
    public FlowPlacement placement() {
        return placement;
    }

    @Override
    public boolean carry(final int engine, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final long address, final int length, final boolean trusted, final int ecn) {
        return engines[engine].segments().offer(localHi, localLo, remoteHi, remoteLo, address, length, trusted, ecn);
    }
}
