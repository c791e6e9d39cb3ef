package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.FragmentHeader;
import io.millrace.fastpath.wire.Icmpv6Header;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv6Extensions;
import io.millrace.fastpath.wire.Ipv6Header;

/**
 * ICMP for IPv6 (RFC 4443): answers echo requests, sends errors at a bounded rate, hands errors about our own packets to
 * the transport, and Neighbour Discovery and MLD to the control plane. Thread: the engine's.
 */
final class Icmpv6 implements AutoCloseable {
    private static final int QUOTED_TRANSPORT = 8;
    private static final int TCP_SEQUENCE = 4;
    /** RFC 4443 §2.4(c): as much of the packet as fits the smallest MTU. */
    private static final int MAX_ERROR = Ipv6Header.MIN_MTU - Ipv6Header.LENGTH;
    private static final int NEIGHBOUR_HOP_LIMIT = 255;

    private final EngineControl control;
    private final EngineCounters counters;
    private final IpOutput output;
    private final TransportInput transport;
    private final DatagramInput datagrams;
    private final TokenBucket errors;
    private final TokenBucket echoes;
    private final MemoryRegion scratch = MemoryRegion.allocate("ICMPv6 error", MAX_ERROR);
    private final OutgoingDatagram error = new OutgoingDatagram(IpProtocol.ICMPV6);
    private final OutgoingDatagram reply = new OutgoingDatagram(IpProtocol.ICMPV6)
            .fragmentation(Fragmentation.ANYWHERE);
    private final Icmpv6Header header = new Icmpv6Header();
    private final Icmpv6Header outgoing = new Icmpv6Header();
    private final Ipv6Header quoted = new Ipv6Header();
    private final Ipv6Extensions chain = new Ipv6Extensions();

    Icmpv6(final EngineControl control, final EngineCounters counters, final IpOutput output,
            final TransportInput transport, final DatagramInput datagrams, final int perSecond) {
        this.control = control;
        this.counters = counters;
        this.output = output;
        this.transport = transport;
        this.datagrams = datagrams;
        this.errors = new TokenBucket(perSecond);
        this.echoes = new TokenBucket(perSecond);
    }

    /** Errors, and echo replies, sent in a second at the most from now on. */
    void rate(final int perSecond) {
        errors.rate(perSecond);
        echoes.rate(perSecond);
    }

    /**
     * A message for one of our addresses, or for a group of ours.
     *
     * @param arrival how the packet came.
     * @param address where the message lies, behind extension headers.
     */
    void onMessage(final Ipv6Arrival arrival, final long address, final int length, final long nowNs) {
        final Ipv6Header ip = arrival.ip;
        if (!header.wrap(address, length)) {
            counters.increment(Counter.ICMP_MALFORMED);
        } else if (!arrival.checksumTrusted && !header.checksumValid(ip.sourceHi(), ip.sourceLo(), ip.destinationHi(),
                ip.destinationLo())) {
            counters.increment(Counter.ICMP_BAD_CHECKSUM);
        } else if (Icmpv6Header.isNeighbourDiscovery(header.type())) {
            onNeighbourDiscovery(arrival);
        } else if (Icmpv6Header.isMulticastListener(header.type())) {
            onMulticastListener(arrival);
        } else if (arrival.anonymous) {
            counters.increment(Counter.IP_BAD_SOURCE);
        } else if (header.type() == Icmpv6Header.ECHO_REQUEST) {
            onEcho(arrival, nowNs);
        } else if (Icmpv6Header.isError(header.type())) {
            onError();
        } else {
            counters.increment(Counter.ICMP_IGNORED);
        }
    }

    /** RFC 4861 §6.1, §7.1, §8.1: a hop limit of 255 and code 0; RFC 6980 §5: never in fragments. */
    private void onNeighbourDiscovery(final Ipv6Arrival arrival) {
        if (arrival.ip.hopLimit() != NEIGHBOUR_HOP_LIMIT || header.code() != 0 || arrival.reassembled) {
            counters.increment(Counter.NEIGHBOUR_DISCOVERY_REFUSED);
        } else {
            toControl(arrival);
        }
    }

    /** RFC 3810 §5: every message has a Router Alert option. */
    private void onMulticastListener(final Ipv6Arrival arrival) {
        if (arrival.routerAlert && !arrival.reassembled) {
            toControl(arrival);
        } else {
            counters.increment(Counter.MLD_REFUSED);
        }
    }

    private void toControl(final Ipv6Arrival arrival) {
        if (header.length() > EngineCommands.MAX_ICMPV6_LENGTH) {
            counters.increment(Counter.ICMP_MALFORMED);
            return;
        }
        final Ipv6Header ip = arrival.ip;
        counters.increment(Counter.ICMPV6_HANDED_ON);
        control.events().onIcmpv6(arrival.link, ip.sourceHi(), ip.sourceLo(), ip.destinationHi(),
                ip.destinationLo(), ip.hopLimit(), arrival.linkSource, header.address(), header.length());
    }

    /** RFC 4443 §4.2: from the address that was asked, or where that was a group from one that suits the asker. */
    private void onEcho(final Ipv6Arrival arrival, final long nowNs) {
        if (!echoes.tryTake(nowNs)) {
            counters.increment(Counter.ICMP_RATE_LIMITED);
            return;
        }
        if (!addressee(reply, arrival, arrival.toGroup)) {
            return;
        }
        // the request becomes the reply where it lies: nobody needs it any more, and its bytes are copied once
        Memory.putByte(header.address(), Icmpv6Header.ECHO_REPLY);
        header.updateChecksum(reply.sourceHi(), reply.sourceLo(), reply.destinationHi(), reply.destinationLo());
        reply.payload(header.address(), header.length(), 0, 0);
        if (IpOutput.isSent(output.sendDatagram(reply, IpOutput.UNKNOWN))) {
            counters.increment(Counter.ICMP_ECHOES_ANSWERED);
        }
    }

    /**
     * RFC 4007 §9: what has a link-local source is answered on the link that it came over.
     *
     * @return false where there is no address to answer from, which is counted.
     */
    private boolean addressee(final OutgoingDatagram datagram, final Ipv6Arrival arrival, final boolean toGroup) {
        final Ipv6Header ip = arrival.ip;
        datagram.destination(ip.sourceHi(), ip.sourceLo()).source(ip.destinationHi(), ip.destinationLo())
                .onLink(arrival.link);
        return !toGroup || findSource(datagram, arrival.link);
    }

    /** An own address in the place of the group's: one that suits the asker, for a link-local one of the same link. */
    private boolean findSource(final OutgoingDatagram datagram, final int link) {
        final RouteSnapshot routes = control.routes();
        final long hi = datagram.destinationHi();
        final long lo = datagram.destinationLo();
        final int route = routes.route(hi, lo);
        if (route == RouteSnapshot.LOCAL) {
            // our own group message
            datagram.source(hi, lo);
        } else if (IpAddress.isLinkLocal(hi)) {
            datagram.source(routes.linkSourceHi(link, hi, lo), routes.linkSourceLo(link, hi, lo));
        } else if (route >= 0) {
            datagram.source(routes.sourceHi(route, hi, lo), routes.sourceLo(route, hi, lo));
        } else {
            datagram.source(0, 0);
        }
        if (IpAddress.isAny(datagram.sourceHi(), datagram.sourceLo())) {
            counters.increment(Counter.IP_NO_ROUTE);
            return false;
        }
        return true;
    }

    /** Tells the sender of a datagram that nobody listens on its port. */
    void sendPortUnreachable(final Ipv6Arrival offending, final long nowNs) {
        sendError(Icmpv6Header.DESTINATION_UNREACHABLE, Icmpv6Header.PORT_UNREACHABLE, 0, offending, false, nowNs);
    }

    /** Tells the sender of a packet that its fragments did not all come in time. */
    void sendReassemblyTimeExceeded(final Ipv6Arrival fragmentZero, final long nowNs) {
        sendError(Icmpv6Header.TIME_EXCEEDED, Icmpv6Header.REASSEMBLY_TIME_EXCEEDED, 0, fragmentZero, false, nowNs);
    }

    /**
     * Tells the sender of a packet what is wrong with it.
     *
     * @param evenToGroup where the packet was for a group, too.
     */
    void sendParameterProblem(final int code, final int pointer, final Ipv6Arrival offending,
            final boolean evenToGroup, final long nowNs) {
        sendError(Icmpv6Header.PARAMETER_PROBLEM, code, pointer, offending, evenToGroup, nowNs);
    }

    /** Sends an error about a packet; silent where RFC 4443 §2.4(e) forbids an answer. */
    private void sendError(final int type, final int code, final int rest, final Ipv6Arrival arrival,
            final boolean evenToGroup, final long nowNs) {
        final Ipv6Header offending = arrival.ip;
        final boolean toGroup = IpAddress.isMulticast(offending.destinationHi(), offending.destinationLo());
        if (toGroup && !evenToGroup || isAboutError(offending)
                || IpAddress.isAny(offending.sourceHi(), offending.sourceLo())) {
            return;
        }
        if (!errors.tryTake(nowNs)) {
            counters.increment(Counter.ICMP_RATE_LIMITED);
            return;
        }
        if (!addressee(error, arrival, toGroup)) {
            return;
        }
        final int quote = Math.min(Ipv6Header.LENGTH + offending.payloadLength(), MAX_ERROR - Icmpv6Header.LENGTH);
        final int length = Icmpv6Header.LENGTH + quote;
        Icmpv6Header.write(scratch.address(), type, code, rest);
        Memory.copy(offending.address(), scratch.address() + Icmpv6Header.LENGTH, quote);
        outgoing.wrap(scratch.address(), length);
        outgoing.updateChecksum(error.sourceHi(), error.sourceLo(), error.destinationHi(), error.destinationLo());
        error.payload(scratch.address(), length, 0, 0);
        if (IpOutput.isSent(output.sendDatagram(error, IpOutput.UNKNOWN))) {
            counters.increment(Counter.ICMP_ERRORS_SENT);
        }
    }

    /** True where the packet is an ICMPv6 error itself, or a redirect: no error may answer it. */
    private boolean isAboutError(final Ipv6Header offending) {
        final int length = Ipv6Header.LENGTH + offending.payloadLength();
        if (toUpperLayer(offending.address(), length) && chain.protocol() == IpProtocol.ICMPV6
                && chain.offset() < length) {
            final int type = Memory.getUnsignedByte(offending.address() + chain.offset());
            return Icmpv6Header.isError(type) || type == Icmpv6Header.REDIRECT;
        }
        return false;
    }

    /** Walks to the upper layer's header, through the header of a first fragment; false where that is not there. */
    private boolean toUpperLayer(final long packet, final int length) {
        Ipv6Extensions.End end = chain.skip(packet, length);
        if (end == Ipv6Extensions.End.FRAGMENT && FragmentHeader.offset(packet + chain.offset()) == 0) {
            end = chain.walkOn();
        }
        return end == Ipv6Extensions.End.UPPER_LAYER;
    }

    private void onError() {
        counters.increment(Counter.ICMP_ERRORS_RECEIVED);
        final long packet = header.embeddedAddress();
        if (!quoted.wrapQuoted(packet, header.embeddedLength()) || !isQuotedFar()) {
            counters.increment(Counter.ICMP_MALFORMED);
            return;
        }
        switch (header.type()) {
            case Icmpv6Header.DESTINATION_UNREACHABLE -> report(
                    header.code() == Icmpv6Header.PORT_UNREACHABLE ? IcmpError.REFUSED : IcmpError.UNREACHABLE, 0);
            case Icmpv6Header.PACKET_TOO_BIG -> onTooBig();
            case Icmpv6Header.TIME_EXCEEDED -> report(IcmpError.UNREACHABLE, 0);
            case Icmpv6Header.PARAMETER_PROBLEM -> report(
                    header.code() == Icmpv6Header.UNKNOWN_NEXT_HEADER ? IcmpError.REFUSED : IcmpError.UNREACHABLE, 0);
            default -> counters.increment(Counter.ICMP_IGNORED);
        }
    }

    /** RFC 8201 §4: no link's MTU is below 1,280 bytes, so who says so is not to be believed. */
    private void onTooBig() {
        final int mtu = header.mtu();
        if (Integer.compareUnsigned(mtu, Ipv6Header.MIN_MTU) < 0) {
            counters.increment(Counter.ICMP_IGNORED);
        } else {
            report(IcmpError.FRAGMENTATION_NEEDED, mtu < 0 ? Integer.MAX_VALUE : mtu);
        }
    }

    /** True where the quote reaches into the transport's header, by which the connection is known. */
    private boolean isQuotedFar() {
        final int length = header.embeddedLength();
        return toUpperLayer(quoted.address(), length) && chain.offset() + QUOTED_TRANSPORT <= length;
    }

    /** A packet of ours that waited for a neighbour who does not answer. */
    void onNeighbourFailed(final long packet, final int length) {
        if (quoted.wrap(packet, length) && toUpperLayer(packet, length)
                && chain.offset() + QUOTED_TRANSPORT <= length) {
            report(IcmpError.NEIGHBOUR_FAILED, 0);
        }
    }

    private void report(final IcmpError kind, final int mtu) {
        final long transportHeader = quoted.address() + chain.offset();
        if (!control.routes().isOwn(quoted.sourceHi(), quoted.sourceLo())) {
            counters.increment(Counter.ICMP_IGNORED);
        } else if (chain.protocol() == IpProtocol.TCP) {
            transport.onIcmpError(kind, quoted.sourceHi(), quoted.sourceLo(), quoted.destinationHi(),
                    quoted.destinationLo(), Memory.getIntBE(transportHeader),
                    Memory.getIntBE(transportHeader + TCP_SEQUENCE), mtu);
        } else if (chain.protocol() == IpProtocol.UDP) {
            datagrams.onDatagramError(kind, quoted.sourceHi(), quoted.sourceLo(), quoted.destinationHi(),
                    quoted.destinationLo(), Memory.getIntBE(transportHeader), mtu);
        } else {
            counters.increment(Counter.ICMP_IGNORED);
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
