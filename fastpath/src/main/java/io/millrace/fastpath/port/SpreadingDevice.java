package io.millrace.fastpath.port;

import java.util.List;
import org.agrona.CloseHelper;

/**
 * A device whose packets software spreads over more queues than it has, or over as many, where it places flows as nobody can
 * foresee: a capture file, a TAP that was made with one queue, a kernel that takes no program from this user. Each engine has
 * a port of its own; the queues of the device are served by whichever of them finds them free. Thread: as {@link PacketDevice}
 * says.
 */
public final class SpreadingDevice implements PacketDevice {
    private static final int SHORTEST_WAY = 16;

    private final PacketDevice device;
    private final RssPlacement placement;
    private final SharedQueue[] shared;
    private final SpreadPort[] ports;

    /**
     * @param device  closed with this one.
     * @param engines queues of this one, at least as many as the device has.
     */
    public SpreadingDevice(final PacketDevice device, final int engines, final RssKey key) {
        this.device = device;
        placement = RssPlacement.spread(key, engines);
        shared = new SharedQueue[device.queues()];
        for (int i = 0; i < shared.length; i++) {
            final PacketPort port = device.queue(i);
            final int quota = SpreadPort.quota(port.frames(), engines);
            shared[i] = new SharedQueue(i, port, new FlowReader(placement, port.capabilities().linkLayer()), engines,
                    Math.max(SHORTEST_WAY, Integer.highestOneBit(quota)));
        }
        ports = new SpreadPort[engines];
        for (int i = 0; i < engines; i++) {
            ports[i] = new SpreadPort(shared, i, engines);
        }
    }

    /**
     * Wraps a device where that is needed.
     *
     * @param device  closed where this fails.
     * @param engines queues that are wanted.
     */
    public static PacketDevice where(final PacketDevice device, final int engines, final RssKey key) {
        final boolean needed = device.queues() < engines
                || device.queues() > 1 && device.placement() == FlowPlacement.UNKNOWN;
        boolean done = false;
        try {
            final PacketDevice spread = needed
                    ? new SpreadingDevice(device, Math.max(engines, device.queues()), key)
                    : device;
            done = true;
            return spread;
        } finally {
            if (!done) {
                CloseHelper.quietClose(device);
            }
        }
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public int queues() {
        return ports.length;
    }

    @Override
    public PacketPort queue(final int index) {
        return ports[index];
    }

    @Override
    public FlowPlacement placement() {
        return ports.length == 1 ? FlowPlacement.ONE_QUEUE : placement;
    }

    @Override
    public List<PortFinding> findings() {
        return device.findings();
    }

    @Override
    public void close() {
        try {
            CloseHelper.closeAll(ports);
        } finally {
            device.close();
        }
    }
}
