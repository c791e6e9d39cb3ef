package io.millrace.fastpath.engine;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.Sleeper;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/** How the driver of an engine sleeps: what its port says, and what is counted. Thread: the engine's. */
final class EngineSleep implements IdleSource {
    private final PacketPort port;
    private final EngineWindow window;
    private final NanoClock clock;

    EngineSleep(final PacketPort port, final EngineWindow window, final NanoClock clock) {
        this.port = port;
        this.clock = clock;
        this.window = window;
    }

    @Override
    public int descriptors() {
        return port.descriptors();
    }

    @Override
    public int descriptor(final int index) {
        return port.descriptor(index);
    }

    @Override
    public void sleeper(final @Nullable Sleeper sleeper) {
        port.sleeper(sleeper);
    }

    @Override
    public boolean wakesSleeper() {
        return port.wakesSleeper();
    }

    @Override
    public boolean prepareToBlock() {
        return port.prepareToBlock();
    }

    @Override
    public void onWoken(final boolean slept, final boolean early) {
        port.onWoken();
        if (slept) {
            window.onSlept(clock.nanoTime());
            window.counters().increment(Counter.LOOP_SLEEPS);
            if (early) {
                window.counters().increment(Counter.LOOP_WAKEUPS);
            }
        }
    }
}
