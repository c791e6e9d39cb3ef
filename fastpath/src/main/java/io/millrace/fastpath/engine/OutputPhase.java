package io.millrace.fastpath.engine;

import io.millrace.fastpath.tcp.Tcp;

/** Connections send. Thread: the engine's. */
final class OutputPhase extends EnginePhase {
    private final Tcp tcp;

    OutputPhase(final Tcp tcp) {
        this.tcp = tcp;
    }

    @Override
    int run(final long nowNs) {
        return tcp.flushOutput();
    }
}
