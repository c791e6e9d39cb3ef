package io.millrace.fastpath.simulation;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.wire.Icmpv4Header;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.wire.Icmpv6Header;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
import java.util.Arrays;
import java.util.List;

/**
 * Joins the links of all hosts: passes a packet on by its destination, drops one whose header is damaged, and answers
 * one that is too long for the next link with "fragmentation needed" (RFC 1191 §4) or "packet too big" (RFC 8201 §4), or
 * fragments it where it may. Its queues are the links' own; a packet that finds no frame is dropped. Thread: the simulation's.
 */
final class SimulatedRouter {
    /** 10.0.0.254; hosts are 10.0.0.1 and so on. */
    static final int ADDRESS = 0x0A00_00FE;

    private static final int FIRST_HOST = 0x0A00_0001;
    private static final int BURST = 64;
    private static final int TTL = 64;
    private static final int QUOTED = 8;
    private static final int UNIT = 8;

    private final List<PacketPort> ports;
    private final int[] pathMtus;
    private final long[] burst = new long[BURST];
    private final long[] one = new long[1];
    private final Ipv4Header ip = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private long answered;

    /**
     * @param ports    the router's end of each host's link.
     * @param pathMtus longest packet that goes out on each.
     */
    SimulatedRouter(final List<PacketPort> ports, final int[] pathMtus) {
        this.ports = List.copyOf(ports);
        this.pathMtus = Arrays.copyOf(pathMtus, pathMtus.length);
    }

    /** Address of a host, in host order. */
    static int address(final int host) {
        return FIRST_HOST + host;
    }

    /** Packets that were too long for the next link. */
    long answered() {
        return answered;
    }

    /** Passes on what has arrived; returns how many packets. */
    int turn(final long nowNs) {
        int done = 0;
        for (int from = 0; from < ports.size(); from++) {
            final int count = ports.get(from).receive(burst, 0, BURST, nowNs);
            for (int i = 0; i < count; i++) {
                onPacket(from, burst[i], nowNs);
                ports.get(from).release(burst[i]);
            }
            done += count;
        }
        return done;
    }

    private void onPacket(final int from, final long frame, final long nowNs) {
        final boolean v6 = Frame.length(frame) > 0 && Ipv6Header.isV6(Frame.data(frame));
        if (v6 ? !ipv6.wrap(Frame.data(frame), Frame.length(frame)) : !isWholeV4(frame)) {
            return;
        }
        final int to = destination(v6) - FIRST_HOST;
        if (to < 0 || to >= ports.size()) {
            return;
        }
        final int longest = Frame.gsoSize(frame) == 0
                ? Frame.length(frame)
                : Frame.headerLength(frame) + Frame.gsoSize(frame);
        if (longest <= pathMtus[to]) {
            pass(ports.get(to), frame, nowNs);
        } else if (v6) {
            answered++;
            answerV6(ports.get(from), pathMtus[to], nowNs);
        } else if (!ip.dontFragment()) {
            fragment(ports.get(to), pathMtus[to], nowNs);
        } else {
            answered++;
            answer(ports.get(from), pathMtus[to], nowNs);
        }
    }

    private boolean isWholeV4(final long frame) {
        return ip.wrap(Frame.data(frame), Frame.length(frame)) && ip.checksumValid();
    }

    /** As an address of IPv4; -1 for one that is no host's. */
    private int destination(final boolean v6) {
        if (!v6) {
            return ip.destination();
        }
        final int address = (int) ipv6.destinationLo();
        final boolean known = ipv6.destinationHi() == Family.V6.hi() && ipv6.destinationLo() == Family.V6.lo(address);
        return known ? address : -1;
    }

    private void pass(final PacketPort port, final long frame, final long nowNs) {
        final long copy = port.acquire();
        if (copy == 0) {
            return;
        }
        Memory.copy(Frame.data(frame), Frame.data(copy), Frame.length(frame));
        Frame.length(copy, Frame.length(frame));
        Frame.flags(copy, Frame.flags(frame));
        Frame.checksumPlace(copy, Frame.checksumStart(frame), Frame.checksumOffset(frame));
        if (Frame.gsoSize(frame) != 0) {
            Frame.segmentation(copy, Frame.gsoType(frame), Frame.gsoSize(frame), Frame.headerLength(frame));
        }
        transmit(port, copy, nowNs);
    }

    /** RFC 791 §2.3, §3.2: of a packet without options, itself a fragment or none. */
    private void fragment(final PacketPort port, final int mtu, final long nowNs) {
        final int step = mtu - Ipv4Header.MIN_LENGTH & -UNIT;
        final int length = ip.payloadLength();
        for (int offset = 0; offset < length; offset += step) {
            final long copy = port.acquire();
            if (copy == 0) {
                return;
            }
            final int part = Math.min(step, length - offset);
            final boolean more = offset + part < length || ip.moreFragments();
            Ipv4Header.write(Frame.data(copy), ip.dscpEcn(), Ipv4Header.MIN_LENGTH + part, ip.identification(),
                    (more ? Ipv4Header.MORE_FRAGMENTS : 0) | (ip.fragmentOffset() + offset) / UNIT, ip.ttl(),
                    ip.protocol(), ip.source(), ip.destination());
            Memory.copy(ip.payloadAddress() + offset, Frame.data(copy) + Ipv4Header.MIN_LENGTH, part);
            Frame.length(copy, Ipv4Header.MIN_LENGTH + part);
            transmit(port, copy, nowNs);
        }
    }

    private void answer(final PacketPort port, final int mtu, final long nowNs) {
        final long frame = port.acquire();
        if (frame == 0) {
            return;
        }
        final long packet = Frame.data(frame);
        final long message = packet + Ipv4Header.MIN_LENGTH;
        final int quote = ip.headerLength() + QUOTED;
        final int length = Ipv4Header.MIN_LENGTH + Icmpv4Header.LENGTH + quote;
        Ipv4Header.write(packet, length, 0, 0, TTL, IpProtocol.ICMP, ADDRESS, ip.source());
        Icmpv4Header.write(message, Icmpv4Header.DESTINATION_UNREACHABLE, Icmpv4Header.FRAGMENTATION_NEEDED, mtu);
        Memory.copy(ip.address(), message + Icmpv4Header.LENGTH, quote);
        new Icmpv4Header().wrapUnchecked(message, Icmpv4Header.LENGTH + quote).updateChecksum();
        Frame.length(frame, length);
        transmit(port, frame, nowNs);
    }

    /** RFC 4443 §3.2. */
    private void answerV6(final PacketPort port, final int mtu, final long nowNs) {
        final long frame = port.acquire();
        if (frame == 0) {
            return;
        }
        final long packet = Frame.data(frame);
        final long message = packet + Ipv6Header.LENGTH;
        final int quote = Ipv6Header.LENGTH + QUOTED;
        final int length = Icmpv6Header.LENGTH + quote;
        Ipv6Header.write(packet, 0, 0, length, IpProtocol.ICMPV6, TTL);
        Ipv6Header.addresses(packet, Family.V6.hi(), Family.V6.lo(ADDRESS), ipv6.sourceHi(), ipv6.sourceLo());
        Icmpv6Header.write(message, Icmpv6Header.PACKET_TOO_BIG, 0, mtu);
        Memory.copy(ipv6.address(), message + Icmpv6Header.LENGTH, quote);
        final Icmpv6Header header = new Icmpv6Header();
        header.wrap(message, length);
        header.updateChecksum(Family.V6.hi(), Family.V6.lo(ADDRESS), ipv6.sourceHi(), ipv6.sourceLo());
        Frame.length(frame, Ipv6Header.LENGTH + length);
        transmit(port, frame, nowNs);
    }

    private void transmit(final PacketPort port, final long frame, final long nowNs) {
        one[0] = frame;
        if (port.transmit(one, 0, 1, nowNs) == 0) {
            port.release(frame);
        }
    }

    @Override
    public String toString() {
        return IpAddress.toString(0, IpAddress.v4(ADDRESS)) + ", path MTUs " + Arrays.toString(pathMtus) + ", "
                + answered + " packets too long";
    }
}
