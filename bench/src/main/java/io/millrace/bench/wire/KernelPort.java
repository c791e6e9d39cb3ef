package io.millrace.bench.wire;

import io.millrace.bench.machine.Namespace;
import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;

/** A namespace and the TAP by which the wire reaches it. Thread: one. */
final class KernelPort implements AutoCloseable {
    /** Frames of the pool: as many as a direction of a wire holds. */
    static final int FRAMES = 16_384;

    static final String TAP = "wire";

    private final Namespace namespace;
    private final PacketDevice device;

    /**
     * Makes both. The TAP is up, and has the link-layer address that the other end is told.
     *
     * @param mac   48 bits.
     * @param cidr  address of the TAP; empty for none.
     */
    KernelPort(final long mac, final String cidr, final WireSettings settings) throws IOException {
        namespace = new Namespace(settings.bufferBytes());
        PacketDevice opened = null;
        try {
            opened = open(namespace, TAP, settings.mtu());
            namespace.exec("ip", "link", "set", TAP, "address", macText(mac), "up");
            if (!cidr.isEmpty()) {
                namespace.exec("ip", "address", "add", cidr, "dev", TAP);
            }
        } catch (final IOException e) {
            if (opened != null) {
                opened.close();
            }
            namespace.close();
            throw e;
        }
        device = opened;
    }

    /** A TAP within a namespace, neither up nor with an address. */
    static PacketDevice open(final Namespace namespace, final String name, final int mtu) throws IOException {
        final String argument = name + "@" + namespace.name();
        return DeviceOpener.discover().open(new DeviceSpec("tap", argument),
                new DeviceRequest(argument, mtu, 1, FRAMES, false, false, null));
    }

    /** Tells the kernel a neighbour's link-layer address, so that a lost ARP packet costs nobody a second. */
    void neighbour(final String device, final int address, final long mac) throws IOException {
        namespace.exec("ip", "neigh", "replace", Addresses.text(address), "lladdr", macText(mac), "nud", "permanent",
                "dev", device);
    }

    Namespace handle() {
        return namespace;
    }

    String namespace() {
        return namespace.name();
    }

    PacketPort port() {
        return device.queue(0);
    }

    static String macText(final long mac) {
        return "%012x".formatted(mac).replaceAll("(..)(?=.)", "$1:");
    }

    @Override
    public void close() {
        device.close();
        namespace.close();
    }
}
