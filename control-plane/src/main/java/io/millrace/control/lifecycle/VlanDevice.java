package io.millrace.control.lifecycle;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.VlanPort;
import io.millrace.fastpath.port.WrappedDevice;
import java.io.IOException;
import java.util.Arrays;
import org.agrona.CloseHelper;

/** One VLAN of a device, on every queue (IEEE 802.1Q). Thread: as {@link PacketDevice} says. */
public final class VlanDevice extends WrappedDevice {
    /** Named as Linux names its interface for a VLAN, e.g. {@code tap:mr0.5}. */
    private VlanDevice(final PacketDevice device, final int vlanId, final ControlCounters counters) {
        super(device.name() + '.' + vlanId, device, ports(device, vlanId, counters));
    }

    private static VlanPort[] ports(final PacketDevice device, final int vlanId, final ControlCounters counters) {
        final VlanPort[] ports = new VlanPort[device.queues()];
        Arrays.setAll(ports, queue -> new VlanPort(device.queue(queue), vlanId,
                () -> counters.increment(ControlCounter.VLAN_OTHERS)));
        return ports;
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
}
