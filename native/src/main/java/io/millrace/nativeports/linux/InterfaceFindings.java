package io.millrace.nativeports.linux;

import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What stands against a port on an Ethernet interface of the kernel, whatever its kind. */
public final class InterfaceFindings {
    private InterfaceFindings() {}

    /** @param mtu of the stack. */
    public static List<PortFinding> of(final HostInterface host, final String name, final int mtu)
            throws IOException {
        final List<PortFinding> findings = new ArrayList<>();
        if (!host.exists()) {
            findings.add(new PortFinding(Weight.FATAL, "there is no interface " + name,
                    "`ip link` lists those that there are; one of another network namespace is IF@NAMESPACE"));
        } else if (host.ethernetAddress() == 0) {
            findings.add(new PortFinding(Weight.FATAL, name + " is no Ethernet interface",
                    "Use one that has a link-layer address (`ip link`)"));
        } else {
            if (host.mtu() < mtu) {
                findings.add(new PortFinding(Weight.FATAL,
                        "the MTU of " + name + " is " + host.mtu() + ", less than the stack's " + mtu,
                        "Set millrace.port.mtu = " + host.mtu() + ", or: ip link set " + name + " mtu " + mtu));
            }
            if (!host.isUp()) {
                findings.add(new PortFinding(Weight.HINDERING, name + " is down", "ip link set " + name + " up"));
            } else if (!host.isRunning()) {
                findings.add(new PortFinding(Weight.HINDERING, name + " has no carrier",
                        "Look at its cable, or at the other end of it"));
            }
        }
        return findings;
    }
}
