package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.nativeports.NetworkNamespace;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A veth: one end is the kernel's, the other lives in a namespace of its own and has no address of the kernel. */
final class VethLink implements KernelLink {
    private final String scheme;
    private final boolean kernelOffloads;
    private final String options;
    private @Nullable NetworkNamespace stackSide;

    /**
     * @param scheme         of the port on the stack's end.
     * @param kernelOffloads true: the kernel sends unfinished checksums and segments of 64 KiB whatever the stack does.
     */
    VethLink(final String scheme, final boolean kernelOffloads) {
        this(scheme, kernelOffloads, "");
    }

    /** @param options behind the interface's name and its namespace. */
    VethLink(final String scheme, final boolean kernelOffloads, final String options) {
        this.scheme = scheme;
        this.options = options;
        this.kernelOffloads = kernelOffloads;
    }

    @Override
    public String join(final NetworkNamespace kernel, final boolean offloads) throws IOException {
        final NetworkNamespace beside = new NetworkNamespace();
        stackSide = beside;
        run(beside, "ip", "link", "add", "mr0", "type", "veth", "peer", "name", "mr0", "netns", kernel.name());
        // the kernel of this end says nothing of its own
        run(beside, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/mr0/disable_ipv6");
        run(beside, "ip", "link", "set", "mr0", "up");
        if (!offloads && !kernelOffloads) {
            KernelInterop.requireTool("ethtool");
            run(kernel, "ethtool", "-K", "mr0", "tx", "off", "tso", "off", "gso", "off");
        }
        run(kernel, "ip", "address", "add", KernelInterop.KERNEL + "/24", "dev", "mr0");
        run(kernel, "ip", "link", "set", "mr0", "up");
        return "millrace.port.device = \"" + scheme + ":mr0@" + beside.name() + options + "\"\n";
    }

    private static void run(final NetworkNamespace namespace, final String... command) throws IOException {
        final NetworkNamespace.Output output = namespace.exec(command);
        assertThat(output.exitCode()).as(String.join(" ", command) + ": " + output.text()).isZero();
    }

    @Override
    public NetworkNamespace stackSide(final NetworkNamespace kernel) {
        return Objects.requireNonNull(stackSide);
    }

    @Override
    public void close() {
        if (stackSide != null) {
            stackSide.close();
        }
    }
}
