package io.millrace.bench;

import io.millrace.bench.machine.Namespace;
import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.CloseHelper;

/**
 * A port under measurement and its far end: the other side of a memory, or a port on the kernel's end, which only sends, as
 * the kernel drops what comes. Thread: the benchmark's.
 */
final class BurstLink implements AutoCloseable {
    static final int MTU = 1_500;

    private static final int FRAMES = 1_024;
    private static final int TURNS = 1_000;
    private static final long BUFFER = 1 << 20;
    private static final String EAL = "dpdk:--no-huge -m 256 --no-pci --vdev=";
    /** Of this process's own namespace, where a driver of DPDK looks for it. */
    private static final String INTERFACE = "mrburst0";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private PacketPort near;
    private PacketPort far;
    private boolean inProcess;

    private BurstLink() {}

    /** @param kind a port's scheme, or one of DPDK's drivers with a number, e.g. {@code net_tap0}. */
    static BurstLink open(final String kind) throws IOException {
        final BurstLink link = new BurstLink();
        try {
            link.join(kind);
            return link;
        } catch (final IOException e) {
            link.close();
            throw e;
        }
    }

    private void join(final String kind) throws IOException {
        switch (kind) {
            case "memory" -> {
                final MemoryLink memory = MemoryLink.builder().framesPerSide(FRAMES).build();
                parts.push(memory);
                between(memory.side(0).queue(0), memory.side(1).queue(0), true);
            }
            case "shm" -> {
                final Path file = Files.createTempDirectory(Path.of("/dev/shm"), "millrace-bench").resolve("link");
                parts.push(() -> Files.delete(file.getParent()));
                between(device("shm:" + file), device("shm:" + file), true);
                meet();
            }
            case "tap" -> {
                final Namespace kernel = namespace();
                near = device("tap:mr0@" + kernel.name());
                kernel.exec("ip", "link", "set", "mr0", "up");
                between(near, device("af-packet:mr0@" + kernel.name()), false);
            }
            case "tun" -> routed(namespace());
            case "net_ring0", "net_null0" -> {
                near = device(EAL + kind);
                between(near, near, true);
            }
            case "net_tap0" -> {
                near = device(EAL + kind + ",iface=" + INTERFACE);
                exec("ip", "link", "set", INTERFACE, "up");
                between(near, device("af-packet:" + INTERFACE), false);
            }
            default -> overVeth(kind);
        }
    }

    /** Turns that take nothing, in which each side learns of the other. */
    private void meet() {
        final long[] none = new long[1];
        for (int i = 0; i < TURNS; i++) {
            near.receive(none, 0, 0, i);
            far.receive(none, 0, 0, i);
        }
    }

    /** What is written to one TUN for the network of the other is forwarded by the kernel. */
    private void routed(final Namespace kernel) throws IOException {
        between(device("tun:mr0@" + kernel.name()), device("tun:mr1@" + kernel.name()), false);
        kernel.exec("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
        for (int i = 0; i < 2; i++) {
            kernel.exec("ip", "address", "add", "10.9." + i + ".1/24", "dev", "mr" + i);
            kernel.exec("ip", "link", "set", "mr" + i, "up");
        }
    }

    private void overVeth(final String kind) throws IOException {
        final Namespace kernel = namespace();
        if (kind.startsWith("net_")) {
            exec("ip", "link", "add", INTERFACE, "type", "veth", "peer", "name", "mr0", "netns", kernel.name());
            exec("sysctl", "-q", "-w", "net.ipv6.conf." + INTERFACE + ".disable_ipv6=1");
            exec("ip", "link", "set", INTERFACE, "up");
            near = device(EAL + kind + ",iface=" + INTERFACE);
        } else {
            final Namespace beside = namespace();
            beside.exec("ip", "link", "add", "mr0", "type", "veth", "peer", "name", "mr0", "netns", kernel.name());
            beside.exec("ip", "link", "set", "mr0", "up");
            near = device(kind + ":mr0@" + beside.name());
        }
        kernel.exec("ip", "link", "set", "mr0", "up");
        between(near, device("af-packet:mr0@" + kernel.name()), false);
    }

    private void between(final PacketPort ours, final PacketPort theirs, final boolean within) {
        near = ours;
        far = theirs;
        inProcess = within;
    }

    private Namespace namespace() throws IOException {
        final Namespace namespace = new Namespace(BUFFER);
        parts.push(namespace);
        return namespace;
    }

    private PacketPort device(final String name) throws IOException {
        final DeviceSpec spec = DeviceSpec.parse(name);
        final PacketDevice device = DeviceOpener.discover().open(spec,
                new DeviceRequest(spec.argument(), MTU, 1, FRAMES, true, false, null));
        parts.push(device);
        return device.queue(0);
    }

    private static void exec(final String... command) throws IOException {
        try {
            if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                throw new IOException(String.join(" ", command));
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** What is measured. */
    PacketPort near() {
        return near;
    }

    /** What sends to it; the same where it leads back into itself. */
    PacketPort far() {
        return far;
    }

    /** True where the far end must take what the near one sends. */
    boolean isInProcess() {
        return inProcess;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(parts);
    }
}
