package io.millrace.interop;

import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.dpdk.Rings;
import java.io.IOException;

/** A port of DPDK whose other end is the kernel's: the driver makes the interface itself, or sits on one end of a veth. */
final class DpdkLink implements KernelLink {
    private static final String OURS = "mrd0";

    private final String device;
    private final boolean onVeth;

    private DpdkLink(final String device, final boolean onVeth) {
        this.device = device;
        this.onVeth = onVeth;
    }

    /** net_tap: each frame is a system call; checksums can be left to the driver. */
    static KernelLink tap() {
        return new DpdkLink("net_tap0,iface=mr0", false);
    }

    /** net_af_packet: rings that the kernel shares. */
    static KernelLink packetSocket() {
        return packetSockets(1);
    }

    /** @param count one for each engine. */
    static KernelLink packetSockets(final int count) {
        return new DpdkLink("net_af_packet0,iface=" + OURS + ",qpairs=" + count, true);
    }

    /** net_af_xdp: memory that the kernel shares. */
    static KernelLink xdpSocket() {
        return new DpdkLink("net_af_xdp0,iface=" + OURS, true);
    }

    @Override
    public String join(final NetworkNamespace kernel, final boolean offloads) throws IOException {
        Rings.startEal();
        if (onVeth) {
            makeVeth(kernel);
        }
        return """
                millrace.port { device = "dpdk:%s --vdev=%s", host-address = "%s" }
                """.formatted(Rings.EAL, device, onVeth ? "" : KernelInterop.KERNEL + "/24");
    }

    /** The driver can tell neither an unfinished checksum nor a segment of 64 KiB, so the kernel must send none. */
    private static void makeVeth(final NetworkNamespace kernel) throws IOException {
        KernelInterop.requireTool("ethtool");
        kernel.run("ip", "link", "add", OURS, "type", "veth", "peer", "name", "mr0");
        // the kernel of this end says nothing of its own
        kernel.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/" + OURS + "/disable_ipv6");
        kernel.run("ethtool", "-K", "mr0", "tx", "off", "tso", "off", "gso", "off");
        kernel.run("ip", "address", "add", KernelInterop.KERNEL + "/24", "dev", "mr0");
        kernel.run("ip", "link", "set", OURS, "up");
        kernel.run("ip", "link", "set", "mr0", "up");
    }
}
