package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;

/**
 * The way out of the packet that leaves most of all, in one step: a segment, whole and with its checksum, to a next hop that
 * is known, over the only link. It does what {@link IpOutput#send} does for such a one. Thread: the engine's.
 */
public final class PlainOutput {
    private final IpOutput output;
    private final PacketPort port;
    private final EngineControl control;
    private final Links links;
    private final NeighbourTable neighbours;
    private final TransmitQueue queue;
    private final boolean linkLayer;
    private final long macAddress;
    private final boolean summing;
    private int identification;

    PlainOutput(final IpOutput output, final PacketPort port, final EngineControl control,
            final NeighbourTable neighbours, final TransmitQueue queue) {
        this.output = output;
        this.port = port;
        this.control = control;
        this.neighbours = neighbours;
        this.queue = queue;
        this.links = output.links();
        this.linkLayer = links.capabilities(0).linkLayer();
        this.macAddress = links.capabilities(0).macAddress();
        this.summing = links.count() == 1 && !links.capabilities(0).txChecksum();
    }

    /** Of a packet that nobody fragments, whichever way it takes. */
    int nextIdentification() {
        return identification++ & 0xFFFF;
    }

    /** True where a packet may go to a next hop this way now. */
    public boolean leadsTo(final long hop) {
        return summing && (linkLayer ? hop > 0 : hop == IpOutput.DIRECT) && output.isCurrent(control.routes(), hop)
                && (!linkLayer || neighbours.isResolved(HopName.entry(hop)));
    }

    /** A frame for a packet that goes this way; 0 where the pool is empty. */
    public long acquire() {
        return port.acquire();
    }

    /**
     * Sends a segment over IPv4 that lies at {@link IpOutput#payload} of a fresh frame, which is taken.
     *
     * @param length bytes of the segment, header included.
     * @param dscp   the DS field (RFC 2474 §3), whose lower two bits are 0: not ECN-capable.
     * @param hop    which {@link #leadsTo} has just answered.
     */
    public void send(final long frame, final int length, final int source, final int destination, final int dscp,
            final long hop) {
        final RouteSnapshot routes = control.routes();
        final int start = Frame.roomOffset(frame) + Frame.IP_IN_ROOM;
        final int total = length + Ipv4Header.MIN_LENGTH;
        Ipv4Header.write(frame + start, dscp, total, nextIdentification(), Ipv4Header.DONT_FRAGMENT,
                routes.hopLimit(), IpProtocol.TCP, source, destination);
        toHop(frame, start, total, EthernetHeader.ETHERTYPE_IPV4, hop);
    }

    /**
     * The same over IPv6.
     *
     * @param trafficClass the DS field, as above.
     * @param flowLabel    20 bits; 0 for none (RFC 6437).
     */
    public void sendV6(final long frame, final int length, final long sourceHi, final long sourceLo, final long hi,
            final long lo, final int trafficClass, final int flowLabel, final long hop) {
        final int start = Frame.roomOffset(frame) + Frame.IP_IN_ROOM + Ipv4Header.MIN_LENGTH - Ipv6Header.LENGTH;
        Ipv6Header.write(frame + start, trafficClass, flowLabel, length, IpProtocol.TCP,
                links.hopLimitV6(0, control.routes().hopLimit()));
        Ipv6Header.addresses(frame + start, sourceHi, sourceLo, hi, lo);
        toHop(frame, start, length + Ipv6Header.LENGTH, EthernetHeader.ETHERTYPE_IPV6, hop);
    }

    private void toHop(final long frame, final int start, final int total, final int type, final long hop) {
        if (linkLayer) {
            EthernetHeader.write(frame + start - EthernetHeader.LENGTH, neighbours.mac(HopName.entry(hop)), macAddress,
                    type);
            Frame.place(frame, start - EthernetHeader.LENGTH, total + EthernetHeader.LENGTH);
        } else {
            Frame.place(frame, start, total);
        }
        queue.add(frame);
    }
}
