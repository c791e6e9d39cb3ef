package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.ArpPacket;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.Icmpv4Header;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.VlanTag;
import org.jspecify.annotations.Nullable;

/**
 * The way in: validation (RFC 1122 §3.2.1), reassembly and demultiplexing; IPv6 from its header on is
 * {@link Ipv6Input}'s. Each header is length-checked once; what is
 * wrong costs one counter. Frames stay the caller's.
 * <p>
 * Thread: the engine's.
 */
public final class IpInput implements AutoCloseable {
    static final int CHECKSUM_TRUSTED = Frame.CHECKSUM_PARTIAL | Frame.CHECKSUM_VALID;
    private static final long GROUP_BIT = 0x0100_0000_0000L;

    private final Links links;
    private final boolean linkLayer;
    private final EngineControl control;
    private final EngineCounters counters;
    private final TransportInput transport;
    private final DatagramInput datagrams;
    private final Icmp icmp;
    private final DhcpInput dhcp;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final VlanTag tag = new VlanTag();
    private final ArpPacket arp = new ArpPacket();
    private final Ipv4Header ip = new Ipv4Header();
    private final Fragment fragment = new Fragment();
    private final Ipv6Input ipv6;
    private final PlainSegment plain;
    private final @Nullable Reassembly reassembly;
    /** The packet at hand is for a broadcast address or a multicast group. */
    private boolean toGroup;

    public IpInput(final Links links, final EngineControl control, final EngineCounters counters,
            final TransportInput transport, final DatagramInput datagrams, final Icmp icmp,
            final ReassemblySettings settings) {
        this.links = links;
        this.linkLayer = links.capabilities(0).linkLayer();
        this.control = control;
        this.counters = counters;
        this.transport = transport;
        this.datagrams = datagrams;
        this.icmp = icmp;
        this.dhcp = new DhcpInput(control, counters);
        this.plain = new PlainSegment(links, control);
        this.reassembly = settings.memoryBytes() == 0
                ? null
                : new Reassembly(settings, counters, control.hashSeed());
        this.ipv6 = new Ipv6Input(control, counters, transport, datagrams, icmp.v6(), reassembly);
    }

    /** How long a datagram waits for its fragments, where the first comes from now on. */
    public void reassemblyTimeoutNs(final long timeoutNs) {
        if (reassembly != null) {
            reassembly.timeoutNs(timeoutNs);
        }
    }

    /** A frame from the port. */
    public void onFrame(final long frame, final long nowNs) {
        if (plain.isSegment(frame)) {
            onPlainSegment(frame, nowNs);
        } else {
            onAnyFrame(frame, nowNs);
        }
    }

    private void onPlainSegment(final long frame, final long nowNs) {
        transport.onSegment(0, plain.local(), 0, plain.remote(), plain.segment(), plain.length(), isTrusted(frame),
                plain.ecn(), arrivedNs(frame, nowNs));
    }

    /** Any frame, be it one that {@link PlainSegment} knows. */
    void onAnyFrame(final long frame, final long nowNs) {
        final long address = Frame.data(frame);
        final int length = Frame.length(frame);
        if (linkLayer) {
            onEthernet(frame, address, length, nowNs);
        } else if (isV6(address, length)) {
            ipv6.onPacket(frame, address, length, false, 0, false, nowNs);
        } else {
            onPacket(frame, address, length, false, false, nowNs);
        }
    }

    /** A frame that the stack sent to itself. */
    public void onLocalFrame(final long frame, final long nowNs) {
        if (plain.isLocalSegment(frame)) {
            onPlainSegment(frame, nowNs);
        } else {
            onAnyLocalFrame(frame, nowNs);
        }
    }

    /** Any of those, be it one that {@link PlainSegment} knows. */
    void onAnyLocalFrame(final long frame, final long nowNs) {
        final long address = Frame.data(frame);
        final int length = Frame.length(frame);
        if (isV6(address, length)) {
            ipv6.onPacket(frame, address, length, false, 0, true, nowNs);
        } else {
            onPacket(frame, address, length, false, true, nowNs);
        }
    }

    private static boolean isV6(final long address, final int length) {
        return length > 0 && Ipv6Header.isV6(address);
    }

    private void onEthernet(final long frame, final long address, final int length, final long nowNs) {
        if (!ethernet.wrap(address, length)) {
            counters.increment(Counter.ETHERNET_TRUNCATED);
            return;
        }
        final long destination = ethernet.destination();
        final boolean group = (destination & GROUP_BIT) != 0;
        if (!group && destination != links.capabilities(Frame.link(frame)).macAddress()) {
            counters.increment(Counter.ETHERNET_NOT_FOR_US);
            return;
        }
        final int header = EthernetHeader.LENGTH + priorityTagLength(address, length);
        final long payload = address + header;
        final int rest = length - header;
        switch (Memory.getShortBE(payload - Short.BYTES)) {
            case EthernetHeader.ETHERTYPE_IPV4 -> onPacket(frame, payload, rest, group, false, nowNs);
            case EthernetHeader.ETHERTYPE_IPV6 -> ipv6.onPacket(frame, payload, rest, group, ethernet.source(), false,
                    nowNs);
            case EthernetHeader.ETHERTYPE_ARP -> onArp(Frame.link(frame), payload, rest);
            default -> counters.increment(Counter.ETHERNET_UNKNOWN_TYPE);
        }
    }

    /** Bytes of a tag that names no VLAN, only a priority (IEEE 802.1Q, VLAN 0): such a frame is as good as untagged. */
    private int priorityTagLength(final long address, final int length) {
        return VlanTag.follows(address)
                && tag.wrap(address + EthernetHeader.LENGTH, length - EthernetHeader.LENGTH) && tag.vlanId() == 0
                        ? VlanTag.LENGTH
                        : 0;
    }

    private void onArp(final int link, final long address, final int length) {
        if (!arp.wrap(address, length)) {
            counters.increment(Counter.ARP_MALFORMED);
            return;
        }
        counters.increment(Counter.ARP_RECEIVED);
        control.events().onArp(link, arp.operation(), arp.senderMac(), arp.senderIp(), arp.targetIp());
    }

    private void onPacket(final long frame, final long address, final int length, final boolean group,
            final boolean fromHere, final long nowNs) {
        if (!ip.wrap(address, length)) {
            counters.increment(Counter.IP_MALFORMED);
        } else if (!ip.checksumValid()) {
            counters.increment(Counter.IP_BAD_CHECKSUM);
        } else if (isBadSource(ip.source(), fromHere) && !isQuerierWithoutAddress()) {
            counters.increment(Counter.IP_BAD_SOURCE);
        } else if (ip.hasSourceRoute()) {
            counters.increment(Counter.IP_SOURCE_ROUTE);
        } else if (!(linkLayer && !fromHere
                && dhcp.take(ip, Frame.link(frame), ethernet.source(), isTrusted(frame)))
                && isForUs(group)) {
            if (ip.isFragment()) {
                onFragment(frame, nowNs);
            } else {
                deliver(frame, isTrusted(frame), false, nowNs);
            }
        }
    }

    /** Payload bytes of each datagram where the frame stands for several; else 0. */
    static int datagramSegment(final long frame) {
        final int size = Frame.gsoSize(frame);
        return size != 0 && Frame.gsoType(frame) == Frame.GSO_UDP ? size : 0;
    }

    private static boolean isTrusted(final long frame) {
        return (Frame.flags(frame) & CHECKSUM_TRUSTED) != 0;
    }

    /** @param linkGroup the frame came to a group address of the link layer. */
    private boolean isForUs(final boolean linkGroup) {
        final RouteSnapshot routes = control.routes();
        final long local = IpAddress.v4(ip.destination());
        if (routes.isOwn(0, local)) {
            toGroup = false;
            if (linkGroup) {
                // RFC 1122 §3.3.6: a unicast packet in a link-layer broadcast is dropped without a word
                counters.increment(Counter.IP_IN_LINK_BROADCAST);
            }
            return !linkGroup;
        }
        toGroup = routes.isBroadcast(0, local) || routes.isJoined(0, local);
        if (!toGroup) {
            counters.increment(Counter.IP_NOT_FOR_US);
        }
        return toGroup;
    }

    private void onFragment(final long frame, final long nowNs) {
        counters.increment(Counter.IP_FRAGMENTS_RECEIVED);
        final Reassembly fragments = reassembly;
        if (fragments == null) {
            counters.increment(Counter.IP_FRAGMENT_REFUSED);
        } else if (fragments.add(fragment.of(ip), nowNs)) {
            ip.wrapUnchecked(fragments.datagram());
            deliver(frame, false, true, nowNs);
        }
    }

    private void deliver(final long frame, final boolean trusted, final boolean reassembled, final long nowNs) {
        final int protocol = ip.protocol();
        if (protocol == IpProtocol.IGMP) {
            onIgmp(Frame.link(frame));
        } else if (protocol == IpProtocol.UDP) {
            onDatagram(reassembled ? 0 : datagramSegment(frame), trusted, nowNs);
        } else if (toGroup) {
            counters.increment(Counter.IP_BROADCAST);
        } else if (protocol == IpProtocol.TCP) {
            onSegment(trusted, reassembled, arrivedNs(frame, nowNs));
        } else if (protocol == IpProtocol.ICMP) {
            icmp.onMessage(ip, nowNs);
        } else {
            counters.increment(Counter.IP_UNKNOWN_PROTOCOL);
            icmp.sendUnreachable(Icmpv4Header.PROTOCOL_UNREACHABLE, ip, nowNs);
        }
    }

    private void onSegment(final boolean trusted, final boolean reassembled, final long arrivedNs) {
        final long local = IpAddress.v4(ip.destination());
        final long remote = IpAddress.v4(ip.source());
        final long segment = ip.payloadAddress();
        final int length = ip.payloadLength();
        if (reassembled && control.engines() > 1 && !control.segmentsOfOthers().placement().isKnown()
                && !transport.isKnown(0, local, 0, remote, segment, length)) {
            // fragments go to the queue of their addresses, the connection may be on any: no reset for that
            counters.increment(Counter.IP_REASSEMBLED_ELSEWHERE);
        } else {
            transport.onSegment(0, local, 0, remote, segment, length, trusted, ip.dscpEcn() & Ipv4Header.ECN_MASK,
                    arrivedNs);
        }
    }

    private void onDatagram(final int segment, final boolean trusted, final long nowNs) {
        final long local = IpAddress.v4(ip.destination());
        int flags = segment << DatagramInput.SEGMENT_SHIFT | (trusted ? DatagramInput.CHECKSUM_TRUSTED : 0);
        if (toGroup) {
            flags |= IpAddress.isMulticast(0, local) ? DatagramInput.MULTICAST : DatagramInput.BROADCAST;
        }
        final boolean taken = datagrams.onDatagram(0, local, 0, IpAddress.v4(ip.source()), ip.payloadAddress(),
                ip.payloadLength(), flags);
        if (!taken && toGroup) {
            // nobody is told where a broadcast is not wanted (RFC 1122 §3.2.2)
            counters.increment(Counter.IP_BROADCAST);
        } else if (!taken) {
            icmp.sendUnreachable(Icmpv4Header.PORT_UNREACHABLE, ip, nowNs);
        }
    }

    private void onIgmp(final int link) {
        if (ip.payloadLength() < IgmpMessage.MIN_LENGTH || ip.payloadLength() > EngineCommands.MAX_IGMP_LENGTH) {
            counters.increment(Counter.IGMP_MALFORMED);
        } else if (Checksum.of(ip.payloadAddress(), ip.payloadLength()) != 0) {
            counters.increment(Counter.IGMP_BAD_CHECKSUM);
        } else {
            counters.increment(Counter.IGMP_RECEIVED);
            control.events().onIgmp(link, ip.source(), ip.destination(), ip.payloadAddress(), ip.payloadLength());
        }
    }

    /** Drops datagrams whose fragments did not come in time; returns how many. */
    public int onTimers(final long nowNs) {
        int expired = 0;
        for (final Reassembly fragments = reassembly; fragments != null
                && fragments.nextDeadlineNs() <= nowNs; expired++) {
            if (fragments.expire()) {
                onReassemblyTimeout(fragments.datagram(), fragments.expiredLink(), nowNs);
            }
        }
        return expired;
    }

    private void onReassemblyTimeout(final long packet, final int link, final long nowNs) {
        if (Ipv6Header.isV6(packet)) {
            ipv6.onReassemblyTimeout(packet, link, nowNs);
        } else {
            icmp.sendReassemblyTimeExceeded(ip.wrapUnchecked(packet), nowNs);
        }
    }

    /** When {@link #onTimers} has something to do; {@link Long#MAX_VALUE} where nothing waits. */
    public long nextDeadlineNs() {
        return reassembly == null ? Long.MAX_VALUE : reassembly.nextDeadlineNs();
    }

    @Override
    public void close() {
        if (reassembly != null) {
            reassembly.close();
        }
    }

    /** The port's time of arrival, where it has one. */
    static long arrivedNs(final long frame, final long nowNs) {
        final long stampNs = Frame.timestampNs(frame);
        return stampNs == 0 ? nowNs : stampNs;
    }

    /** A switch that asks in place of a router has no address (RFC 4541 §2.1.1). */
    private boolean isQuerierWithoutAddress() {
        return ip.source() == 0 && ip.protocol() == IpProtocol.IGMP;
    }

    /**
     * RFC 1122 §3.2.1.3: no broadcast, multicast, class E, loopback or "this network" as a source; and from outside no
     * address of ours, with which a listener could be made to talk to itself.
     */
    private boolean isBadSource(final int source, final boolean fromHere) {
        return isBadSource(control.routes(), source, fromHere);
    }

    static boolean isBadSource(final RouteSnapshot routes, final int source, final boolean fromHere) {
        final int first = source >>> 24;
        final long address = IpAddress.v4(source);
        return first >= 224 || first == 127 || first == 0 || !fromHere && routes.isOwn(0, address)
                || routes.isBroadcast(0, address);
    }
}
