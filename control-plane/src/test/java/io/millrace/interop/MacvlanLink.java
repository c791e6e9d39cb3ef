package io.millrace.interop;

import io.millrace.nativeports.NetworkNamespace;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A veth whose one end is the interface of a host with an address of its own, and a macvlan on it, with another Ethernet
 * address, that the stack has for itself.
 */
final class MacvlanLink implements KernelLink {
    /** The host's own. */
    static final String HOST = "10.77.0.3";

    private @Nullable NetworkNamespace host;

    @Override
    public String join(final NetworkNamespace kernel, final boolean offloads) throws IOException {
        final NetworkNamespace beside = new NetworkNamespace();
        host = beside;
        beside.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "mr0", "netns", kernel.name());
        beside.run("ip", "address", "add", HOST + "/24", "dev", "eth0");
        beside.run("ip", "link", "set", "eth0", "up");
        beside.run("ip", "link", "add", "mr0", "link", "eth0", "type", "macvlan", "mode", "bridge");
        // the kernel shall not make itself the link-local address that the stack has
        beside.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/mr0/disable_ipv6");
        beside.run("ip", "link", "set", "mr0", "up");
        kernel.run("ip", "address", "add", KernelInterop.KERNEL + "/24", "dev", "mr0");
        kernel.run("ip", "link", "set", "mr0", "up");
        return "millrace.port.device = \"af-packet:mr0@" + beside.name() + ",mac=interface\"\n";
    }

    @Override
    public void close() {
        if (host != null) {
            host.close();
        }
    }
}
