package io.millrace.fastpath.engine;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.idle.PortIdleSource;
import io.millrace.fastpath.port.PacketPort;
import org.agrona.concurrent.NanoClock;

/** How the driver of an engine sleeps: what its port says, and what is counted. Thread: the engine's. */
final class EngineSleep extends PortIdleSource {
    private final EngineWindow window;
    private final NanoClock clock;

    EngineSleep(final PacketPort port, final EngineWindow window, final NanoClock clock) {
        super(port);
        this.window = window;
        this.clock = clock;
    }

    @Override
    public void onWoken(final boolean slept, final boolean early) {
        super.onWoken(slept, early);
        if (slept) {
            window.onSlept(clock.nanoTime());
            window.counters().increment(Counter.LOOP_SLEEPS);
            if (early) {
                window.counters().increment(Counter.LOOP_WAKEUPS);
            }
        }
    }
}
