package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.ArpPacket;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.MacAddress;

/**
 * The way out: route, next hop, IP header, link-layer header. A connection remembers its next hop as a {@code long}
 * that {@link #nextHop} made; a stale one is noticed and looked up again.
 * <p>
 * Thread: the engine's.
 */
public final class IpOutput {
    /** A next hop that is not known: {@link #send} looks it up. */
    public static final long UNKNOWN = 0;
    /** No route leads there. */
    public static final long NO_ROUTE = -1;
    /** The neighbour table is full. */
    public static final long NO_NEIGHBOUR = -2;
    /** The destination is the stack itself. */
    public static final long LOCAL = -3;
    /** The destination is on a port without a link layer. */
    public static final long DIRECT = -4;

    /** The destination is a broadcast address or a multicast group: everyone on the link. */
    public static final long GROUP = -5;

    /** Bytes of the IPv4 header that output writes. */
    public static final int IPV4_LENGTH = Ipv4Header.MIN_LENGTH;

    private static final long CONFIRM_INTERVAL_NS = 1_000_000_000L;

    private final PacketPort port;
    private final PortCapabilities capabilities;
    private final EngineControl control;
    private final EngineCounters counters;
    private final NeighbourTable neighbours;
    private final TransmitQueue queue;
    private int identification;

    public IpOutput(final PacketPort port, final EngineControl control, final EngineCounters counters,
            final NeighbourTable neighbours, final TransmitQueue queue) {
        this.port = port;
        this.capabilities = port.capabilities();
        this.control = control;
        this.counters = counters;
        this.neighbours = neighbours;
        this.queue = queue;
    }

    /** What the port can do. */
    public PortCapabilities capabilities() {
        return capabilities;
    }

    /** A fresh frame whose payload starts at {@link #payload}; 0 where the pool is empty. */
    public long acquire() {
        return port.acquire();
    }

    /** Gives back a frame that is not sent. */
    public void release(final long frame) {
        port.release(frame);
    }

    /** True while data may be sent; control segments may always. */
    public boolean hasRoom() {
        return queue.hasRoom();
    }

    /** Where the transport header of a fresh frame begins. */
    public static long payload(final long frame) {
        return frame + Frame.IP_OFFSET + IPV4_LENGTH;
    }

    /** The next hop for a destination, to be remembered; {@link #NO_ROUTE} and {@link #NO_NEIGHBOUR} are failures. */
    public long nextHop(final long hi, final long lo) {
        final RouteSnapshot routes = control.routes();
        final int route = routes.route(hi, lo);
        if (route == RouteSnapshot.LOCAL) {
            return LOCAL;
        }
        if (route == RouteSnapshot.NO_ROUTE) {
            return NO_ROUTE;
        }
        if (!capabilities.linkLayer()) {
            return DIRECT;
        }
        final int entry = neighbours.find(routes.nextHopHi(route, hi, lo), routes.nextHopLo(route, hi, lo));
        return entry == NeighbourTable.FULL ? NO_NEIGHBOUR : name(entry);
    }

    /**
     * Sends a transport packet that lies at {@link #payload} of the frame. The frame is taken, whatever becomes of it.
     *
     * @param length  bytes of the transport packet, header included.
     * @param nextHop what {@link #nextHop} said, or {@link #UNKNOWN}.
     * @param ecn     the ECN field, 0 to 3 (RFC 3168 §5).
     * @return the next hop used, to be remembered; negative constants as above.
     */
    public long send(final long frame, final int length, final int protocol, final long sourceLo, final long hi,
            final long lo, final long nextHop, final int ecn) {
        final int total = length + IPV4_LENGTH;
        Ipv4Header.write(frame + Frame.IP_OFFSET, ecn, total, identification++ & 0xFFFF, Ipv4Header.DONT_FRAGMENT,
                control.routes().hopLimit(),
                protocol, IpAddress.toV4(sourceLo), IpAddress.toV4(lo));
        return sendPacket(frame, total, hi, lo, nextHop);
    }

    /**
     * Sends a UDP packet that lies at {@link #payload} of the frame and fits the MTU; routers may fragment it. The frame
     * is taken, whatever becomes of it.
     *
     * @param length       bytes of the UDP packet, header included.
     * @param nextHop      {@link #GROUP} for a broadcast or multicast, {@link #LOCAL} for the stack itself, or as of
     *                     {@link #send}.
     * @param trafficClass DSCP and ECN, 0 to 255.
     * @param hopLimit     time to live, 1 to 255.
     * @return as {@link #send}.
     */
    public long sendDatagram(final long frame, final int length, final long sourceLo, final long hi, final long lo,
            final long nextHop, final int trafficClass, final int hopLimit) {
        final int total = length + IPV4_LENGTH;
        Ipv4Header.write(frame + Frame.IP_OFFSET, trafficClass, total, identification++ & 0xFFFF, 0, hopLimit,
                IpProtocol.UDP, IpAddress.toV4(sourceLo), IpAddress.toV4(lo));
        return sendPacket(frame, total, hi, lo, nextHop);
    }

    private long sendPacket(final long frame, final int total, final long hi, final long lo, final long nextHop) {
        Frame.dataOffset(frame, Frame.IP_OFFSET);
        Frame.length(frame, total);
        final long hop = isCurrent(nextHop) ? nextHop : nextHop(hi, lo);
        if (hop > 0) {
            toNeighbour(frame, (int) hop);
        } else if (hop == LOCAL) {
            queue.addLocal(frame);
        } else if (hop == DIRECT) {
            queue.add(frame);
        } else if (hop == GROUP) {
            toGroup(frame, lo);
        } else {
            counters.increment(hop == NO_ROUTE ? Counter.IP_NO_ROUTE : Counter.NEIGHBOUR_TABLE_FULL);
            port.release(frame);
        }
        return hop;
    }

    /**
     * The transport saw progress over this next hop: the neighbour is reachable (RFC 4861 §7.3.1). The control plane is
     * told at most once a second.
     */
    public void confirm(final long nextHop, final long nowNs) {
        if (nextHop > 0 && isCurrent(nextHop) && neighbours.confirm((int) nextHop, nowNs, CONFIRM_INTERVAL_NS)) {
            control.events().onNeighbourConfirmed(neighbours.addressHi((int) nextHop),
                    neighbours.addressLo((int) nextHop));
        }
    }

    /** The control plane knows the neighbour's address: what waited goes out. */
    public void onNeighbourResolved(final long hi, final long lo, final long mac) {
        final int entry = neighbours.lookup(hi, lo);
        if (entry < 0) {
            return;
        }
        for (long frame = neighbours.resolved(entry, mac); frame != 0;) {
            final long next = Frame.next(frame);
            frameFor(frame, mac);
            queue.add(frame);
            frame = next;
        }
    }

    /** Sends an ARP packet; nothing where no frame is free (ARP repeats itself). */
    public void sendArp(final int operation, final long senderMac, final int senderIp, final long targetMac,
            final int targetIp) {
        final long frame = port.acquire();
        if (frame == 0) {
            counters.increment(Counter.TRANSMIT_NO_FRAME);
            return;
        }
        final long link = frame + Frame.ETHERNET_OFFSET;
        final long asked = targetMac == EthernetHeader.BROADCAST ? 0 : targetMac;
        writeLink(link, targetMac, senderMac, EthernetHeader.ETHERTYPE_ARP);
        ArpPacket.write(link + EthernetHeader.LENGTH, operation, senderMac, senderIp, asked, targetIp);
        Frame.length(frame, EthernetHeader.LENGTH + ArpPacket.LENGTH);
        queue.add(frame);
    }

    private void toNeighbour(final long frame, final int entry) {
        if (neighbours.isResolved(entry)) {
            frameFor(frame, neighbours.mac(entry));
            queue.add(frame);
        } else {
            neighbours.enqueue(entry, frame);
            control.events().onNeighbourWanted(neighbours.addressHi(entry), neighbours.addressLo(entry));
        }
    }

    private void toGroup(final long frame, final long lo) {
        if (capabilities.linkLayer()) {
            frameFor(frame, groupMac(0, lo));
        }
        queue.add(frame);
    }

    private static long groupMac(final long hi, final long lo) {
        return IpAddress.isMulticast(hi, lo) ? MacAddress.ofGroup(IpAddress.toV4(lo)) : EthernetHeader.BROADCAST;
    }

    private void frameFor(final long frame, final long mac) {
        final int start = Frame.dataOffset(frame) - EthernetHeader.LENGTH;
        Frame.dataOffset(frame, start);
        Frame.length(frame, Frame.length(frame) + EthernetHeader.LENGTH);
        Frame.checksumPlace(frame, Frame.checksumStart(frame) + EthernetHeader.LENGTH, Frame.checksumOffset(frame));
        if (Frame.gsoSize(frame) != 0) {
            Frame.segmentation(frame, Frame.gsoType(frame), Frame.gsoSize(frame),
                    Frame.headerLength(frame) + EthernetHeader.LENGTH);
        }
        writeLink(frame + start, mac, capabilities.macAddress(), EthernetHeader.ETHERTYPE_IPV4);
    }

    private static void writeLink(final long address, final long target, final long source, final int type) {
        Memory.putLongBE(address, target << 16 | source >>> 32);
        Memory.putIntBE(address + 8, (int) source);
        Memory.putShortBE(address + 12, type);
    }

    private boolean isCurrent(final long nextHop) {
        return nextHop == LOCAL || nextHop == DIRECT || nextHop == GROUP
                || nextHop > 0 && neighbours.generation((int) nextHop) == (int) (nextHop >>> 32) - 1;
    }

    /** Positive: the upper half is the generation plus one. */
    private long name(final int entry) {
        return (long) (neighbours.generation(entry) + 1) << 32 | entry;
    }
}
