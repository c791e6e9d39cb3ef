package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.InterfaceFindings;
import io.millrace.nativeports.linux.MacOption;
import io.millrace.nativeports.linux.SocketDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What stands against a packet socket on an interface, in the namespace of the thread that asks. Thread: one. */
final class AfPacketExamination {
    private static final Path SYSCTLS = Path.of("/proc/sys/net");

    private final AfPacketSpec spec;
    private final DeviceRequest request;
    private final List<PortFinding> findings = new ArrayList<>();

    private AfPacketExamination(final AfPacketSpec spec, final DeviceRequest request) {
        this.spec = spec;
        this.request = request;
    }

    static List<PortFinding> of(final AfPacketSpec spec, final DeviceRequest request) throws IOException {
        final AfPacketExamination examination = new AfPacketExamination(spec, request);
        examination.run();
        return List.copyOf(examination.findings);
    }

    private void run() throws IOException {
        final String name = spec.interfaceName();
        if (request.hostAddress() != null) {
            add(Weight.FATAL, "a host address is for a TAP, and a packet socket does not reach the kernel of its own"
                    + " interface", "Leave millrace.port.host-address out");
        }
        try (HostInterface host = new HostInterface(name)) {
            findings.addAll(InterfaceFindings.of(host, name, request.mtu()));
        }
        if (findings.stream().noneMatch(finding -> finding.weight() == Weight.FATAL)) {
            buffer();
            if (spec.mac() == MacOption.OF_INTERFACE) {
                besideTheKernel(name);
            }
        }
    }

    /** What the ring must be where the system gives a socket no large buffer: {@link QueueSockets}. */
    private void buffer() throws IOException {
        try (RingSocket socket = new RingSocket(spec.interfaceName())) {
            socket.buffer(SocketDescriptor.SO_RCVBUFFORCE, SocketDescriptor.SO_RCVBUF, QueueSockets.SOCKET_BUFFER);
            if (socket.receiveBuffer() < QueueSockets.ENOUGH_BUFFER) {
                final long ring = (long) request.frames() * QueueSockets.LARGE_SLOT >> 20;
                add(Weight.ADVICE, "net.core.rmem_max gives a socket a buffer of " + socket.receiveBuffer()
                        + " bytes only, so each queue has a ring of " + ring + " MiB instead of "
                        + (ring * QueueSockets.SMALL_SLOTS_PER_FRAME * QueueSockets.SMALL_SLOT
                                / QueueSockets.LARGE_SLOT)
                        + " MiB",
                        "As root of the machine: sysctl -w net.core.rmem_max="
                                + QueueSockets.SOCKET_BUFFER);
            }
        }
    }

    /** The kernel answers to the same Ethernet address. */
    private void besideTheKernel(final String name) {
        if (is(SYSCTLS.resolve("ipv6/conf").resolve(name).resolve("disable_ipv6"), "0")) {
            add(Weight.ADVICE, "With mac=interface the kernel makes itself the link-local address that the stack would",
                    "Where the stack speaks IPv6: sysctl -w net.ipv6.conf." + name + ".disable_ipv6=1");
        }
        if (is(SYSCTLS.resolve("ipv4/conf").resolve(name).resolve("forwarding"), "1")) {
            add(Weight.HINDERING, "With mac=interface the kernel forwards packets that are for the stack",
                    "sysctl -w net.ipv4.conf." + name + ".forwarding=0");
        }
    }

    private static boolean is(final Path sysctl, final String value) {
        try {
            return Files.readString(sysctl).strip().equals(value);
        } catch (final IOException e) {
            return false;
        }
    }

    private void add(final Weight weight, final String what, final String remedy) {
        findings.add(new PortFinding(weight, what, remedy));
    }
}
