package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.ArpPacket;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.Icmpv4Header;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;

/**
 * The way in: validation (RFC 1122 §3.2.1) and demultiplexing. Each header is length-checked once; what is wrong costs
 * one counter. Frames stay the caller's.
 * <p>
 * Thread: the engine's.
 */
public final class IpInput {
    private static final int CHECKSUM_TRUSTED = Frame.CHECKSUM_PARTIAL | Frame.CHECKSUM_VALID;
    private static final long GROUP_BIT = 0x0100_0000_0000L;

    private final PortCapabilities capabilities;
    private final EngineControl control;
    private final EngineCounters counters;
    private final TransportInput transport;
    private final DatagramInput datagrams;
    private final Icmp icmp;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final ArpPacket arp = new ArpPacket();
    private final Ipv4Header ip = new Ipv4Header();

    public IpInput(final PortCapabilities capabilities, final EngineControl control, final EngineCounters counters,
            final TransportInput transport, final DatagramInput datagrams, final Icmp icmp) {
        this.capabilities = capabilities;
        this.control = control;
        this.counters = counters;
        this.transport = transport;
        this.datagrams = datagrams;
        this.icmp = icmp;
    }

    /** A frame from the port. */
    public void onFrame(final long frame, final long nowNs) {
        final long address = Frame.data(frame);
        final int length = Frame.length(frame);
        if (!capabilities.linkLayer()) {
            onPacket(frame, address, length, false, false, nowNs);
        } else if (!ethernet.wrap(address, length)) {
            counters.increment(Counter.ETHERNET_TRUNCATED);
        } else {
            onEthernet(frame, address, length, nowNs);
        }
    }

    /** A frame that the stack sent to itself. */
    public void onLocalFrame(final long frame, final long nowNs) {
        onPacket(frame, Frame.data(frame), Frame.length(frame), false, true, nowNs);
    }

    private void onEthernet(final long frame, final long address, final int length, final long nowNs) {
        final long destination = ethernet.destination();
        final boolean group = (destination & GROUP_BIT) != 0;
        if (!group && destination != capabilities.macAddress()) {
            counters.increment(Counter.ETHERNET_NOT_FOR_US);
            return;
        }
        final long payload = address + EthernetHeader.LENGTH;
        final int rest = length - EthernetHeader.LENGTH;
        switch (ethernet.etherType()) {
            case EthernetHeader.ETHERTYPE_IPV4 -> onPacket(frame, payload, rest, group, false, nowNs);
            case EthernetHeader.ETHERTYPE_ARP -> onArp(payload, rest);
            default -> counters.increment(Counter.ETHERNET_UNKNOWN_TYPE);
        }
    }

    private void onArp(final long address, final int length) {
        if (!arp.wrap(address, length)) {
            counters.increment(Counter.ARP_MALFORMED);
            return;
        }
        counters.increment(Counter.ARP_RECEIVED);
        control.events().onArp(arp.operation(), arp.senderMac(), arp.senderIp(), arp.targetIp());
    }

    private void onPacket(final long frame, final long address, final int length, final boolean group,
            final boolean fromHere, final long nowNs) {
        if (!ip.wrap(address, length)) {
            counters.increment(Counter.IP_MALFORMED);
        } else if (!ip.checksumValid()) {
            counters.increment(Counter.IP_BAD_CHECKSUM);
        } else if (isBadSource(ip.source(), fromHere)) {
            counters.increment(Counter.IP_BAD_SOURCE);
        } else if (ip.isFragment()) {
            counters.increment(Counter.IP_FRAGMENT);
        } else if (ip.hasSourceRoute()) {
            counters.increment(Counter.IP_SOURCE_ROUTE);
        } else {
            deliver(frame, group, nowNs);
        }
    }

    private void deliver(final long frame, final boolean group, final long nowNs) {
        final RouteSnapshot routes = control.routes();
        final long local = IpAddress.v4(ip.destination());
        if (!routes.isOwn(0, local)) {
            deliverToMany(frame, routes, local);
            return;
        }
        if (group) {
            // RFC 1122 §3.3.6: a unicast packet in a link-layer broadcast is dropped without a word
            counters.increment(Counter.IP_IN_LINK_BROADCAST);
            return;
        }
        final long remote = IpAddress.v4(ip.source());
        final boolean trusted = (Frame.flags(frame) & CHECKSUM_TRUSTED) != 0;
        switch (ip.protocol()) {
            case IpProtocol.TCP -> transport.onSegment(0, local, 0, remote, ip.payloadAddress(), ip.payloadLength(),
                    trusted, ip.dscpEcn() & Ipv4Header.ECN_MASK, arrivedNs(frame, nowNs));
            case IpProtocol.ICMP -> icmp.onMessage(ip, nowNs);
            case IpProtocol.UDP -> {
                if (!datagrams.onDatagram(0, local, 0, remote, ip.payloadAddress(), ip.payloadLength(),
                        trusted ? DatagramInput.CHECKSUM_TRUSTED : 0)) {
                    icmp.sendUnreachable(Icmpv4Header.PORT_UNREACHABLE, ip, nowNs);
                }
            }
            default -> {
                counters.increment(Counter.IP_UNKNOWN_PROTOCOL);
                icmp.sendUnreachable(Icmpv4Header.PROTOCOL_UNREACHABLE, ip, nowNs);
            }
        }
    }

    /** What is sent to everyone or to a group goes to UDP alone, and nobody is told where nobody wants it. */
    private void deliverToMany(final long frame, final RouteSnapshot routes, final long local) {
        final boolean multicast = IpAddress.isMulticast(0, local);
        final boolean broadcast = routes.isBroadcast(0, local);
        if (ip.protocol() == IpProtocol.UDP && (multicast || broadcast)) {
            final boolean trusted = (Frame.flags(frame) & CHECKSUM_TRUSTED) != 0;
            final int flags = (multicast ? DatagramInput.MULTICAST : DatagramInput.BROADCAST)
                    | (trusted ? DatagramInput.CHECKSUM_TRUSTED : 0);
            if (datagrams.onDatagram(0, local, 0, IpAddress.v4(ip.source()), ip.payloadAddress(), ip.payloadLength(),
                    flags)) {
                return;
            }
        }
        counters.increment(broadcast ? Counter.IP_BROADCAST : Counter.IP_NOT_FOR_US);
    }

    /** The port's time of arrival, where it has one. */
    private static long arrivedNs(final long frame, final long nowNs) {
        final long stampNs = Frame.timestampNs(frame);
        return stampNs == 0 ? nowNs : stampNs;
    }

    /**
     * RFC 1122 §3.2.1.3: no broadcast, multicast, class E, loopback or "this network" as a source; and from outside no
     * address of ours, with which a listener could be made to talk to itself.
     */
    private boolean isBadSource(final int source, final boolean fromHere) {
        final int first = source >>> 24;
        final long address = IpAddress.v4(source);
        return first >= 224 || first == 127 || first == 0 || !fromHere && control.routes().isOwn(0, address)
                || control.routes().isBroadcast(0, address);
    }
}
