package io.millrace.fastpath.engine;

import io.millrace.fastpath.tcp.Tcp;
import io.millrace.fastpath.udp.Udp;

/** Applications are told. Thread: the engine's. */
final class ReadyPhase extends EnginePhase {
    private final Tcp tcp;
    private final Udp udp;

    ReadyPhase(final Tcp tcp, final Udp udp) {
        this.tcp = tcp;
        this.udp = udp;
    }

    @Override
    int run(final long nowNs) {
        return tcp.dispatchReady() + udp.dispatchReady();
    }
}
