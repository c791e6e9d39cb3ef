package io.millrace.control.lifecycle;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.VlanPort;
import java.io.IOException;
import org.agrona.CloseHelper;

/** One VLAN of a device, on every queue (IEEE 802.1Q). Thread: as {@link PacketDevice} says. */
public final class VlanDevice implements PacketDevice {
    private final PacketDevice device;
    private final int vlanId;
    private final VlanPort[] queues;

    private VlanDevice(final PacketDevice device, final int vlanId, final ControlCounters counters) {
        this.device = device;
        this.vlanId = vlanId;
        queues = new VlanPort[device.queues()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new VlanPort(device.queue(i), vlanId, () -> counters.increment(ControlCounter.VLAN_OTHERS));
        }
    }

    /**
     * Wraps a device.
     *
     * @param device closed with this one, and also where this fails.
     * @param vlanId 1 to 4,094.
     * @throws IOException where the device has no link layer.
     */
    public static VlanDevice of(final PacketDevice device, final int vlanId, final ControlCounters counters)
            throws IOException {
        if (!device.queue(0).capabilities().linkLayer()) {
            CloseHelper.quietClose(device);
            throw new IOException(device.name() + " has no link layer, so no VLAN " + vlanId);
        }
        return new VlanDevice(device, vlanId, counters);
    }

    /** As of Linux's interface for a VLAN, e.g. {@code tap:mr0.5}. */
    @Override
    public String name() {
        return device.name() + '.' + vlanId;
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public PacketPort queue(final int index) {
        return queues[index];
    }

    @Override
    public void close() {
        CloseHelper.closeAll(queues);
        device.close();
    }
}
