package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.UdpHeader;

/**
 * What DHCP servers say, on its way to the control plane's client. They send it to the address that they offer, which is
 * not ours yet, or to everybody (RFC 2131 §4.1). Where the stack has no client this takes nothing.
 * Thread: the engine's.
 */
final class DhcpInput {
    static final int SERVER_PORT = 67;
    static final int CLIENT_PORT = 68;

    private final boolean hasClient;
    private final EngineControl control;
    private final EngineCounters counters;
    private final UdpHeader udp = new UdpHeader();

    DhcpInput(final EngineControl control, final EngineCounters counters) {
        this.hasClient = control.hasDhcpClient();
        this.control = control;
        this.counters = counters;
    }

    /**
     * Takes a packet that is for the client.
     *
     * @param link       the link that the frame came over.
     * @param linkSource the MAC that the frame came from.
     * @param trusted    the port verified the transport checksum.
     * @return false where it is not, whoever it is for.
     */
    boolean take(final Ipv4Header ip, final int link, final long linkSource, final boolean trusted) {
        if (!hasClient || ip.protocol() != IpProtocol.UDP || ip.isFragment()
                || ip.payloadLength() < UdpHeader.LENGTH) {
            return false;
        }
        udp.wrapUnchecked(ip.payloadAddress());
        if (udp.destinationPort() != CLIENT_PORT || udp.sourcePort() != SERVER_PORT) {
            return false;
        }
        if (!udp.wrap(ip.payloadAddress(), ip.payloadLength())
                || udp.length() > EngineCommands.MAX_DATAGRAM_LENGTH) {
            counters.increment(Counter.UDP_MALFORMED);
        } else if (!trusted && !isChecksumRight(ip)) {
            counters.increment(Counter.UDP_BAD_CHECKSUM);
        } else {
            counters.increment(Counter.DHCP_RECEIVED);
            control.events().onDhcp(link, ip.source(), ip.destination(), linkSource, udp.payloadAddress(),
                    udp.payloadLength());
        }
        return true;
    }

    private boolean isChecksumRight(final Ipv4Header ip) {
        return udp.checksum() == 0 || udp.checksumValid(
                Checksum.pseudoHeaderV4(ip.source(), ip.destination(), IpProtocol.UDP, udp.length()));
    }
}
