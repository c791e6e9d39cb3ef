package io.millrace.fastpath.testing;

import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;

/** Another device, but for what a test has different. Thread: as the other's. */
public abstract class StandInDevice implements PacketDevice {
    protected final PacketDevice device;

    protected StandInDevice(final PacketDevice device) {
        this.device = device;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public final int queues() {
        return device.queues();
    }

    @Override
    public final PacketPort queue(final int index) {
        return device.queue(index);
    }

    @Override
    public void close() {
        device.close();
    }
}
