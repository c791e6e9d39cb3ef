package io.millrace.control.neighbour;

import io.millrace.fastpath.control.EngineCommands;

/** What engines are told of the neighbours on a link. Thread: the agent's. */
final class EngineNews {
    private final EngineCommands[] engines;
    private final int link;

    EngineNews(final EngineCommands[] engines, final int link) {
        this.engines = engines.clone();
        this.link = link;
    }

    void resolved(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourResolved(link, neighbour.hi, neighbour.lo, neighbour.mac);
        }
    }

    void resolved(final int engine, final Neighbour neighbour) {
        engines[engine].neighbourResolved(link, neighbour.hi, neighbour.lo, neighbour.mac);
    }

    void failed(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourFailed(link, neighbour.hi, neighbour.lo);
        }
    }

    void failed(final int engine, final long hi, final long lo) {
        engines[engine].neighbourFailed(link, hi, lo);
    }

    void forgotten(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourForgotten(link, neighbour.hi, neighbour.lo);
        }
    }
}
