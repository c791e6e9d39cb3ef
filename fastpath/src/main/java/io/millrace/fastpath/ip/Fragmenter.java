package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.DatagramIdentifications;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.wire.FragmentHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Extensions;
import io.millrace.fastpath.wire.Ipv6Header;

/**
 * Copies datagrams into frames: one, or as many fragments as the MTU asks for (RFC 791 §3.2, RFC 8200 §4.5). All of them or none: a
 * datagram without one of its fragments is of no use to anyone. Thread: the engine's.
 */
final class Fragmenter {
    /** Fragments begin at multiples of so many bytes. */
    private static final int UNIT = 8;
    private static final int V6_FRAGMENT_HEADERS = Ipv6Header.LENGTH + FragmentHeader.LENGTH;

    private final PacketPort port;
    private final EngineCounters counters;
    private final DatagramIdentifications identifications;

    Fragmenter(final PacketPort port, final EngineCounters counters, final DatagramIdentifications identifications) {
        this.port = port;
        this.counters = counters;
        this.identifications = identifications;
    }

    /** How many frames a datagram takes. */
    int count(final OutgoingDatagram datagram, final int mtu) {
        final int length = datagram.length();
        if (datagram.headerLength() + length <= mtu) {
            return 1;
        }
        final int step = step(datagram, mtu);
        return (length + step - 1) / step;
    }

    /**
     * The frames of a datagram in order, each linked to the next, without a link-layer header.
     *
     * @return the first; 0 where not so many frames are free, which is counted.
     */
    long make(final OutgoingDatagram datagram, final int count, final int hopLimit, final int mtu) {
        final long first = acquire(datagram.link(), count);
        if (first == 0) {
            return 0;
        }
        try {
            write(first, datagram, count, hopLimit, mtu);
        } catch (final RuntimeException e) {
            release(first);
            throw e;
        }
        return first;
    }

    private void write(final long first, final OutgoingDatagram datagram, final int count, final int hopLimit,
            final int mtu) {
        if (count == 1) {
            makeWhole(first, datagram, hopLimit);
        } else {
            makeFragments(first, datagram, hopLimit, mtu);
            counters.increment(Counter.IP_FRAGMENTED);
            counters.add(Counter.IP_FRAGMENTS_SENT, count);
        }
    }

    private void makeWhole(final long frame, final OutgoingDatagram datagram, final int hopLimit) {
        if (datagram.isV4()) {
            // RFC 6864 §4.1: what is never fragmented needs no identification, and a counter would tell how busy we are
            final boolean atomic = datagram.fragmentation() != Fragmentation.ANYWHERE;
            writeV4(frame, datagram, 0, datagram.length(), atomic ? 0 : identification(datagram) & 0xFFFF,
                    atomic ? Ipv4Header.DONT_FRAGMENT : 0, hopLimit);
        } else {
            writeV6(frame, datagram, hopLimit);
        }
        if (datagram.hasPartialChecksum()) {
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, datagram.headerLength(), datagram.partialChecksum());
        }
    }

    private void makeFragments(final long first, final OutgoingDatagram datagram, final int hopLimit, final int mtu) {
        assert !datagram.hasPartialChecksum() : "no port completes the checksum of a fragment";
        final int identification = identification(datagram);
        final int step = step(datagram, mtu);
        int offset = 0;
        for (long frame = first; frame != 0; frame = Frame.next(frame)) {
            final int length = Math.min(step, datagram.length() - offset);
            final boolean more = offset + length < datagram.length();
            if (datagram.isV4()) {
                writeV4(frame, datagram, offset, length, identification & 0xFFFF,
                        (more ? Ipv4Header.MORE_FRAGMENTS : 0) | offset / UNIT, hopLimit);
            } else {
                writeV6Fragment(frame, datagram, offset, length, more, identification, hopLimit);
            }
            offset += length;
        }
    }

    private static void writeV4(final long frame, final OutgoingDatagram datagram, final int offset, final int length,
            final int identification, final int flagsAndOffset, final int hopLimit) {
        final long header = Frame.room(frame) + Frame.IP_IN_ROOM;
        final int total = datagram.headerLength() + length;
        Ipv4Header.write(header, datagram.dscpEcn(), total, identification, flagsAndOffset, hopLimit,
                datagram.protocol(), IpAddress.toV4(datagram.sourceLo()), IpAddress.toV4(datagram.destinationLo()));
        if (datagram.routerAlert()) {
            Ipv4Header.addRouterAlert(header);
        }
        datagram.copyTo(header + datagram.headerLength(), offset, length);
        Frame.dataOffset(frame, Frame.roomOffset(frame) + Frame.IP_IN_ROOM);
        Frame.length(frame, total);
    }

    private static void writeV6(final long frame, final OutgoingDatagram datagram, final int hopLimit) {
        final int total = datagram.headerLength() + datagram.length();
        final long header = header(frame, datagram, total, hopLimit,
                datagram.routerAlert() ? IpProtocol.HOP_BY_HOP : datagram.protocol());
        if (datagram.routerAlert()) {
            Ipv6Extensions.writeRouterAlert(header + Ipv6Header.LENGTH, datagram.protocol());
        }
        datagram.copyTo(header + datagram.headerLength(), 0, datagram.length());
    }

    private static void writeV6Fragment(final long frame, final OutgoingDatagram datagram, final int offset,
            final int length, final boolean more, final int identification, final int hopLimit) {
        final long header = header(frame, datagram, V6_FRAGMENT_HEADERS + length, hopLimit, IpProtocol.IPV6_FRAGMENT);
        FragmentHeader.write(header + Ipv6Header.LENGTH, datagram.protocol(), offset, more, identification);
        datagram.copyTo(header + V6_FRAGMENT_HEADERS, offset, length);
    }

    /** Writes the fixed header of IPv6 and returns where it lies. */
    private static long header(final long frame, final OutgoingDatagram datagram, final int total, final int hopLimit,
            final int nextHeader) {
        final long header = Frame.room(frame) + Frame.IP_IN_ROOM;
        Ipv6Header.write(header, datagram.dscpEcn(), datagram.flowLabel(), total - Ipv6Header.LENGTH, nextHeader,
                hopLimit);
        Ipv6Header.addresses(header, datagram.sourceHi(), datagram.sourceLo(), datagram.destinationHi(),
                datagram.destinationLo());
        Frame.dataOffset(frame, Frame.roomOffset(frame) + Frame.IP_IN_ROOM);
        Frame.length(frame, total);
        return header;
    }

    private int identification(final OutgoingDatagram datagram) {
        return identifications.next(datagram.sourceHi(), datagram.sourceLo(), datagram.destinationHi(),
                datagram.destinationLo(), datagram.protocol());
    }

    private static int step(final OutgoingDatagram datagram, final int mtu) {
        return mtu - (datagram.isV4() ? datagram.headerLength() : V6_FRAGMENT_HEADERS) & -UNIT;
    }

    private long acquire(final int link, final int count) {
        long first = 0;
        for (int i = 0; i < count; i++) {
            final long frame = acquireBehind(first, link);
            if (frame == 0) {
                counters.increment(Counter.TRANSMIT_NO_FRAME);
                release(first);
                return 0;
            }
            Frame.next(frame, first);
            first = frame;
        }
        return first;
    }

    /** @param first what is given back where the port throws. */
    private long acquireBehind(final long first, final int link) {
        try {
            return port.acquire(link);
        } catch (final RuntimeException e) {
            release(first);
            throw e;
        }
    }

    private void release(final long first) {
        for (long frame = first; frame != 0;) {
            final long next = Frame.next(frame);
            port.release(frame);
            frame = next;
        }
    }
}
