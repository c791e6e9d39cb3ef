package io.millrace.fastpath.port;

import java.util.List;
import java.util.function.UnaryOperator;
import org.agrona.CloseHelper;

/**
 * A device whose ports have others around them, one a queue: faults, a capture, a VLAN. Thread: as {@link PacketDevice}
 * says.
 */
public class WrappedDevice implements PacketDevice {
    private final String name;
    private final PacketDevice device;
    private final PacketPort[] queues;

    /**
     * Wraps the first queue of a device, the only one that this one has.
     *
     * @param device closed with this one.
     * @param wrap   makes the port around the port of queue 0; it is closed before the device.
     */
    public WrappedDevice(final PacketDevice device, final UnaryOperator<PacketPort> wrap) {
        this(device.name(), device, wrap.apply(device.queue(0)));
    }

    /**
     * @param device closed with this one.
     * @param queues the ports around its own; they are closed before the device.
     */
    protected WrappedDevice(final String name, final PacketDevice device, final PacketPort... queues) {
        this.name = name;
        this.device = device;
        this.queues = queues;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int queues() {
        return queues.length;
    }

    @Override
    public final PacketPort queue(final int index) {
        return queues[index];
    }

    @Override
    public final FlowPlacement placement() {
        return queues.length == 1 ? FlowPlacement.ONE_QUEUE : device.placement();
    }

    @Override
    public final List<PortFinding> findings() {
        return device.findings();
    }

    @Override
    public final void close() {
        try {
            CloseHelper.closeAll(queues);
        } finally {
            device.close();
        }
    }
}
