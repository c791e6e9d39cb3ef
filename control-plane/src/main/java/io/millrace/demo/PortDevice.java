package io.millrace.demo;

import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import java.util.function.UnaryOperator;

/** A device with one queue whose port is wrapped. Thread: as {@link PacketDevice} says. */
final class PortDevice implements PacketDevice {
    private final PacketDevice device;
    private final PacketPort port;

    PortDevice(final PacketDevice device, final UnaryOperator<PacketPort> wrap) {
        this.device = device;
        this.port = wrap.apply(device.queue(0));
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public int queues() {
        return 1;
    }

    @Override
    public PacketPort queue(final int index) {
        return port;
    }

    @Override
    public void close() {
        port.close();
        device.close();
    }
}
