package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.DatagramIdentifications;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.ArpPacket;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.Icmpv6Header;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
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

    /** The destination is a broadcast or multicast address, whose link-layer address follows from it. */
    public static final long GROUP = -5;
    /** Datagrams only: too long to be sent, or to be sent without being fragmented. */
    public static final long TOO_LONG = -6;
    /** Datagrams only: frames or places in the transmit queue are short; it can be sent later. */
    public static final long NO_ROOM = -7;
    /** Datagrams only: more fragments than the port has frames, or than may wait for the neighbour's address. */
    public static final long TOO_MANY_FRAMES = -8;

    /** Beside the DS field of what is sent: the path takes so little that routers have to fragment (IPv4). */
    public static final int FRAGMENTABLE = 1 << 8;

    /** Where the transport header of a fresh frame begins, over either family: the IP header grows towards the front. */
    private static final int TRANSPORT_OFFSET = Frame.IP_OFFSET + Ipv4Header.MIN_LENGTH;

    /** RFC 3376 §4: the type of service of reports. */
    private static final int INTERNETWORK_CONTROL = 0xC0;
    private static final long CONFIRM_INTERVAL_NS = 1_000_000_000L;

    private final PacketPort port;
    private final PortCapabilities capabilities;
    private final EngineControl control;
    private final EngineCounters counters;
    private final NeighbourTable neighbours;
    private final TransmitQueue queue;
    private final Fragmenter fragmenter;
    private final PathMtus pathMtus;
    private final int frames;
    private final OutgoingDatagram igmp = new OutgoingDatagram(IpProtocol.IGMP).hopLimit(1).routerAlert(true)
            .loopback(false).dscpEcn(INTERNETWORK_CONTROL);
    /** RFC 6980 §5: Neighbour Discovery is never fragmented. */
    private final OutgoingDatagram icmpv6 = new OutgoingDatagram(IpProtocol.ICMPV6).loopback(false)
            .fragmentation(Fragmentation.NOWHERE);
    private final Icmpv6Header icmpv6Header = new Icmpv6Header();
    private final DatagramIdentifications identifications;
    private final OutgoingDatagram udp = new OutgoingDatagram(IpProtocol.UDP);
    private int identification;

    public IpOutput(final PacketPort port, final EngineControl control, final EngineCounters counters,
            final NeighbourTable neighbours, final TransmitQueue queue, final PathMtus pathMtus) {
        this.port = port;
        this.capabilities = port.capabilities();
        this.control = control;
        this.counters = counters;
        this.neighbours = neighbours;
        this.queue = queue;
        this.pathMtus = pathMtus;
        this.frames = port.frames();
        this.identifications = control.datagramIdentifications();
        this.fragmenter = new Fragmenter(port, counters, identifications);
    }

    /** What the port can do. */
    public PortCapabilities capabilities() {
        return capabilities;
    }

    /** What is known of paths that take less than the port. */
    public PathMtus pathMtus() {
        return pathMtus;
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
        return frame + TRANSPORT_OFFSET;
    }

    /** Bytes of the IP header that {@link #send} writes in front of a packet to this address. */
    public static int headerLength(final long hi, final long lo) {
        return IpAddress.isV4(hi, lo) ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH;
    }

    /** Bytes of the longest packet that every link of the family carries whole (RFC 791 §3.2, RFC 8200 §5). */
    public static int minMtu(final long hi, final long lo) {
        return IpAddress.isV4(hi, lo) ? Ipv4Header.MIN_MTU : Ipv6Header.MIN_MTU;
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
     * @param length    bytes of the transport packet, header included.
     * @param nextHop   what {@link #nextHop} said, or {@link #UNKNOWN}.
     * @param dscpEcn   the DS field with the ECN field, 0 to 255 (RFC 2474 §3, RFC 3168 §5); with {@link #FRAGMENTABLE}
     *                  added where routers may fragment the packet.
     * @param flowLabel of IPv6, 20 bits; 0 for none (RFC 6437).
     * @return the next hop used, to be remembered; negative constants as above.
     */
    public long send(final long frame, final int length, final int protocol, final long sourceHi, final long sourceLo,
            final long hi, final long lo, final long nextHop, final int dscpEcn, final int flowLabel) {
        final int header = headerLength(hi, lo);
        final int start = TRANSPORT_OFFSET - header;
        if (header == Ipv4Header.MIN_LENGTH) {
            final boolean fragmentable = (dscpEcn & FRAGMENTABLE) != 0;
            final int id = fragmentable ? identifications.next(0, sourceLo, hi, lo, protocol) : identification++;
            Ipv4Header.write(frame + start, dscpEcn & ~FRAGMENTABLE, length + header, id & 0xFFFF,
                    fragmentable ? 0 : Ipv4Header.DONT_FRAGMENT, control.routes().hopLimit(), protocol,
                    IpAddress.toV4(sourceLo), IpAddress.toV4(lo));
        } else {
            Ipv6Header.write(frame + start, dscpEcn, flowLabel, length, protocol, control.routes().hopLimit());
            Ipv6Header.addresses(frame + start, sourceHi, sourceLo, hi, lo);
        }
        Frame.dataOffset(frame, start);
        Frame.length(frame, length + header);
        final long hop = isCurrent(nextHop) ? nextHop : nextHop(hi, lo);
        if (hop > 0) {
            toNeighbour(frame, (int) hop);
        } else if (hop == LOCAL) {
            queue.addLocal(frame);
        } else if (hop == DIRECT) {
            queue.add(frame);
        } else {
            countUnsent(hop);
            port.release(frame);
        }
        return hop;
    }

    /** True where what {@link #sendDatagram} answered says that the datagram is on its way, or waits for a neighbour. */
    public static boolean isSent(final long hop) {
        return hop > 0 || hop == LOCAL || hop == DIRECT || hop == GROUP;
    }

    /**
     * The next hop for a datagram's destination, to be remembered: as {@link #nextHop}, and {@link #GROUP} for broadcast
     * and multicast addresses.
     */
    public long datagramHop(final long hi, final long lo) {
        return IpAddress.isMulticast(hi, lo) || control.routes().isBroadcast(hi, lo) ? GROUP : nextHop(hi, lo);
    }

    /** True where nothing waits to be transmitted. */
    public boolean isIdle() {
        return queue.isEmpty();
    }

    /** True where a datagram needs no fragments. */
    public boolean fits(final OutgoingDatagram datagram) {
        return fragmenter.count(datagram, datagram.mtu(capabilities.mtu())) == 1;
    }

    /** True where the port completes the checksum of a datagram: {@link OutgoingDatagram#partialChecksum} may be used. */
    public boolean completesChecksum(final OutgoingDatagram datagram) {
        return capabilities.txChecksum() && fits(datagram);
    }

    /**
     * Sends a datagram in one packet or in fragments. Its bytes are copied; all fragments are queued, or none.
     *
     * @param nextHop what {@link #datagramHop} or this said for the same destination, or {@link #UNKNOWN}.
     * @return the next hop used, to be remembered; not {@linkplain #isSent sent}: {@link #NO_ROUTE},
     *         {@link #NO_NEIGHBOUR}, {@link #TOO_LONG}, {@link #NO_ROOM}, {@link #TOO_MANY_FRAMES}. Each is counted.
     */
    public long sendDatagram(final OutgoingDatagram datagram, final long nextHop) {
        final long hop = isCurrent(nextHop) || nextHop == GROUP
                ? nextHop
                : datagramHop(datagram.destinationHi(), datagram.destinationLo());
        final int mtu = datagram.mtu(capabilities.mtu());
        final int count = fragmenter.count(datagram, mtu);
        final long problem = problem(datagram, hop, count);
        if (problem != 0) {
            countUnsent(problem);
            return problem;
        }
        if (isUnresolved(hop) && !neighbours.mayHold((int) hop, count)) {
            counters.add(Counter.NEIGHBOUR_QUEUE_FULL, count);
            askFor((int) hop);
            return TOO_MANY_FRAMES;
        }
        final int hopLimit = datagram.hopLimitOr(control.routes().hopLimit());
        if (hop != GROUP || hopLimit > 0) {
            final long first = fragmenter.make(datagram, count, hopLimit, mtu);
            if (first == 0) {
                return NO_ROOM;
            }
            dispatch(first, hop, datagram.destinationHi(), datagram.destinationLo());
        }
        if (hop == GROUP && isForUsToo(datagram)) {
            final long copy = fragmenter.make(datagram, count, hopLimit, mtu);
            if (copy != 0) {
                dispatch(copy, LOCAL, 0, 0);
            }
        }
        return hop;
    }

    /** Why the datagram cannot be sent; 0 where it can. */
    private long problem(final OutgoingDatagram datagram, final long hop, final int count) {
        if (!isSent(hop)) {
            return hop;
        }
        if (datagram.length() > datagram.maxLength()
                || count > 1 && datagram.fragmentation() == Fragmentation.NOWHERE && hop != LOCAL) {
            return TOO_LONG;
        }
        if (count > frames) {
            return TOO_MANY_FRAMES;
        }
        return queue.hasRoomFor(count) ? 0 : NO_ROOM;
    }

    private boolean isForUsToo(final OutgoingDatagram datagram) {
        final long hi = datagram.destinationHi();
        final long lo = datagram.destinationLo();
        if (IpAddress.isAny(0, datagram.sourceLo())) {
            // a host without an address has nobody to hear it
            return false;
        }
        return !IpAddress.isMulticast(hi, lo)
                || datagram.loopback() && (control.routes().isJoined(hi, lo) || control.routes().isBroadcast(hi, lo));
    }

    private void dispatch(final long first, final long hop, final long hi, final long lo) {
        if (isUnresolved(hop)) {
            neighbours.enqueueAll((int) hop, first);
            askFor((int) hop);
            return;
        }
        for (long frame = first; frame != 0;) {
            final long next = Frame.next(frame);
            if (hop == LOCAL) {
                queue.addLocal(frame);
            } else {
                if (capabilities.linkLayer()) {
                    frameFor(frame, hop > 0 ? neighbours.mac((int) hop) : groupMac(hi, lo));
                }
                queue.add(frame);
            }
            frame = next;
        }
    }

    private static long groupMac(final long hi, final long lo) {
        if (!IpAddress.isV4(hi, lo)) {
            return MacAddress.ofGroupV6(lo);
        }
        return IpAddress.isMulticast(hi, lo) ? MacAddress.ofGroup(IpAddress.toV4(lo)) : EthernetHeader.BROADCAST;
    }

    private void countUnsent(final long hop) {
        counters.increment(switch ((int) hop) {
            case (int) NO_ROUTE -> Counter.IP_NO_ROUTE;
            case (int) TOO_LONG -> Counter.IP_TOO_LONG;
            case (int) NO_ROOM -> Counter.TRANSMIT_QUEUE_FULL;
            case (int) TOO_MANY_FRAMES -> Counter.TRANSMIT_NO_FRAME;
            default -> Counter.NEIGHBOUR_TABLE_FULL;
        });
    }

    /**
     * The transport saw progress over this next hop: the neighbour is reachable (RFC 4861 §7.3.1). The control plane is
     * told at most once a second.
     */
    public void confirm(final long nextHop, final long nowNs) {
        if (nextHop > 0 && isCurrent(nextHop) && neighbours.confirm((int) nextHop, nowNs, CONFIRM_INTERVAL_NS)) {
            control.events().onNeighbourConfirmed(0, neighbours.addressHi((int) nextHop),
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

    /** Sends an IGMP message (RFC 3376 §4): Router Alert, time to live 1, precedence of internetwork control. */
    public void sendIgmp(final int source, final int destination, final long address, final int length) {
        igmp.source(0, IpAddress.v4(source)).destination(0, IpAddress.v4(destination)).payload(address, length, 0, 0);
        sendDatagram(igmp, GROUP);
    }

    /**
     * Sends an ICMPv6 message of Neighbour Discovery or Multicast Listener Discovery, as
     * {@link io.millrace.fastpath.control.EngineCommands#transmitIcmpv6} says; its checksum is filled in where it lies.
     */
    public void sendIcmpv6(final long sourceHi, final long sourceLo, final long hi, final long lo,
            final long linkDestination, final int hopLimit, final boolean routerAlert, final long address,
            final int length) {
        icmpv6Header.wrap(address, length);
        icmpv6Header.updateChecksum(sourceHi, sourceLo, hi, lo);
        icmpv6.source(sourceHi, sourceLo).destination(hi, lo).hopLimit(hopLimit).routerAlert(routerAlert)
                .payload(address, length, 0, 0);
        sendTo(linkDestination, icmpv6, hopLimit);
    }

    /** Sends a UDP datagram, as {@link io.millrace.fastpath.control.EngineCommands#transmitDatagram} says. */
    public void sendUdp(final int source, final int destination, final long linkDestination, final long address,
            final int length) {
        udp.source(0, IpAddress.v4(source)).destination(0, IpAddress.v4(destination)).payload(address, length, 0, 0);
        sendTo(linkDestination, udp, control.routes().hopLimit());
    }

    /** @param linkDestination the MAC that it goes to; 0: what follows from the destination. */
    private void sendTo(final long linkDestination, final OutgoingDatagram datagram, final int hopLimit) {
        if (linkDestination == 0 || !capabilities.linkLayer()) {
            sendDatagram(datagram, UNKNOWN);
            return;
        }
        final long frame = fragmenter.make(datagram, 1, hopLimit, capabilities.mtu());
        if (frame != 0) {
            frameFor(frame, linkDestination);
            queue.add(frame);
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
            askFor(entry);
        }
    }

    private boolean isUnresolved(final long hop) {
        return hop > 0 && !neighbours.isResolved((int) hop);
    }

    private void askFor(final int entry) {
        control.events().onNeighbourWanted(0, neighbours.addressHi(entry), neighbours.addressLo(entry));
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
        final int type = Ipv6Header.isV6(frame + start + EthernetHeader.LENGTH)
                ? EthernetHeader.ETHERTYPE_IPV6
                : EthernetHeader.ETHERTYPE_IPV4;
        writeLink(frame + start, mac, capabilities.macAddress(), type);
    }

    private static void writeLink(final long address, final long target, final long source, final int type) {
        Memory.putLongBE(address, target << 16 | source >>> 32);
        Memory.putIntBE(address + 8, (int) source);
        Memory.putShortBE(address + 12, type);
    }

    private boolean isCurrent(final long nextHop) {
        return nextHop == LOCAL || nextHop == DIRECT
                || nextHop > 0 && neighbours.generation((int) nextHop) == (int) (nextHop >>> 32) - 1;
    }

    /** Positive: the upper half is the generation plus one. */
    private long name(final int entry) {
        return (long) (neighbours.generation(entry) + 1) << 32 | entry;
    }
}
