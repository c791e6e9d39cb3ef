package io.millrace.fastpath.port;

import java.util.List;
import java.util.stream.Collectors;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * Several devices as one: what lies behind each is a link of the stack, numbered in their order. Engines poll a queue of
 * each device through one {@link PacketPort}; {@link Frame#link} says which link a frame is of. Thread: as
 * {@link PacketDevice} says.
 */
public final class PortGroup implements PacketDevice {
    /** Links at the most. */
    public static final int MAX_LINKS = 8;

    private final List<PacketDevice> devices;
    private final PacketPort[] queues;

    /**
     * @param devices 1 to {@value #MAX_LINKS}, closed with this one.
     * @throws IllegalArgumentException where they are too many, have not the same number of queues, or one of several has no
     *                                  link layer; they stay open then.
     */
    public PortGroup(final List<? extends PacketDevice> devices) {
        this.devices = List.copyOf(devices);
        if (devices.isEmpty() || devices.size() > MAX_LINKS) {
            throw new IllegalArgumentException(devices.size() + " ports, must be 1 to " + MAX_LINKS);
        }
        final PacketDevice first = devices.getFirst();
        for (final PacketDevice device : devices) {
            if (device.queues() != first.queues()) {
                throw new IllegalArgumentException(
                        device.name() + " has " + device.queues() + " queue(s), " + first.name()
                                + " has " + first.queues() + ": the ports of a stack have the same number");
            }
            if (devices.size() > 1 && !device.queue(0).capabilities().linkLayer()) {
                throw new IllegalArgumentException(
                        device.name() + " has no link layer, which each of several ports needs");
            }
        }
        queues = new PacketPort[first.queues()];
        for (int queue = 0; queue < queues.length; queue++) {
            queues[queue] = group(queue);
        }
    }

    private PacketPort group(final int queue) {
        final PacketPort[] ports = new PacketPort[devices.size()];
        for (int link = 0; link < ports.length; link++) {
            ports[link] = devices.get(link).queue(queue);
        }
        return ports.length == 1 ? ports[0] : new GroupPort(ports);
    }

    /** The device of a link. */
    public PacketDevice device(final int link) {
        return devices.get(link);
    }

    /** How many links there are. */
    public int links() {
        return devices.size();
    }

    @Override
    public String name() {
        return devices.stream().map(PacketDevice::name).collect(Collectors.joining(", "));
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public PacketPort queue(final int index) {
        return queues[index];
    }

    /** Known where it is the same for every device: which one a flow takes may change while it lives. */
    @Override
    public FlowPlacement placement() {
        return other() == null ? devices.getFirst().placement() : FlowPlacement.UNKNOWN;
    }

    private @Nullable PacketDevice other() {
        final FlowPlacement first = devices.getFirst().placement();
        return devices.stream().filter(device -> !device.placement().equals(first)).findFirst().orElse(null);
    }

    /** What is wrong with devices that place flows differently, one sentence without full stop; null where none is. */
    public @Nullable String placementProblem() {
        final PacketDevice other = other();
        return other == null
                ? null
                : devices.getFirst().name() + " and " + other.name() + " place flows on " + queues.length
                        + " engines differently: connections that the stack opens may be answered on another engine, and fail;"
                        + " use one engine, or ports of one kind";
    }

    @Override
    public List<PortFinding> findings() {
        return devices.stream().flatMap(device -> device.findings().stream()).toList();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(devices);
    }
}
