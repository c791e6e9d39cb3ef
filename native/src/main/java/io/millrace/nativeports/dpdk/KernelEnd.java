package io.millrace.nativeports.dpdk;

import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.Ipv4Prefix;
import io.millrace.nativeports.linux.Ipv6Prefix;
import java.io.IOException;

/** The kernel's end of a link that a driver has made: net_tap's interface. Thread: one. */
final class KernelEnd {
    private static final String TAP = "net_tap";

    private KernelEnd() {}

    /**
     * Gives it an address and sets it up.
     *
     * @throws IOException one sentence, where it has none or the system refuses.
     */
    static void setUp(final String driver, final DpdkArguments arguments, final String port, final String address)
            throws IOException {
        final String name = arguments.argumentOfPort(port, "iface");
        if (!driver.equals(TAP) || name.isEmpty()) {
            throw new IOException("DPDK's port " + port + " has no end in the kernel that could be given " + address
                    + "; use --vdev=net_tap0,iface=NAME, or leave millrace.port.host-address out and set the other end up"
                    + " with ip");
        }
        try (HostInterface host = new HostInterface(name)) {
            if (Ipv6Prefix.isMeant(address)) {
                host.address(Ipv6Prefix.parse(address));
            } else {
                host.address(Ipv4Prefix.parse(address));
            }
            host.up(true);
        } catch (final IllegalArgumentException e) {
            throw new IOException("host address of " + port + ": " + e.getMessage(), e);
        }
    }
}
