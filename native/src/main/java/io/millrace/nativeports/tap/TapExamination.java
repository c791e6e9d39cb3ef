package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.nativeports.linux.HostInterface;
import java.io.IOException;
import java.util.List;

/** What stands against a TAP or TUN before it is opened, in the namespace of the thread that asks. */
final class TapExamination {
    private TapExamination() {}

    static List<PortFinding> of(final TunKind kind, final String name) throws IOException {
        try (HostInterface host = new HostInterface(name)) {
            if (!host.exists()) {
                return List.of();
            }
            final String driver = host.driver();
            if (!driver.equals("tun " + kind.scheme())) {
                return List.of(new PortFinding(Weight.FATAL,
                        name + " is there already, and is no " + kind
                                + (driver.isBlank() ? "" : " but of the driver " + driver.strip()),
                        driver.startsWith("tun ")
                                ? "Use another name, or " + driver.substring("tun ".length()) + ':' + name
                                : "Use another name, or af-packet:" + name));
            }
            final String holder = TunHolder.find(name);
            if (host.isRunning() || !holder.isEmpty()) {
                return List.of(new PortFinding(Weight.FATAL,
                        (holder.isEmpty() ? "another process" : holder) + " has " + name + " open",
                        "Stop that, or use another name"));
            }
            return List.of();
        }
    }
}
