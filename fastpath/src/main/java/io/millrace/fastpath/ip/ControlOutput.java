package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.ArpPacket;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.Icmpv6Header;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;

/**
 * What the control plane sends, as {@link io.millrace.fastpath.control.EngineCommands} says: each over the link that it
 * names. What finds no frame or no place is lost, counted; all of it repeats itself. Thread: the engine's.
 */
public final class ControlOutput {
    /** RFC 3376 §4: the type of service of reports. */
    private static final int INTERNETWORK_CONTROL = 0xC0;

    private final IpOutput output;
    private final EngineControl control;
    private final EngineCounters counters;
    private final boolean linkLayer;
    private final OutgoingDatagram igmp = new OutgoingDatagram(IpProtocol.IGMP).hopLimit(1).routerAlert(true)
            .loopback(false).dscpEcn(INTERNETWORK_CONTROL);
    /** RFC 6980 §5: Neighbour Discovery is never fragmented. */
    private final OutgoingDatagram icmpv6 = new OutgoingDatagram(IpProtocol.ICMPV6).loopback(false)
            .fragmentation(Fragmentation.NOWHERE);
    private final Icmpv6Header icmpv6Header = new Icmpv6Header();
    private final OutgoingDatagram udp = new OutgoingDatagram(IpProtocol.UDP);

    public ControlOutput(final IpOutput output, final EngineControl control, final EngineCounters counters) {
        this.output = output;
        this.control = control;
        this.counters = counters;
        this.linkLayer = output.links().capabilities(0).linkLayer();
    }

    /** Sends an IGMP message (RFC 3376 §4): Router Alert, time to live 1, precedence of internetwork control. */
    public void sendIgmp(final int link, final int source, final int destination, final long address,
            final int length) {
        igmp.source(0, IpAddress.v4(source)).destination(0, IpAddress.v4(destination)).onLink(link)
                .payload(address, length, 0, 0);
        output.sendDatagram(igmp, IpOutput.GROUP);
    }

    /**
     * Sends an ICMPv6 message of Neighbour Discovery or Multicast Listener Discovery; its checksum is filled in where it
     * lies.
     */
    public void sendIcmpv6(final int link, final long sourceHi, final long sourceLo, final long hi, final long lo,
            final long linkDestination, final int hopLimit, final boolean routerAlert, final long address,
            final int length) {
        icmpv6Header.wrap(address, length);
        icmpv6Header.updateChecksum(sourceHi, sourceLo, hi, lo);
        icmpv6.source(sourceHi, sourceLo).destination(hi, lo).onLink(link).hopLimit(hopLimit)
                .routerAlert(routerAlert).payload(address, length, 0, 0);
        sendTo(linkDestination, icmpv6, hopLimit);
    }

    /** Sends a UDP datagram. */
    public void sendUdp(final int link, final int source, final int destination, final long linkDestination,
            final long address, final int length) {
        udp.source(0, IpAddress.v4(source)).destination(0, IpAddress.v4(destination)).onLink(link)
                .payload(address, length, 0, 0);
        sendTo(linkDestination, udp, control.routes().hopLimit());
    }

    /** @param linkDestination the MAC that it goes to; 0: what follows from the destination. */
    private void sendTo(final long linkDestination, final OutgoingDatagram datagram, final int hopLimit) {
        if (linkDestination == 0 || !linkLayer) {
            output.sendDatagram(datagram, IpOutput.UNKNOWN);
        } else {
            output.sendToMac(datagram, linkDestination, hopLimit);
        }
    }

    /** Sends an ARP packet. */
    public void sendArp(final int link, final int operation, final long senderMac, final int senderIp,
            final long targetMac, final int targetIp) {
        final long frame = output.acquire(link);
        if (frame == 0) {
            counters.increment(Counter.TRANSMIT_NO_FRAME);
            return;
        }
        final long ethernet = Frame.room(frame) + Frame.ETHERNET_IN_ROOM;
        final long asked = targetMac == EthernetHeader.BROADCAST ? 0 : targetMac;
        EthernetHeader.write(ethernet, targetMac, senderMac, EthernetHeader.ETHERTYPE_ARP);
        ArpPacket.write(ethernet + EthernetHeader.LENGTH, operation, senderMac, senderIp, asked, targetIp);
        Frame.length(frame, EthernetHeader.LENGTH + ArpPacket.LENGTH);
        output.transmit(frame);
    }
}
