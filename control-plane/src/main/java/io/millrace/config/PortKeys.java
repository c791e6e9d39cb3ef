package io.millrace.config;

import static io.millrace.config.ValueTypes.bytes;
import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.cidr;
import static io.millrace.config.ValueTypes.device;
import static io.millrace.config.ValueTypes.file;
import static io.millrace.config.ValueTypes.furtherPort;
import static io.millrace.config.ValueTypes.list;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.optional;
import static io.millrace.config.ValueTypes.portInterval;
import static io.millrace.config.ValueTypes.sharedPort;
import static io.millrace.config.ValueTypes.rssKey;
import static io.millrace.config.ValueTypes.whole;
import static io.millrace.config.ValueTypes.wholePowerOfTwo;

import io.millrace.fastpath.port.PortGroup;
import io.millrace.fastpath.port.RssKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code millrace.port}: the packet device, and {@code millrace.ports}: further ones. Limits are those of {@link io.millrace.fastpath.port.DeviceRequest}. */
public final class PortKeys {
    static final String GROUP = "millrace.port";

    /** Which device. */
    public static final ConfigKey<DeviceSpec> DEVICE = ConfigKey.of(GROUP + ".device", device(),
            new DeviceSpec("memory", ""), null,
            """
                    memory (nobody but the stack itself), tap:NAME, tun:NAME, af-packet:IF, shm:FILE, pcap:FILE,
                    "dpdk:EAL-ARGS" and more, which `millrace --version` lists; auto or auto:IF: the best of them, for an
                    interface or without one (`millrace doctor` says which). Settings of a kind of port stand in a group
                    of its name below, or here in short hand: "af-packet:eth0@NAMESPACE,mac=interface".
                    """);

    /** MTU of the device. */
    public static final ConfigKey<Long> MTU = ConfigKey.of(GROUP + ".mtu", bytes(576, 65_535), 1_500L,
            "mtu of a link (ip link set mtu)", """
                    Largest IP packet of a frame, in bytes. Both sides of the link must have the same.
                    IPv6 needs 1280 or more.
                    """);

    /** Frames of a pool. */
    public static final ConfigKey<Integer> FRAMES = ConfigKey.of(GROUP + ".frames", wholePowerOfTwo(16, 65_536), 1_024,
            "ring sizes of a NIC (ethtool -G)", """
                    Frames of each queue's pool. A port with offloads takes 68 KiB of memory for each, another port
                    the MTU and some. A packet socket (af-packet) takes as much whatever it is to offload, and up to
                    as much again in the kernel. An empty pool postpones output and leaves input with the device.
                    """);

    /** Checksum and segmentation offload. */
    public static final ConfigKey<Boolean> OFFLOADS = ConfigKey.of(GROUP + ".offloads", onOff(), true,
            "offloads of a NIC (ethtool -K tx, rx, tso, gro)", """
                    Leave checksums and segmentation to the device where it can: four times the throughput on a TAP.
                    Off makes a capture show the frames as they would pass a wire; a packet socket (af-packet) still
                    receives them as the sender's kernel has left them (ethtool -K there decides).
                    """);

    /** SYNs apart from everything else. */
    public static final ConfigKey<Boolean> SEPARATE_SYNS = ConfigKey.of(GROUP + ".separate-syns", onOff(), true,
            "TUNSETSTEERINGEBPF of a TAP", """
                    Let SYNs wait in queues of their own, so that a flood of them that is faster than they can be read
                    takes no other frame with it, and those from addresses that have had a connection apart from the
                    rest. A TAP does it where Linux lets the process load a BPF program (root, or CAP_BPF and
                    CAP_NET_ADMIN); else, which the log says, SYNs share a queue with everything else, as with a TUN.
                    """);

    /** The key of the hash that places flows. */
    public static final ConfigKey<Optional<RssKey>> RSS_KEY = ConfigKey.of(GROUP + ".rss-key", optional(rssKey()),
            Optional.empty(), "ethtool -X hkey",
            """
                    Key of the Toeplitz hash that places flows on the queues of several engines, 40 bytes as 80 hexadecimal
                    digits. "": random at each start, so that nobody can aim flows at one engine. Active opens choose
                    ports by it. Of all ports of the stack.
                    """);

    /** Which VLAN of a trunk. */
    public static final ConfigKey<Integer> VLAN = ConfigKey.of(GROUP + ".vlan", whole(0, 4_094), 0,
            "ip link add link DEVICE type vlan id N",
            """
                    The VLAN (IEEE 802.1Q) that the stack lives in: every frame sent carries its tag, frames of
                    other VLANs or without a tag are dropped and counted. 0: untagged frames, and those whose tag has only a
                    priority. The MTU does not count the tag.
                    """);

    /** Address of the host's side of the link. */
    public static final ConfigKey<Optional<Cidr>> HOST_ADDRESS = ConfigKey.of(GROUP + ".host-address",
            optional(cidr()), Optional.empty(), "ip address add", """
                    Address and prefix length to give to the host's side of the link, which is then also set up;
                    needs the right to do so. "" leaves the host's side alone.
                    """);

    /** Which ports of the host's own addresses. */
    public static final ConfigKey<List<SharedPort>> SHARED_PORTS = ConfigKey.of(GROUP + ".shared-ports",
            list(sharedPort()), List.of(), null,
            """
                    Live at the host's own addresses: the stack takes these ports of them, e.g. [443, "8000-8010", "53/udp"]
                    (without a protocol: of TCP and UDP), and the kernel keeps everything else. Addresses and routes are those
                    of the interface unless set; neighbours are not answered, nothing is announced and no group joined.
                    For af-packet:IF, with its MAC.
                    """);

    /** Local ports of active opens then. */
    public static final ConfigKey<PortInterval> SHARED_EPHEMERAL = ConfigKey.of(GROUP + ".shared-ephemeral",
            portInterval(), new PortInterval(61_000, 61_999), "net.ipv4.ip_local_reserved_ports",
            """
                    With shared-ports: local ports of the stack's own connections and datagrams, in the place of
                    millrace.ephemeral-ports. The kernel must not choose them: they lie outside of its
                    net.ipv4.ip_local_port_range, or in ip_local_reserved_ports.
                    """);

    /** Who keeps the kernel off them. */
    public static final ConfigKey<SharedGuard> SHARED_GUARD = ConfigKey.of(GROUP + ".shared-guard",
            choice(SharedGuard.class), SharedGuard.TCX, "tc filter, nft",
            """
                    With shared-ports: what keeps the kernel from answering for them. tcx: a BPF program that the stack puts in
                    front of the kernel (Linux 6.6), and that ends with the process; rule: a rule of yours, of nftables e.g.,
                    that is there already: without one the kernel resets the stack's connections.
                    """);

    /** Where to capture to. */
    public static final ConfigKey<Optional<Path>> CAPTURE = ConfigKey.of(GROUP + ".capture", optional(file()),
            Optional.empty(), null, """
                    File that every frame is written to, in pcapng format, for Wireshark; overwritten at start.
                    Relative to the working directory. "" captures nothing.
                    """);

    /** Further ports. */
    public static final ConfigKey<List<FurtherPort>> FURTHER = ConfigKey
            .of("millrace.ports", list(furtherPort(), PortGroup.MAX_LINKS - 1),
                    List.of(), "further interfaces, without forwarding between them",
                    """
                            Further ports of the same stack: each has a device, addresses or dhcp, and any key of millrace.port by its
                            name; also dhcp-release, dhcp-probe, dhcp-host-name, ipv6 (the mode), accept-ra, autoconf, accept-redirects. mtu,
                            frames, offloads, separate-syns and the dhcp- and IPv6 keys are the first port's where it does not say.
                            `millrace reload` changes addresses of ports; ports neither come nor go.
                            """)
            .changingAtOnce();

    private PortKeys() {}
}
