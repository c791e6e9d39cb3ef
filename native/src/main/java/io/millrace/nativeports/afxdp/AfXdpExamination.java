package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.InterfaceFindings;
import io.millrace.nativeports.linux.ReceiveQueues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What stands against AF_XDP sockets on an interface, in the namespace of the thread that asks. Thread: one. */
final class AfXdpExamination {
    private AfXdpExamination() {}

    static List<PortFinding> of(final AfXdpSpec spec, final DeviceRequest request) throws IOException {
        final List<PortFinding> findings = new ArrayList<>();
        final String name = spec.interfaceName();
        if (request.hostAddress() != null) {
            findings.add(
                    new PortFinding(Weight.FATAL, "a host address is for a TAP, and an AF_XDP socket does not reach the"
                            + " kernel of its own interface", "Leave millrace.port.host-address out"));
        }
        try (HostInterface host = new HostInterface(name)) {
            findings.addAll(InterfaceFindings.of(host, name, request.mtu()));
            if (findings.stream().noneMatch(finding -> finding.weight() == Weight.FATAL)) {
                findings.addAll(queues(host.receiveQueues(), spec, request.queues()));
            }
        }
        return List.copyOf(findings);
    }

    private static List<PortFinding> queues(final ReceiveQueues there, final AfXdpSpec spec, final int wanted) {
        final String name = spec.interfaceName();
        return there.count() > 0 && spec.queue() >= there.count()
                ? List.of(new PortFinding(Weight.FATAL, AfXdpFailure.noQueue(name, there, spec.queue()),
                        "Change queue=, or: " + there.resize(name, spec.queue() + wanted)))
                : QueueFindings.of(name, there, spec.queue(), wanted);
    }
}
