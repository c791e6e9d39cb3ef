package io.millrace.interop;

import io.millrace.nativeports.NetworkNamespace;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A veth: one end is the kernel's, the other lives in a namespace of its own and has no address of the kernel. */
final class VethLink implements KernelLink {
    private final String scheme;
    private final boolean kernelOffloads;
    private final String options;
    private final String queues;
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
        this(scheme, kernelOffloads, options, 1);
    }

    /** @param queues of both ends. */
    VethLink(final String scheme, final boolean kernelOffloads, final String options, final int queues) {
        this.scheme = scheme;
        this.queues = Integer.toString(queues);
        this.options = options;
        this.kernelOffloads = kernelOffloads;
    }

    @Override
    public String join(final NetworkNamespace kernel, final boolean offloads) throws IOException {
        final NetworkNamespace beside = new NetworkNamespace();
        stackSide = beside;
        beside.run("ip", "link", "add", "mr0", "numtxqueues", queues, "numrxqueues", queues, "type", "veth", "peer",
                "name", "mr0", "numtxqueues", queues, "numrxqueues", queues, "netns", kernel.name());
        // the kernel of this end says nothing of its own
        beside.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/mr0/disable_ipv6");
        beside.run("ip", "link", "set", "mr0", "up");
        if (!offloads && !kernelOffloads) {
            KernelInterop.requireTool("ethtool");
            kernel.run("ethtool", "-K", "mr0", "tx", "off", "tso", "off", "gso", "off");
        }
        kernel.run("ip", "address", "add", KernelInterop.KERNEL + "/24", "dev", "mr0");
        kernel.run("ip", "link", "set", "mr0", "up");
        return "millrace.port.device = \"" + scheme + ":mr0@" + beside.name() + options + "\"\n";
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
