package io.millrace.fastpath.port;

import java.util.function.UnaryOperator;

/**
 * A device with one queue, whose port has another around it: faults, a capture, a count. Thread: as {@link PacketDevice}
 * says.
 */
public final class WrappedDevice implements PacketDevice {
    private final PacketDevice device;
    private final PacketPort port;

    /**
     * Wraps a device.
     *
     * @param device closed with this one.
     * @param wrap   makes the port around the port of queue 0; it is closed before the device.
     */
    public WrappedDevice(final PacketDevice device, final UnaryOperator<PacketPort> wrap) {
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
