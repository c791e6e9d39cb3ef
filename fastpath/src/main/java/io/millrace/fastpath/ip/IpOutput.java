package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.DatagramIdentifications;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way out: route, next hop, IP header, link-layer header. A connection remembers its next hop as a {@code long}
 * that {@link #nextHop} made; a stale one is noticed and looked up again. Of several links, the one of the next hop is
 * the one that a packet leaves over: a frame is acquired for it.
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
    private static final int TRANSPORT_IN_ROOM = Frame.IP_IN_ROOM + Ipv4Header.MIN_LENGTH;

    private static final long LIMITED_BROADCAST = IpAddress.v4(-1);
    private static final long CONFIRM_INTERVAL_NS = 1_000_000_000L;

    private final PacketPort port;
    private final Links links;
    private final boolean linkLayer;
    private final EngineControl control;
    private final EngineCounters counters;
    private final NeighbourTable neighbours;
    private final TransmitQueue queue;
    private final Fragmenter fragmenter;
    private final PathMtus pathMtus;
    private final DatagramIdentifications identifications;
    private final PlainOutput plain;
    /** The routes that remembered next hops are of. */
    private @Nullable RouteSnapshot followed;

    public IpOutput(final PacketPort port, final EngineControl control, final EngineCounters counters,
            final NeighbourTable neighbours, final TransmitQueue queue, final PathMtus pathMtus) {
        this.port = port;
        this.links = new Links(port);
        this.linkLayer = port.capabilities().linkLayer();
        this.control = control;
        this.counters = counters;
        this.neighbours = neighbours;
        this.queue = queue;
        this.pathMtus = pathMtus;
        this.identifications = control.datagramIdentifications();
        this.fragmenter = new Fragmenter(port, counters, identifications);
        this.plain = new PlainOutput(this, port, control, neighbours, queue);
    }

    /** The short way for what leaves most of all. */
    public PlainOutput plain() {
        return plain;
    }

    /** What lies behind the port. */
    public Links links() {
        return links;
    }

    /** What is known of paths that take less than the link. */
    public PathMtus pathMtus() {
        return pathMtus;
    }

    /** A router said how long packets of IPv6 may be on a link, in bytes. */
    public void linkMtuV6(final int link, final int mtu) {
        links.mtuV6(link, mtu);
        pathMtus.onLinkChanged();
    }

    /** A server of DHCP said how long packets of IPv4 may be on a link, in bytes. */
    public void linkMtuV4(final int link, final int mtu) {
        links.mtuV4(link, mtu);
        pathMtus.onLinkChanged();
    }

    /** A fresh frame for a link whose payload starts at {@link #payload}; 0 where the pool is empty. */
    public long acquire(final int link) {
        return port.acquire(link);
    }

    /** Gives back a frame that is not sent. */
    public void release(final long frame) {
        port.release(frame);
    }

    /** True while data may be sent over a link; control segments may always. */
    public boolean hasRoom(final int link) {
        return queue.hasRoom(link);
    }

    /** Where the transport header of a fresh frame begins. */
    public static long payload(final long frame) {
        return Frame.room(frame) + TRANSPORT_IN_ROOM;
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
        if (!linkLayer) {
            return DIRECT;
        }
        return neighbour(routes.link(route), routes.nextHopHi(route, hi, lo), routes.nextHopLo(route, hi, lo));
    }

    private long neighbour(final int link, final long hi, final long lo) {
        final int entry = neighbours.find(link, hi, lo);
        return entry == NeighbourTable.FULL ? NO_NEIGHBOUR : HopName.of(neighbours.generation(entry), link, entry);
    }

    /** The same next hop, or where it is stale another. */
    public long current(final long nextHop, final long hi, final long lo) {
        return isCurrent(control.routes(), nextHop) ? nextHop : nextHop(hi, lo);
    }

    /** The link that a next hop is on; 0 where it names none. */
    public static int link(final long nextHop) {
        return HopName.link(nextHop);
    }

    /** The link that the route to a destination leads over; 0 where there is none. */
    public int linkTo(final long hi, final long lo) {
        if (links.count() == 1) {
            return 0;
        }
        final RouteSnapshot routes = control.routes();
        final int route = routes.route(hi, lo);
        return route < 0 ? 0 : routes.link(route);
    }

    /**
     * Sends a transport packet that lies at {@link #payload} of the frame. The frame is taken, whatever becomes of it.
     * Where the way leads over another link than the frame is of, for routes have just changed, it is dropped and counted:
     * its checksum and its length suit the other link, and TCP sends again.
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
        final RouteSnapshot routes = control.routes();
        if (IpAddress.isV4(hi, lo)) {
            writeV4(frame, length, protocol, sourceLo, lo, dscpEcn, routes.hopLimit());
        } else {
            writeV6(frame, length, protocol, sourceHi, sourceLo, hi, lo, dscpEcn, flowLabel, routes);
        }
        final long hop = isCurrent(routes, nextHop) ? nextHop : nextHop(hi, lo);
        forward(frame, hop);
        return hop;
    }

    private void writeV4(final long frame, final int length, final int protocol, final long source,
            final long destination, final int dscpEcn, final int hopLimit) {
        final int start = Frame.roomOffset(frame) + TRANSPORT_IN_ROOM - Ipv4Header.MIN_LENGTH;
        final boolean fragmentable = (dscpEcn & FRAGMENTABLE) != 0;
        final int id = fragmentable
                ? identifications.next(0, source, 0, destination, protocol)
                : plain.nextIdentification();
        Ipv4Header.write(frame + start, dscpEcn & ~FRAGMENTABLE, length + Ipv4Header.MIN_LENGTH, id & 0xFFFF,
                fragmentable ? 0 : Ipv4Header.DONT_FRAGMENT, hopLimit, protocol, (int) source, (int) destination);
        Frame.place(frame, start, length + Ipv4Header.MIN_LENGTH);
    }

    private void writeV6(final long frame, final int length, final int protocol, final long sourceHi,
            final long sourceLo, final long hi, final long lo, final int trafficClass, final int flowLabel,
            final RouteSnapshot routes) {
        final int start = Frame.roomOffset(frame) + TRANSPORT_IN_ROOM - Ipv6Header.LENGTH;
        Ipv6Header.write(frame + start, trafficClass, flowLabel, length, protocol,
                links.hopLimitV6(Frame.link(frame), routes.hopLimit()));
        Ipv6Header.addresses(frame + start, sourceHi, sourceLo, hi, lo);
        Frame.place(frame, start, length + Ipv6Header.LENGTH);
    }

    private void forward(final long frame, final long hop) {
        if (hop > 0) {
            toNeighbour(frame, hop);
        } else if (hop == DIRECT) {
            queue.add(frame);
        } else if (hop == LOCAL) {
            queue.addLocal(frame);
        } else {
            countUnsent(hop);
            port.release(frame);
        }
    }

    /** True where what {@link #sendDatagram} answered says that the datagram is on its way, or waits for a neighbour. */
    public static boolean isSent(final long hop) {
        return hop > 0 || hop == LOCAL || hop == DIRECT || hop == GROUP;
    }

    /**
     * Finds where a datagram goes, and sets the link that it leaves over.
     *
     * @param nextHop what this said for the same destination, or {@link #UNKNOWN}.
     * @return the next hop: as {@link #nextHop}, and {@link #GROUP} for broadcast and multicast addresses.
     */
    public long aim(final OutgoingDatagram datagram, final long nextHop) {
        final long hop = nextHop == GROUP || isCurrent(control.routes(), nextHop) ? nextHop : hopOf(datagram);
        datagram.link(links.count() == 1 ? 0 : hop == GROUP ? groupLink(datagram) : HopName.link(hop));
        return hop;
    }

    private long hopOf(final OutgoingDatagram datagram) {
        final RouteSnapshot routes = control.routes();
        final long hi = datagram.destinationHi();
        final long lo = datagram.destinationLo();
        if (IpAddress.isMulticast(hi, lo) || routes.isBroadcast(hi, lo)) {
            return GROUP;
        }
        final boolean scoped = links.count() > 1 && datagram.wantedLink() != OutgoingDatagram.BY_ROUTE
                && IpAddress.isLinkLocal(hi);
        return scoped && !routes.isOwn(hi, lo) ? neighbour(datagram.wantedLink(), hi, lo) : nextHop(hi, lo);
    }

    /** As Linux: a directed broadcast goes where its prefix is, everything else to many where its source is. */
    private int groupLink(final OutgoingDatagram datagram) {
        if (datagram.wantedLink() != OutgoingDatagram.BY_ROUTE) {
            return datagram.wantedLink();
        }
        final RouteSnapshot routes = control.routes();
        final long hi = datagram.destinationHi();
        final long lo = datagram.destinationLo();
        final boolean directed = !IpAddress.isMulticast(hi, lo) && lo != LIMITED_BROADCAST;
        final int route = directed ? routes.route(hi, lo) : RouteSnapshot.NO_ROUTE;
        return route >= 0 ? routes.link(route) : routes.ownLink(datagram.sourceHi(), datagram.sourceLo());
    }

    /** True where nothing waits to be transmitted. */
    public boolean isIdle() {
        return queue.isEmpty();
    }

    /** True where a datagram that is {@linkplain #aim aimed} needs no fragments. */
    public boolean fits(final OutgoingDatagram datagram) {
        return fragmenter.count(datagram, mtu(datagram)) == 1;
    }

    /** True where the port completes the checksum of a datagram: {@link OutgoingDatagram#partialChecksum} may be used. */
    public boolean completesChecksum(final OutgoingDatagram datagram) {
        return links.capabilities(datagram.link()).txChecksum() && fits(datagram);
    }

    private int mtu(final OutgoingDatagram datagram) {
        return datagram.mtu(links.mtu(datagram.link(), datagram.destinationHi(), datagram.destinationLo()));
    }

    /**
     * Sends a datagram in one packet or in fragments. Its bytes are copied; all fragments are queued, or none.
     *
     * @param nextHop what {@link #aim} or this said for the same destination, or {@link #UNKNOWN}.
     * @return the next hop used, to be remembered; not {@linkplain #isSent sent}: {@link #NO_ROUTE},
     *         {@link #NO_NEIGHBOUR}, {@link #TOO_LONG}, {@link #NO_ROOM}, {@link #TOO_MANY_FRAMES}. Each is counted.
     */
    public long sendDatagram(final OutgoingDatagram datagram, final long nextHop) {
        return sendAimed(datagram, aim(datagram, nextHop));
    }

    /** The same for one that {@link #aim} has just told the next hop of. */
    public long sendAimed(final OutgoingDatagram datagram, final long hop) {
        final int mtu = mtu(datagram);
        final int count = fragmenter.count(datagram, mtu);
        final long problem = problem(datagram, hop, count);
        if (problem != 0) {
            countUnsent(problem);
            return problem;
        }
        if (isUnresolved(hop) && !neighbours.mayHold(HopName.entry(hop), count)) {
            counters.add(Counter.NEIGHBOUR_QUEUE_FULL, count);
            askFor(HopName.entry(hop));
            return TOO_MANY_FRAMES;
        }
        final int hopLimit = datagram.hopLimitOr(links.hopLimit(datagram.link(), datagram.destinationHi(),
                datagram.destinationLo(), control.routes().hopLimit()));
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
        if (count > links.frames(datagram.link())) {
            return TOO_MANY_FRAMES;
        }
        return queue.hasRoomFor(datagram.link(), count) ? 0 : NO_ROOM;
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
            neighbours.enqueueAll(HopName.entry(hop), first);
            askFor(HopName.entry(hop));
            return;
        }
        for (long frame = first; frame != 0;) {
            final long next = Frame.next(frame);
            if (hop == LOCAL) {
                queue.addLocal(frame);
            } else {
                if (linkLayer) {
                    frameFor(frame, hop > 0 ? neighbours.mac(HopName.entry(hop)) : groupMac(hi, lo));
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
        final int entry = HopName.entry(nextHop);
        if (nextHop > 0 && neighbours.generation(entry) == HopName.generation(nextHop)
                && neighbours.confirm(entry, nowNs, CONFIRM_INTERVAL_NS)) {
            control.events().onNeighbourConfirmed(neighbours.link(entry), neighbours.addressHi(entry),
                    neighbours.addressLo(entry));
        }
    }

    /** The control plane knows the neighbour's address: what waited goes out. */
    public void onNeighbourResolved(final int link, final long hi, final long lo, final long mac) {
        final int entry = neighbours.lookup(link, hi, lo);
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

    /** Sends a datagram in one packet to a MAC, over the link that it {@linkplain OutgoingDatagram#onLink wants}. */
    void sendToMac(final OutgoingDatagram datagram, final long mac, final int hopLimit) {
        datagram.link(datagram.wantedLink());
        final long frame = fragmenter.make(datagram, 1, hopLimit, mtu(datagram));
        if (frame != 0) {
            frameFor(frame, mac);
            queue.add(frame);
        }
    }

    /** Sends a frame as it is, over the link that it was acquired for. */
    void transmit(final long frame) {
        queue.add(frame);
    }

    private void toNeighbour(final long frame, final long hop) {
        final int entry = HopName.entry(hop);
        if (HopName.link(hop) != Frame.link(frame)) {
            counters.increment(Counter.IP_ROUTE_CHANGED);
            port.release(frame);
        } else if (neighbours.isResolved(entry)) {
            frameFor(frame, neighbours.mac(entry));
            queue.add(frame);
        } else {
            neighbours.enqueue(entry, frame);
            askFor(entry);
        }
    }

    private boolean isUnresolved(final long hop) {
        return hop > 0 && !neighbours.isResolved(HopName.entry(hop));
    }

    private void askFor(final int entry) {
        control.events().onNeighbourWanted(neighbours.link(entry), neighbours.addressHi(entry),
                neighbours.addressLo(entry));
    }

    private void frameFor(final long frame, final long mac) {
        final int start = Frame.dataOffset(frame) - EthernetHeader.LENGTH;
        Frame.place(frame, start, Frame.length(frame) + EthernetHeader.LENGTH);
        if ((Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) != 0) {
            Frame.checksumPlace(frame, Frame.checksumStart(frame) + EthernetHeader.LENGTH,
                    Frame.checksumOffset(frame));
        }
        if (Frame.gsoSize(frame) != 0) {
            Frame.segmentation(frame, Frame.gsoType(frame), Frame.gsoSize(frame),
                    Frame.headerLength(frame) + EthernetHeader.LENGTH);
        }
        final int type = Ipv6Header.isV6(frame + start + EthernetHeader.LENGTH)
                ? EthernetHeader.ETHERTYPE_IPV6
                : EthernetHeader.ETHERTYPE_IPV4;
        EthernetHeader.write(frame + start, mac, links.capabilities(Frame.link(frame)).macAddress(), type);
    }

    boolean isCurrent(final RouteSnapshot routes, final long nextHop) {
        if (routes != followed) {
            followed = routes;
            neighbours.onRoutesChanged();
        }
        return nextHop == LOCAL || nextHop == DIRECT
                || nextHop > 0 && neighbours.generation(HopName.entry(nextHop)) == HopName.generation(nextHop);
    }
}
