package io.millrace.fastpath.testing;

import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortFilter;

/** Counts the frames that its engine holds: none may be left when the engine is closed. Thread: the engine's. */
public class BalancePort extends PortFilter {
    private long held;

    public BalancePort(final PacketPort delegate) {
        super(delegate);
    }

    /** Frames acquired or received, and neither released nor transmitted. Thread: any, once the engine is closed. */
    public final long held() {
        return held;
    }

    @Override
    public long acquire() {
        final long frame = super.acquire();
        held += frame == 0 ? 0 : 1;
        return frame;
    }

    @Override
    public void release(final long frame) {
        super.release(frame);
        held--;
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final int received = super.receive(frames, offset, limit, nowNs);
        held += received;
        return received;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        final int taken = super.transmit(frames, offset, length, nowNs);
        held -= taken;
        return taken;
    }
}
