package io.millrace.fastpath.engine;

import io.millrace.fastpath.tcp.Tcp;

/** Connections send. Thread: the engine's. */
final class OutputPhase {
    private final Tcp tcp;

    OutputPhase(final Tcp tcp) {
        this.tcp = tcp;
    }

    /** Returns how many things were done. */
    int run() {
        return tcp.flushOutput();
    }
}
