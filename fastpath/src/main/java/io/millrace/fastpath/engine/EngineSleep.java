package io.millrace.fastpath.engine;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.Sleeper;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * How the driver of an engine sleeps: what its port says, and what is counted. Of a closed engine neither is there any more,
 * while its driver may be anywhere in its loop: then there is nothing to wait for, and nothing is touched.
 * Thread: the engine's.
 */
final class EngineSleep implements IdleSource, AutoCloseable {
    private final PacketPort port;
    private final EngineWindow window;
    private final NanoClock clock;
    private final StackEngine engine;
    private boolean closed;

    EngineSleep(final PacketPort port, final EngineWindow window, final NanoClock clock, final StackEngine engine) {
        this.port = port;
        this.clock = clock;
        this.window = window;
        this.engine = engine;
    }

    @Override
    public boolean mayReceive() {
        return closed || port.mayReceive();
    }

    @Override
    public int descriptors() {
        return closed ? 0 : port.descriptors();
    }

    @Override
    public int descriptor(final int index) {
        if (closed) {
            throw new IndexOutOfBoundsException(index);
        }
        return port.descriptor(index);
    }

    @Override
    public void sleeper(final @Nullable Sleeper sleeper) {
        if (!closed) {
            port.sleeper(sleeper);
        }
    }

    @Override
    public boolean wakesSleeper() {
        return !closed && port.wakesSleeper();
    }

    @Override
    public boolean prepareToBlock() {
        if (closed) {
            return false;
        }
        try {
            window.onFallingAsleep(clock.nanoTime(), engine);
        } catch (final RuntimeException e) {
            // the next turn shows the same, and counts what is wrong with it; here it would end the loop
            return false;
        }
        return port.prepareToBlock();
    }

    @Override
    public void onWoken(final boolean slept, final boolean early) {
        if (closed) {
            return;
        }
        port.onWoken();
        if (slept) {
            window.onSlept(clock.nanoTime());
            window.counters().increment(Counter.LOOP_SLEEPS);
            if (early) {
                window.counters().increment(Counter.LOOP_WAKEUPS);
            }
        }
    }

    /** The driver will drive the port no more. */
    void onDriverLeft() {
        if (!closed) {
            port.sleeper(null);
            port.onDriverLeft();
        }
    }

    /** The driver leaves the port for good: whoever waits for the engine's end closes it then. */
    @Override
    public void close() {
        try {
            onDriverLeft();
        } finally {
            closed = true;
        }
    }
}
