package io.millrace.control.neighbour;

import io.millrace.fastpath.control.EngineCommands;

/** What engines are told of neighbours. Thread: the agent's. */
final class EngineNews {
    private final EngineCommands[] engines;

    EngineNews(final EngineCommands[] engines) {
        this.engines = engines.clone();
    }

    void resolved(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourResolved(0, neighbour.hi, neighbour.lo, neighbour.mac);
        }
    }

    void resolved(final int engine, final Neighbour neighbour) {
        engines[engine].neighbourResolved(0, neighbour.hi, neighbour.lo, neighbour.mac);
    }

    void failed(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourFailed(0, neighbour.hi, neighbour.lo);
        }
    }

    void failed(final int engine, final long hi, final long lo) {
        engines[engine].neighbourFailed(0, hi, lo);
    }

    void forgotten(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourForgotten(0, neighbour.hi, neighbour.lo);
        }
    }
}
