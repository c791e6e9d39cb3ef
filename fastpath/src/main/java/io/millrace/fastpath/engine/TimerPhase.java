package io.millrace.fastpath.engine;

import io.millrace.fastpath.ip.IpInput;
import io.millrace.fastpath.tcp.Tcp;

/** Timers that are due. Thread: the engine's. */
final class TimerPhase extends EnginePhase {
    private final Tcp tcp;
    private final IpInput ipInput;

    TimerPhase(final Tcp tcp, final IpInput ipInput) {
        this.tcp = tcp;
        this.ipInput = ipInput;
    }

    @Override
    int run(final long nowNs) {
        return tcp.onTimers() + ipInput.onTimers(nowNs);
    }
}
