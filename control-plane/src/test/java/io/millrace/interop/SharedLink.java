package io.millrace.interop;

import io.millrace.nativeports.NetworkNamespace;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A veth whose one end is the interface of a host that has the stack's addresses too: it keeps them, and the stack takes
 * some of their ports.
 */
final class SharedLink implements KernelLink {
    private final boolean offloads;
    private final String ports;
    private @Nullable NetworkNamespace host;

    /**
     * @param offloads of both kernels, whatever the stack does.
     * @param ports    the stack's, HOCON.
     */
    SharedLink(final boolean offloads, final String ports) {
        this.offloads = offloads;
        this.ports = ports;
    }

    /** The host beside the stack. */
    NetworkNamespace host() {
        return Objects.requireNonNull(host);
    }

    @Override
    public String join(final NetworkNamespace kernel, final boolean stackOffloads) throws IOException {
        final NetworkNamespace beside = new NetworkNamespace();
        host = beside;
        beside.run("ip", "link", "add", "mr0", "type", "veth", "peer", "name", "mr0", "netns", kernel.name());
        beside.run("ip", "address", "add", Family.V4.stack + "/" + Family.V4.prefixLength(), "dev", "mr0");
        beside.run("ip", "address", "add", Family.V6.stack + "/" + Family.V6.prefixLength(), "dev", "mr0", "nodad");
        // else an address that is configured later may still be unsure
        beside.run("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/mr0/accept_dad");
        beside.run("ip", "link", "set", "mr0", "up");
        if (!offloads) {
            KernelInterop.requireTool("ethtool");
            kernel.run("ethtool", "-K", "mr0", "tx", "off", "tso", "off", "gso", "off");
        }
        kernel.run("ip", "address", "add", Family.V4.kernel + "/" + Family.V4.prefixLength(), "dev", "mr0");
        kernel.run("ip", "link", "set", "mr0", "up");
        return device() + "millrace.port.shared-ports = " + ports + "\n";
    }

    /** The configuration of the device alone, HOCON. */
    String device() {
        return "millrace.port.device = \"af-packet:mr0@" + host().name() + "\"\n";
    }

    /** Runs a command on the host, which must succeed; returns what it printed. */
    String onHost(final String... command) throws IOException {
        return host().run(command);
    }

    @Override
    public void close() {
        if (host != null) {
            host.close();
        }
    }
}
