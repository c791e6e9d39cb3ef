package io.millrace.fastpath.engine;

import io.millrace.fastpath.ip.IpInput;
import io.millrace.fastpath.tcp.Tcp;
import io.millrace.fastpath.udp.Udp;

/** Timers that are due; then applications are told what they, and the frames before them, have brought. Thread: the engine's. */
final class ReadyPhase {
    private final IpInput ipInput;
    private final Tcp tcp;
    private final Udp udp;

    ReadyPhase(final IpInput ipInput, final Tcp tcp, final Udp udp) {
        this.ipInput = ipInput;
        this.tcp = tcp;
        this.udp = udp;
    }

    /** Returns how many things were done. */
    int run(final long nowNs) {
        return tcp.onTimers() + ipInput.onTimers(nowNs) + tcp.dispatchReady() + udp.dispatchReady();
    }
}
