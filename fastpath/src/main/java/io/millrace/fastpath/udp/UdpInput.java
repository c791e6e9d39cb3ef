package io.millrace.fastpath.udp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.ip.DatagramInput;
import io.millrace.fastpath.ip.IcmpError;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.UdpHeader;

/**
 * The way in: checks a datagram (RFC 768, RFC 1122 §4.1.3) and takes it to the endpoints that are bound for it, here or
 * at another engine. Thread: the engine's.
 */
final class UdpInput implements DatagramInput {
    /** As many datagrams as Linux sends in one go (UDP_MAX_SEGMENTS). */
    private static final int MAX_SEGMENTS = 128;

    private final Udp udp;
    private final UdpHeader header = new UdpHeader();
    /** Payload bytes of each of several datagrams that follow the header; 0 where it is one. */
    private int segment;

    UdpInput(final Udp udp) {
        this.udp = udp;
    }

    @Override
    public boolean onDatagram(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final long address, final int length, final int flags) {
        segment = flags >>> SEGMENT_SHIFT;
        if (!header.wrap(address, length) || header.payloadLength() > segment * MAX_SEGMENTS && segment != 0) {
            udp.count(Counter.UDP_MALFORMED);
        } else if (header.destinationPort() == 0) {
            udp.count(Counter.UDP_PORT_ZERO);
        } else if (!isChecksumRight(localHi, localLo, remoteHi, remoteLo, (flags & CHECKSUM_TRUSTED) != 0)) {
            udp.count(Counter.UDP_BAD_CHECKSUM);
        } else if ((flags & (BROADCAST | MULTICAST)) != 0) {
            return toAll(localHi, localLo, remoteHi, remoteLo, (flags & MULTICAST) != 0);
        } else {
            return toOne(localHi, localLo, remoteHi, remoteLo);
        }
        return true;
    }

    /** 0 says that the sender made none, which IPv4 allows (RFC 1122 §4.1.3.4) and IPv6 does not (RFC 8200 §8.1). */
    private boolean isChecksumRight(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final boolean trusted) {
        if (header.checksum() == 0) {
            return IpAddress.isV4(localHi, localLo);
        }
        return trusted || header.checksumValid(
                Checksum.pseudoHeader(remoteHi, remoteLo, localHi, localLo, IpProtocol.UDP, header.length()));
    }

    private boolean toOne(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        final Binding binding = udp.bindings().find(localHi, localLo, header.destinationPort(), remoteHi, remoteLo,
                header.sourcePort());
        if (binding == null) {
            udp.count(Counter.UDP_NO_PORT);
            return false;
        }
        deliver(binding.endpoint(), remoteHi, remoteLo);
        return true;
    }

    private boolean toAll(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final boolean multicast) {
        boolean wanted = false;
        for (final Binding binding : udp.bindings().at(header.destinationPort())) {
            final boolean takes = multicast
                    ? binding.takesMulticast(localHi, localLo, remoteHi, remoteLo, header.sourcePort())
                    : binding.takesBroadcast(localHi, localLo, remoteHi, remoteLo, header.sourcePort());
            if (takes) {
                deliver(binding.endpoint(), remoteHi, remoteLo);
                wanted = true;
            }
        }
        return wanted;
    }

    private void deliver(final DatagramEndpoint endpoint, final long remoteHi, final long remoteLo) {
        final long payload = header.payloadAddress();
        int left = header.payloadLength();
        while (segment != 0 && left > segment) {
            deliver(endpoint, remoteHi, remoteLo, payload + header.payloadLength() - left, segment);
            left -= segment;
        }
        deliver(endpoint, remoteHi, remoteLo, payload + header.payloadLength() - left, left);
    }

    private void deliver(final DatagramEndpoint endpoint, final long remoteHi, final long remoteLo, final long payload,
            final int length) {
        if (endpoint.udp == udp) {
            endpoint.onDatagram(remoteHi, remoteLo, header.sourcePort(), payload, length);
        } else if (endpoint.udp.inbox().offer(endpoint.id, remoteHi, remoteLo, header.sourcePort(), payload, length)) {
            udp.count(Counter.UDP_FORWARDED);
        } else {
            udp.count(Counter.UDP_INBOX_FULL);
        }
    }

    @Override
    public void onDatagramError(final IcmpError error, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports, final int mtu) {
        final int remotePort = ports & 0xFFFF;
        final Binding binding = udp.bindings().find(localHi, localLo, ports >>> 16, remoteHi, remoteLo, remotePort);
        // as Linux: an endpoint that is not connected is told nothing, for it could not tell about which datagram
        if (binding == null || !binding.isConnected() && error != IcmpError.FRAGMENTATION_NEEDED) {
            udp.count(Counter.ICMP_IGNORED);
            return;
        }
        final DatagramError told = switch (error) {
            case REFUSED -> DatagramError.PORT_UNREACHABLE;
            case FRAGMENTATION_NEEDED -> DatagramError.TOO_LONG;
            default -> DatagramError.HOST_UNREACHABLE;
        };
        final DatagramEndpoint endpoint = binding.endpoint();
        if (endpoint.udp == udp) {
            endpoint.onError(remoteHi, remoteLo, remotePort, told, mtu);
        } else if (!endpoint.udp.inbox().offerError(endpoint.id, remoteHi, remoteLo, remotePort, told, mtu)) {
            udp.count(Counter.UDP_INBOX_FULL);
        }
    }
}
