package io.millrace.fastpath.udp;

import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.OutgoingDatagram;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.UdpHeader;

/**
 * The way out: where to and from which address, header and checksum; in fragments where the path, as far as it is known,
 * takes less. Thread: the engine's.
 */
final class UdpOutput implements AutoCloseable {
    private final Udp udp;
    private final IpOutput ip;
    private final MemoryRegion scratch = MemoryRegion.allocate("UDP header", UdpHeader.LENGTH);
    private final UdpHeader header = new UdpHeader().wrapUnchecked(scratch.address());
    private final OutgoingDatagram datagram = new OutgoingDatagram(IpProtocol.UDP);
    private final LongDatagrams longOnes;
    private long sourceHi;
    private long sourceLo;

    /** @param hashSeed random. */
    UdpOutput(final Udp udp, final IpOutput ip, final long hashSeed) {
        this.udp = udp;
        this.ip = ip;
        longOnes = new LongDatagrams(hashSeed);
    }

    /** Whether datagrams may be sent there: SENT, or why not. */
    SendResult check(final DatagramEndpoint from, final Binding binding, final long hi, final long lo,
            final int toPort) {
        if (toPort == 0 || IpAddress.isAny(hi, lo)) {
            return SendResult.BAD_DESTINATION;
        }
        if (isBroadcast(hi, lo) && !from.fields.broadcast) {
            return SendResult.BROADCAST_REFUSED;
        }
        findSource(hi, lo);
        final boolean reachable = binding.mayReach(hi, lo) && !IpAddress.isAny(sourceHi, sourceLo)
                && IpAddress.isV4(sourceHi, sourceLo) == IpAddress.isV4(hi, lo);
        return reachable ? SendResult.SENT : SendResult.NETWORK_UNREACHABLE;
    }

    /** Finds the address that is sent from unless bound to another: a wildcard where no way leads there. */
    private void findSource(final long hi, final long lo) {
        final RouteSnapshot routes = udp.routes();
        if (IpAddress.isMulticast(hi, lo) || routes.isBroadcast(hi, lo)) {
            sourceHi = routes.groupSourceHi(hi, lo);
            sourceLo = routes.groupSourceLo(hi, lo);
            return;
        }
        final int route = routes.route(hi, lo);
        if (route == RouteSnapshot.NO_ROUTE) {
            sourceHi = 0;
            sourceLo = 0;
        } else {
            sourceHi = route == RouteSnapshot.LOCAL ? hi : routes.sourceHi(route, hi, lo);
            sourceLo = route == RouteSnapshot.LOCAL ? lo : routes.sourceLo(route, hi, lo);
        }
    }

    /** Upper half of the address that what {@link #check} found reachable last is sent from unless bound to another. */
    long sourceHi() {
        return sourceHi;
    }

    /** Lower half of the same. */
    long sourceLo() {
        return sourceLo;
    }

    SendResult send(final DatagramEndpoint from, final Binding binding, final long hi, final long lo,
            final int toPort, final long payload, final int length) {
        final DatagramError error = from.takeError();
        if (error != null) {
            return switch (error) {
                case PORT_UNREACHABLE -> SendResult.PORT_UNREACHABLE;
                case HOST_UNREACHABLE -> SendResult.HOST_UNREACHABLE;
                case TOO_LONG -> SendResult.TOO_LONG;
            };
        }
        final SendFields fields = from.fields;
        if (toPort == 0 || !fields.isHopTo(udp.routes(), hi, lo)) {
            final SendResult refusal = check(from, binding, hi, lo, toPort);
            if (refusal != SendResult.SENT) {
                return refusal;
            }
            fields.hop(udp.routes(), hi, lo, sourceHi, sourceLo, IpOutput.UNKNOWN);
        }
        if (length > (IpAddress.isV4(hi, lo) ? DatagramEndpoint.MAX_LENGTH_V4 : DatagramEndpoint.MAX_LENGTH)) {
            return SendResult.TOO_LONG;
        }
        if (!fields.hasRoom(udp.turn(), length)) {
            return blocked(from);
        }
        fill(fields, binding, hi, lo);
        final long hop = ip.aim(datagram, fields.hop());
        fields.lookUpPath(ip.pathMtus(), ip.links().mtu(datagram.link(), hi, lo));
        datagram.pathMtu(fields.pathMtu()).fragmentation(fields.fragmentationNow());
        write(binding.localPort(), toPort, payload, length);
        return hand(from, hop, length);
    }

    private void fill(final SendFields fields, final Binding binding, final long hi, final long lo) {
        final boolean multicast = IpAddress.isMulticast(hi, lo);
        final boolean bound = udp.routes().isOwn(binding.localHi(), binding.localLo());
        datagram.source(bound ? binding.localHi() : fields.sourceHi(), bound ? binding.localLo() : fields.sourceLo())
                .destination(hi, lo).dscpEcn(fields.trafficClass).loopback(fields.multicastLoop)
                .hopLimit(multicast
                        ? fields.multicastTtl
                        : fields.ttl == 0 ? OutgoingDatagram.DEFAULT_HOP_LIMIT : fields.ttl);
        if (fields.flowLabel() == SendFields.NO_LABEL) {
            // of all that goes from this port to that host: who is sent to is remembered without the port
            fields.flowLabel(
                    udp.flowLabel(datagram.sourceHi(), datagram.sourceLo(), hi, lo, binding.localPort() << 16));
        }
        datagram.flowLabel(fields.flowLabel());
    }

    private void write(final int fromPort, final int toPort, final long payload, final int length) {
        final int total = UdpHeader.LENGTH + length;
        UdpHeader.write(header.address(), fromPort, toPort, total);
        datagram.payload(header.address(), UdpHeader.LENGTH, payload, length);
        final long pseudo = Checksum.pseudoHeader(datagram.sourceHi(), datagram.sourceLo(),
                datagram.destinationHi(), datagram.destinationLo(), IpProtocol.UDP, total);
        if (ip.completesChecksum(datagram)) {
            header.checksum(Checksum.fold(pseudo));
            datagram.partialChecksum(UdpHeader.CHECKSUM_OFFSET);
        } else {
            final int checksum = Checksum.finish(
                    Checksum.sum(payload, length, Checksum.sum(header.address(), UdpHeader.LENGTH, pseudo)));
            // 0 would say that there is none (RFC 768)
            header.checksum(checksum == 0 ? 0xFFFF : checksum);
        }
    }

    private SendResult hand(final DatagramEndpoint from, final long nextHop, final int length) {
        final long hop = ip.sendAimed(datagram, nextHop);
        if (IpOutput.isSent(hop)) {
            from.fields.onSent(hop, length);
            longOnes.onSent(datagram.destinationHi(), datagram.destinationLo(), UdpHeader.LENGTH + length);
            udp.count(Counter.UDP_SENT);
            return SendResult.SENT;
        }
        // where nothing is on its way, fragments that find too few frames may do so for ever
        if (hop == IpOutput.NO_ROOM && (ip.fits(datagram) || !ip.isIdle())) {
            return blocked(from);
        }
        if (hop == IpOutput.TOO_LONG) {
            return SendResult.TOO_LONG;
        }
        return hop == IpOutput.NO_ROUTE ? SendResult.NETWORK_UNREACHABLE : SendResult.NO_BUFFERS;
    }

    /** ICMP told that a datagram was too long for the path; true where that is news, and can be true. */
    boolean onTooLong(final Fragmentation sentWith, final long hi, final long lo, final int mtu) {
        // what every router may fragment is too long for none
        final boolean news = sentWith != Fragmentation.ANYWHERE && longOnes.isLonger(hi, lo, mtu)
                && ip.pathMtus().onTooLong(hi, lo, mtu, ip.links().mtu(ip.linkTo(hi, lo), hi, lo));
        if (!news) {
            udp.count(Counter.ICMP_IGNORED);
        }
        return news;
    }

    private boolean isBroadcast(final long hi, final long lo) {
        return !IpAddress.isMulticast(hi, lo) && udp.routes().isBroadcast(hi, lo);
    }

    private SendResult blocked(final DatagramEndpoint from) {
        udp.ready(from, DatagramHandler.WRITABLE);
        return SendResult.BLOCKED;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
