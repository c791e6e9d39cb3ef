package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Slab;

/** What a connection's congestion control holds of the slab, for tests. Thread: the engine's. */
public final class CongestionMemory {
    private CongestionMemory() {}

    /** Bytes; 0 where it keeps all its state in the TCB. */
    public static long slabBytes(final Tcb tcb, final Slab slab) {
        final boolean holds = CongestionControls.at(tcb.congestion()) instanceof Bbr && tcb.ccAddress() != 0;
        return holds ? slab.blockSize(BbrPath.LENGTH) : 0;
    }
}
