package io.millrace.fastpath.control;

import io.millrace.fastpath.port.FlowPlacement;

/** The engines of a stack as one of them sees the others. Thread: each engine's. */
public interface OtherEngines {
    /** There are none, or nobody knows what belongs to which. */
    OtherEngines NONE = new OtherEngines() {
    };

    /** The engine that a flow's segments come to has the number of their queue. */
    default FlowPlacement placement() {
        return FlowPlacement.UNKNOWN;
    }

    /**
     * Takes a segment to the engine on which its flow is placed; copied.
     *
     * @param engine its number.
     * @return false where that engine has no room for it: it is dropped.
     */
    default boolean carry(final int engine, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final long address, final int length, final boolean trusted, final int ecn) {
        return false;
    }
}
