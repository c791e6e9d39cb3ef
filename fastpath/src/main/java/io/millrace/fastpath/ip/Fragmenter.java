package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.DatagramIdentifications;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.Ipv4Header;

/**
 * Copies datagrams into frames: one, or as many fragments as the MTU asks for (RFC 791 §3.2). All of them or none: a
 * datagram without one of its fragments is of no use to anyone. Thread: the engine's.
 */
final class Fragmenter {
    /** Fragments begin at multiples of so many bytes. */
    private static final int UNIT = 8;

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
        final long first = acquire(count);
        if (first == 0) {
            return 0;
        }
        if (count == 1) {
            makeWhole(first, datagram, hopLimit);
        } else {
            makeFragments(first, datagram, hopLimit, mtu);
            counters.increment(Counter.IP_FRAGMENTED);
            counters.add(Counter.IP_FRAGMENTS_SENT, count);
        }
        return first;
    }

    private void makeWhole(final long frame, final OutgoingDatagram datagram, final int hopLimit) {
        // RFC 6864 §4.1: what is never fragmented needs no identification, and a counter would tell how busy we are
        final boolean atomic = datagram.fragmentation() != Fragmentation.ANYWHERE;
        write(frame, datagram, 0, datagram.length(), atomic ? 0 : identification(datagram),
                atomic ? Ipv4Header.DONT_FRAGMENT : 0, hopLimit);
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
            final int more = offset + length < datagram.length() ? Ipv4Header.MORE_FRAGMENTS : 0;
            write(frame, datagram, offset, length, identification, more | offset / UNIT, hopLimit);
            offset += length;
        }
    }

    private static void write(final long frame, final OutgoingDatagram datagram, final int offset, final int length,
            final int identification, final int flagsAndOffset, final int hopLimit) {
        final long header = frame + Frame.IP_OFFSET;
        final int total = datagram.headerLength() + length;
        Ipv4Header.write(header, datagram.dscpEcn(), total, identification, flagsAndOffset, hopLimit,
                datagram.protocol(), IpAddress.toV4(datagram.sourceLo()), IpAddress.toV4(datagram.destinationLo()));
        if (datagram.routerAlert()) {
            Ipv4Header.addRouterAlert(header);
        }
        datagram.copyTo(header + datagram.headerLength(), offset, length);
        Frame.dataOffset(frame, Frame.IP_OFFSET);
        Frame.length(frame, total);
    }

    private int identification(final OutgoingDatagram datagram) {
        return identifications.next(0, datagram.sourceLo(), datagram.destinationHi(), datagram.destinationLo(),
                datagram.protocol()) & 0xFFFF;
    }

    private static int step(final OutgoingDatagram datagram, final int mtu) {
        return mtu - datagram.headerLength() & -UNIT;
    }

    private long acquire(final int count) {
        long first = 0;
        for (int i = 0; i < count; i++) {
            final long frame = port.acquire();
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

    private void release(final long first) {
        for (long frame = first; frame != 0;) {
            final long next = Frame.next(frame);
            port.release(frame);
            frame = next;
        }
    }
}
