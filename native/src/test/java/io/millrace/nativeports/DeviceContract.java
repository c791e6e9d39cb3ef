package io.millrace.nativeports;

import io.millrace.fastpath.port.PacketPortContract;

/** The contract of a port that has a {@link DeviceUnderTest}. */
public abstract class DeviceContract extends PacketPortContract {
    /** The socket that plays the far end has a buffer of its own and drops beyond it. */
    @Override
    protected final boolean mayLoseWhenFull() {
        return true;
    }

    /** Where a frame goes through a queue of the kernel's, or a signal tells of it, and asking costs little. */
    public abstract static class OfLateFrames extends DeviceContract {
        @Override
        protected final int polls() {
            return 1_000_000;
        }
    }
}
