package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.FragmentHeader;
import io.millrace.fastpath.wire.Icmpv6Header;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Extensions;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.UdpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The way in for IPv6: addresses, extension headers (RFC 8200 §4), reassembly, demultiplexing. What is wrong costs one
 * counter. Frames stay the caller's. Thread: the engine's.
 */
final class Ipv6Input {
    private final EngineControl control;
    private final EngineCounters counters;
    private final TransportInput transport;
    private final DatagramInput datagrams;
    private final Icmpv6 icmp;
    private final @Nullable Reassembly reassembly;
    private final Ipv6Arrival arrival = new Ipv6Arrival();
    private final Ipv6Header ip = arrival.ip;
    private final Ipv6Extensions chain = new Ipv6Extensions();
    private final Fragment fragment = new Fragment();

    Ipv6Input(final EngineControl control, final EngineCounters counters, final TransportInput transport,
            final DatagramInput datagrams, final Icmpv6 icmp, final @Nullable Reassembly reassembly) {
        this.control = control;
        this.counters = counters;
        this.transport = transport;
        this.datagrams = datagrams;
        this.icmp = icmp;
        this.reassembly = reassembly;
    }

    /**
     * @param linkGroup  the frame came to a group address of the link layer.
     * @param linkSource MAC that it came from; 0 without a link layer.
     * @param fromHere   the stack sent it to itself.
     */
    void onPacket(final long frame, final long address, final int length, final boolean linkGroup,
            final long linkSource, final boolean fromHere, final long nowNs) {
        if (!ip.wrap(address, length)) {
            counters.increment(Counter.IP_MALFORMED);
        } else if (isBadSource(fromHere)) {
            counters.increment(Counter.IP_BAD_SOURCE);
        } else if (isForUs(linkGroup, fromHere)) {
            arrival.link = Frame.link(frame);
            arrival.linkSource = linkSource;
            arrival.checksumTrusted = (Frame.flags(frame) & IpInput.CHECKSUM_TRUSTED) != 0;
            arrival.datagramSegment = IpInput.datagramSegment(frame);
            arrival.reassembled = false;
            arrival.arrivedNs = IpInput.arrivedNs(frame, nowNs);
            onHeaders(chain.walk(ip.address(), total()), nowNs);
        }
    }

    private int total() {
        return Ipv6Header.LENGTH + ip.payloadLength();
    }

    /**
     * RFC 4291 §2.5.2, §2.5.3, §2.7: no group and no loopback address as a source; RFC 4038 §4.2: nor an address of IPv4
     * in the form of IPv6, which on a wire is meant to deceive. Without an address, or from outside with one of ours,
     * comes only what is about addresses: Neighbour Discovery and MLD.
     */
    private boolean isBadSource(final boolean fromHere) {
        final long hi = ip.sourceHi();
        final long lo = ip.sourceLo();
        final boolean any = hi == 0 && lo == 0;
        arrival.anonymous = any || !fromHere && control.routes().isOwn(hi, lo);
        if (arrival.anonymous) {
            return ip.nextHeader() != IpProtocol.ICMPV6 && ip.nextHeader() != IpProtocol.HOP_BY_HOP;
        }
        return IpAddress.isMulticast(hi, lo) || IpAddress.isV4(hi, lo) || IpAddress.isLoopbackV6(hi, lo);
    }

    private boolean isForUs(final boolean linkGroup, final boolean fromHere) {
        final RouteSnapshot routes = control.routes();
        final long hi = ip.destinationHi();
        final long lo = ip.destinationLo();
        arrival.toGroup = IpAddress.isMulticast(hi, lo);
        if (IpAddress.isV4(hi, lo) || !fromHere && isOfThisHost(hi, lo)) {
            counters.increment(Counter.IP_NOT_FOR_US);
            return false;
        }
        if (arrival.toGroup ? routes.isJoined(hi, lo) || routes.isBroadcast(hi, lo) : routes.isOwn(hi, lo)) {
            // as for IPv4 (RFC 1122 §3.3.6): a unicast packet that the link layer brought to many
            if (linkGroup && !arrival.toGroup) {
                counters.increment(Counter.IP_IN_LINK_BROADCAST);
            }
            return !linkGroup || arrival.toGroup;
        }
        counters.increment(Counter.IP_NOT_FOR_US);
        return false;
    }

    /** RFC 4291 §2.5.3, §2.7: the loopback address and groups of interface-local scope are on no wire. */
    private static boolean isOfThisHost(final long hi, final long lo) {
        return IpAddress.isLoopbackV6(hi, lo) || hi >>> 56 == 0xFF && (hi >>> 48 & 0xF) <= 1;
    }

    private void onHeaders(final Ipv6Extensions.End end, final long nowNs) {
        switch (end) {
            case UPPER_LAYER -> deliver(nowNs);
            case FRAGMENT -> onFragment(nowNs);
            case NOTHING -> counters.increment(Counter.IPV6_NOTHING_FOLLOWS);
            case MALFORMED -> counters.increment(Counter.IPV6_EXTENSIONS_MALFORMED);
            case DISCARD -> counters.increment(Counter.IPV6_OPTION_REFUSED);
            default -> onProblem(end == Ipv6Extensions.End.PROBLEM, nowNs);
        }
    }

    private void onProblem(final boolean evenToGroup, final long nowNs) {
        final boolean option = chain.problem() == Icmpv6Header.UNKNOWN_OPTION;
        counters.increment(option ? Counter.IPV6_OPTION_REFUSED : Counter.IPV6_EXTENSION_REFUSED);
        // RFC 4443 §2.4(e.3): about a packet to a group only an option may be complained of
        complain(chain.problem(), chain.pointer(), option && evenToGroup, nowNs);
    }

    private void complain(final int code, final int pointer, final boolean evenToGroup, final long nowNs) {
        if (!arrival.anonymous) {
            icmp.sendParameterProblem(code, pointer, arrival, evenToGroup, nowNs);
        }
    }

    private void onFragment(final long nowNs) {
        final int at = chain.offset();
        if (arrival.reassembled) {
            // a fragment of fragments: nobody makes such
            counters.increment(Counter.IPV6_EXTENSIONS_MALFORMED);
        } else if (FragmentHeader.isAtomic(ip.address() + at)) {
            // RFC 6946 §4: whole, and none of those that may have the same identification
            onHeaders(chain.walkOn(), nowNs);
        } else {
            counters.increment(Counter.IP_FRAGMENTS_RECEIVED);
            reassemble(at, nowNs);
        }
    }

    private void reassemble(final int at, final long nowNs) {
        final Reassembly fragments = reassembly;
        if (fragments == null) {
            counters.increment(Counter.IP_FRAGMENT_REFUSED);
            return;
        }
        final Counter fault = Reassembly.fault(fragment.of(ip, at, arrival.link));
        if (fault != null) {
            counters.increment(fault);
            onFault(fault, at, nowNs);
        } else if (fragment.offset() == 0 && !isWholeChain()) {
            counters.increment(Counter.IPV6_FIRST_FRAGMENT_INCOMPLETE);
            complain(Icmpv6Header.INCOMPLETE_CHAIN, 0, false, nowNs);
        } else if (fragments.add(fragment, nowNs)) {
            ip.wrapUnchecked(fragments.datagram());
            arrival.reassembled = true;
            arrival.checksumTrusted = false;
            arrival.datagramSegment = 0;
            onHeaders(chain.walk(ip.address(), total()), nowNs);
        }
    }

    /** RFC 8200 §4.5: the sender is told of a length that is no multiple of 8, and of what would be too long. */
    private void onFault(final Counter fault, final int at, final long nowNs) {
        if (fault == Counter.IP_FRAGMENT_TOO_LONG) {
            complain(Icmpv6Header.ERRONEOUS_HEADER, at + FragmentHeader.OFFSET_OFFSET, false, nowNs);
        } else if (fragment.length() > 0) {
            complain(Icmpv6Header.ERRONEOUS_HEADER, Ipv6Header.PAYLOAD_LENGTH_OFFSET, false, nowNs);
        }
    }

    /** RFC 7112 §5: the first fragment holds every header up to and with the upper layer's, or hides something. */
    private boolean isWholeChain() {
        final Ipv6Extensions.End end = chain.walkOn();
        if (end != Ipv6Extensions.End.UPPER_LAYER) {
            // what is wrong with it otherwise is seen when it is whole
            return end != Ipv6Extensions.End.MALFORMED && end != Ipv6Extensions.End.FRAGMENT;
        }
        final int least = switch (chain.protocol()) {
            case IpProtocol.TCP -> TcpHeader.MIN_LENGTH;
            case IpProtocol.UDP -> UdpHeader.LENGTH;
            case IpProtocol.ICMPV6 -> Icmpv6Header.LENGTH;
            default -> 1;
        };
        return chain.offset() + least <= total();
    }

    private void deliver(final long nowNs) {
        arrival.routerAlert = chain.routerAlert();
        final long payload = ip.address() + chain.offset();
        final int length = total() - chain.offset();
        final int protocol = chain.protocol();
        if (protocol == IpProtocol.ICMPV6) {
            icmp.onMessage(arrival, payload, length, nowNs);
        } else if (arrival.anonymous) {
            counters.increment(Counter.IP_BAD_SOURCE);
        } else if (arrival.link != 0 && isLinkLocal()) {
            counters.increment(Counter.IPV6_LINK_LOCAL_ELSEWHERE);
        } else if (protocol == IpProtocol.UDP) {
            onDatagram(payload, length, nowNs);
        } else if (arrival.toGroup) {
            counters.increment(Counter.IP_BROADCAST);
        } else if (protocol == IpProtocol.TCP) {
            onSegment(payload, length);
        } else {
            counters.increment(Counter.IP_UNKNOWN_PROTOCOL);
            complain(Icmpv6Header.UNKNOWN_NEXT_HEADER, chain.named(), false, nowNs);
        }
    }

    /** Connections and endpoints do not tell links apart: over link-local addresses they are on the first alone. */
    private boolean isLinkLocal() {
        return IpAddress.isLinkLocal(ip.sourceHi()) || IpAddress.isLinkLocal(ip.destinationHi());
    }

    private void onSegment(final long segment, final int length) {
        final long localHi = ip.destinationHi();
        final long localLo = ip.destinationLo();
        final long remoteHi = ip.sourceHi();
        final long remoteLo = ip.sourceLo();
        if (arrival.reassembled && control.engines() > 1 && !control.segmentsOfOthers().placement().isKnown()
                && !transport.isKnown(localHi, localLo, remoteHi, remoteLo, segment, length)) {
            // fragments go to the queue of their addresses, the connection may be on any: no reset for that
            counters.increment(Counter.IP_REASSEMBLED_ELSEWHERE);
        } else {
            transport.onSegment(localHi, localLo, remoteHi, remoteLo, segment, length, arrival.checksumTrusted,
                    ip.trafficClass() & Ipv4Header.ECN_MASK, arrival.arrivedNs);
        }
    }

    private void onDatagram(final long payload, final int length, final long nowNs) {
        final int flags = arrival.datagramSegment << DatagramInput.SEGMENT_SHIFT
                | (arrival.checksumTrusted ? DatagramInput.CHECKSUM_TRUSTED : 0)
                | (arrival.toGroup ? DatagramInput.MULTICAST : 0);
        final boolean taken = datagrams.onDatagram(ip.destinationHi(), ip.destinationLo(), ip.sourceHi(),
                ip.sourceLo(), payload, length, flags);
        if (!taken && arrival.toGroup) {
            counters.increment(Counter.IP_BROADCAST);
        } else if (!taken) {
            icmp.sendPortUnreachable(arrival, nowNs);
        }
    }

    /** A packet whose fragments did not all come in time, as much of it as there is; they came over this link. */
    void onReassemblyTimeout(final long packet, final int link, final long nowNs) {
        ip.wrapUnchecked(packet);
        arrival.link = link;
        icmp.sendReassemblyTimeExceeded(arrival, nowNs);
    }
}
