package io.millrace.fastpath.idle;

import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.Sleeper;
import org.jspecify.annotations.Nullable;

/** What the loop of a port waits for: what the port says. Thread: the loop's. */
public class PortIdleSource implements IdleSource {
    private final PacketPort port;

    public PortIdleSource(final PacketPort port) {
        this.port = port;
    }

    @Override
    public final int descriptors() {
        return port.descriptors();
    }

    @Override
    public final int descriptor(final int index) {
        return port.descriptor(index);
    }

    @Override
    public final void sleeper(final @Nullable Sleeper sleeper) {
        port.sleeper(sleeper);
    }

    @Override
    public final boolean wakesSleeper() {
        return port.wakesSleeper();
    }

    @Override
    public final boolean prepareToBlock() {
        return port.prepareToBlock();
    }

    @Override
    public void onWoken(final boolean slept, final boolean early) {
        port.onWoken();
    }
}
