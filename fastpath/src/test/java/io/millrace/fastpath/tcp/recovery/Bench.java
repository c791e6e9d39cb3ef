package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.memory.Slab;

/** A scoreboard and a connection without a stack. Thread: the test's. */
final class Bench implements AutoCloseable {
    static final int MSS = 100;

    private final MemoryRegion region = MemoryRegion.allocate("test tcb", Tcb.LENGTH);
    final Slab slab = new Slab("test slab", 4 << 20, 64);
    final Tcb tcb = new Tcb().wrap(0, region.address());
    final Scoreboard board = new Scoreboard(slab);

    Bench(final int start) {
        tcb.sndMss(MSS);
        tcb.sndUna(start);
        tcb.sndNxt(start);
    }

    boolean append(final int bytes, final long nowNs) {
        final boolean entered = board.append(tcb, tcb.sndNxt() + bytes, nowNs);
        if (entered) {
            tcb.sndNxt(tcb.sndNxt() + bytes);
        }
        return entered;
    }

    /** Takes all that is left of the slab. */
    void fill() {
        for (int size = 1 << 20; size >= 64; size >>= 1) {
            while (slab.allocate(size) != 0) {
                // one more
            }
        }
    }

    @Override
    public void close() {
        board.release(tcb);
        slab.close();
        region.close();
    }
}
