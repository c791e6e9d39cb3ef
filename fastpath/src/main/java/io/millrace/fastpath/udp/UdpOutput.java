package io.millrace.fastpath.udp;

import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.UdpHeader;

/**
 * The way out: where to and from which address, header and checksum, and the copy for this stack's own members of a
 * group or listeners to a broadcast. Thread: the engine's.
 */
final class UdpOutput {
    private final Udp udp;
    private final IpOutput ip;
    private final PortCapabilities port;
    private final UdpHeader header = new UdpHeader();

    UdpOutput(final Udp udp, final IpOutput ip) {
        this.udp = udp;
        this.ip = ip;
        this.port = ip.capabilities();
    }

    /** Whether datagrams may be sent there: SENT, or why not. */
    SendResult check(final DatagramEndpoint from, final long hi, final long lo, final int toPort) {
        if (toPort == 0 || IpAddress.isAny(hi, lo)) {
            return SendResult.BAD_DESTINATION;
        }
        if (isBroadcast(hi, lo) && !from.fields.broadcast) {
            return SendResult.BROADCAST_REFUSED;
        }
        return IpAddress.isAny(0, sourceFor(hi, lo)) ? SendResult.NETWORK_UNREACHABLE : SendResult.SENT;
    }

    /** Lower half of the address that datagrams to a destination are sent from, unless bound to another; the wildcard: no way. */
    long sourceFor(final long hi, final long lo) {
        final RouteSnapshot routes = udp.routes();
        if (!IpAddress.isV4(hi, lo)) {
            return IpAddress.ANY_V4;
        }
        if (IpAddress.isMulticast(hi, lo) || routes.isBroadcast(hi, lo)) {
            return routes.groupSourceLo(hi, lo);
        }
        final int route = routes.route(hi, lo);
        if (route == RouteSnapshot.NO_ROUTE) {
            return IpAddress.ANY_V4;
        }
        return route == RouteSnapshot.LOCAL ? lo : routes.sourceLo(route);
    }

    SendResult send(final DatagramEndpoint from, final Binding binding, final long hi, final long lo,
            final int toPort, final long payload, final int length) {
        final DatagramError error = from.takeError();
        if (error != null) {
            return error == DatagramError.PORT_UNREACHABLE
                    ? SendResult.PORT_UNREACHABLE
                    : SendResult.HOST_UNREACHABLE;
        }
        final SendResult refusal = check(from, hi, lo, toPort);
        if (refusal != SendResult.SENT) {
            return refusal;
        }
        if (length > port.mtu() - IpOutput.IPV4_LENGTH - UdpHeader.LENGTH) {
            return SendResult.TOO_LONG;
        }
        if (!ip.hasRoom() || !from.fields.hasRoom(udp.turn(), length)) {
            return blocked(from);
        }
        final long source = udp.routes().isOwn(binding.localHi(), binding.localLo())
                ? binding.localLo()
                : sourceFor(hi, lo);
        return write(from, binding.localPort(), source, hi, lo, toPort, payload, length);
    }

    private SendResult write(final DatagramEndpoint from, final int fromPort, final long source, final long hi,
            final long lo, final int toPort, final long payload, final int length) {
        final long frame = ip.acquire();
        if (frame == 0) {
            udp.count(Counter.TRANSMIT_NO_FRAME);
            return blocked(from);
        }
        UdpHeader.write(IpOutput.payload(frame), fromPort, toPort, UdpHeader.LENGTH + length);
        Memory.copy(payload, IpOutput.payload(frame) + UdpHeader.LENGTH, length);
        checksum(frame, source, lo);
        from.fields.onSent(length);
        udp.count(Counter.UDP_SENT);
        if (IpAddress.isMulticast(hi, lo)) {
            toGroup(from.fields, frame, source, hi, lo);
        } else if (isBroadcast(hi, lo)) {
            loop(from.fields, frame, source, hi, lo);
            hand(from.fields, frame, source, hi, lo, IpOutput.GROUP);
        } else {
            hand(from.fields, frame, source, hi, lo, IpOutput.UNKNOWN);
        }
        return SendResult.SENT;
    }

    private void toGroup(final SendFields fields, final long frame, final long source, final long hi,
            final long lo) {
        if (fields.multicastTtl == 0) {
            // not beyond this stack (RFC 1112 §6.1)
            if (fields.multicastLoop) {
                hand(fields, frame, source, hi, lo, IpOutput.LOCAL);
            } else {
                ip.release(frame);
            }
            return;
        }
        if (fields.multicastLoop) {
            loop(fields, frame, source, hi, lo);
        }
        hand(fields, frame, source, hi, lo, IpOutput.GROUP);
    }

    /** A copy for this stack itself. */
    private void loop(final SendFields fields, final long frame, final long source, final long hi, final long lo) {
        final long copy = ip.acquire();
        if (copy == 0) {
            udp.count(Counter.TRANSMIT_NO_FRAME);
            return;
        }
        header.wrapUnchecked(IpOutput.payload(frame));
        Memory.copy(header.address(), IpOutput.payload(copy), header.length());
        Frame.flags(copy, Frame.flags(frame));
        hand(fields, copy, source, hi, lo, IpOutput.LOCAL);
    }

    private void hand(final SendFields fields, final long frame, final long source, final long hi, final long lo,
            final long nextHop) {
        final int hops = IpAddress.isMulticast(hi, lo) ? fields.multicastTtl : udp.routes().hopLimit();
        header.wrapUnchecked(IpOutput.payload(frame));
        ip.sendDatagram(frame, header.length(), source, hi, lo, nextHop, fields.trafficClass, hops);
    }

    private void checksum(final long frame, final long source, final long lo) {
        header.wrapUnchecked(IpOutput.payload(frame));
        final long pseudo = Checksum.pseudoHeaderV4(IpAddress.toV4(source), IpAddress.toV4(lo), IpProtocol.UDP,
                header.length());
        if (port.txChecksum()) {
            header.checksum(Checksum.fold(pseudo));
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, Ipv4Header.MIN_LENGTH, UdpHeader.CHECKSUM_OFFSET);
        } else {
            header.updateChecksum(pseudo);
        }
    }

    private boolean isBroadcast(final long hi, final long lo) {
        return !IpAddress.isMulticast(hi, lo) && udp.routes().isBroadcast(hi, lo);
    }

    private SendResult blocked(final DatagramEndpoint from) {
        udp.ready(from, DatagramHandler.WRITABLE);
        return SendResult.BLOCKED;
    }
}
