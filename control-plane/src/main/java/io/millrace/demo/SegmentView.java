package io.millrace.demo;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;

/** A TCP segment in a frame of a port with Ethernet, for who looks on. Thread: one. */
final class SegmentView {
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ip = new Ipv4Header();
    private final TcpHeader tcp = new TcpHeader();
    private final TcpOptions options = new TcpOptions();

    /** Looks at a frame; false where there is no TCP segment in it. */
    boolean wrap(final long frame) {
        final long data = Frame.data(frame);
        return ethernet.wrap(data, Frame.length(frame)) && ethernet.etherType() == EthernetHeader.ETHERTYPE_IPV4
                && ip.wrap(data + EthernetHeader.LENGTH, Frame.length(frame) - EthernetHeader.LENGTH)
                && ip.protocol() == IpProtocol.TCP && tcp.wrap(ip.payloadAddress(), ip.payloadLength());
    }

    long source() {
        return IpAddress.v4(ip.source());
    }

    long destination() {
        return IpAddress.v4(ip.destination());
    }

    int sourcePort() {
        return tcp.sourcePort();
    }

    int destinationPort() {
        return tcp.destinationPort();
    }

    int flags() {
        return tcp.flags();
    }

    boolean has(final int mask) {
        return tcp.has(mask);
    }

    int sequence() {
        return tcp.sequence();
    }

    int acknowledgement() {
        return tcp.acknowledgement();
    }

    int length() {
        return ip.payloadLength() - tcp.headerLength();
    }

    int window() {
        return tcp.window();
    }

    /** Value of the MSS option; 0 without one. */
    int mss() {
        options.decode(tcp.optionsAddress(), tcp.optionsLength());
        return options.hasMss() ? options.mss() : 0;
    }
}
