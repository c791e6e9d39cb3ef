package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.nativeports.linux.ReceiveQueues;
import java.util.ArrayList;
import java.util.List;

/** What is slower than it could be where an interface has other queues than the engines take. */
final class QueueFindings {
    private QueueFindings() {}

    /**
     * @param name   of the interface.
     * @param first  of its queues that an engine takes.
     * @param wanted engines.
     */
    static List<PortFinding> of(final String name, final ReceiveQueues there, final int first, final int wanted) {
        final List<PortFinding> findings = new ArrayList<>();
        final int taken = there.from(first, wanted);
        if (taken < wanted) {
            findings.add(new PortFinding(Weight.ADVICE, name + " has queues for " + taken + " of " + wanted
                    + " engines: software shares out what they bring", there.resize(name, first + wanted)));
        }
        if (there.count() > taken) {
            findings.add(new PortFinding(Weight.ADVICE, name + " has " + there.count() + " queues, of which "
                    + (taken == 1 ? first + " is" : first + " to " + (first + taken - 1) + " are")
                    + " taken: what arrives at others takes a slower way",
                    there.confine(name, first, taken) + (first == 0 ? "" : ", leave queue= out")
                            + ", or steer flows by ethtool -N"));
        }
        return findings;
    }
}
