package io.millrace.fastpath.netty;

import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Between addresses as Java objects and as numbers. The last one is remembered both ways: datagrams come in rows from
 * one peer, and most are answered to where they came from. Thread: the event loop's.
 */
final class PeerAddresses {
    @Nullable
    private InetSocketAddress last;
    private long hi;
    private long lo;
    private int port;

    /** The sender of the datagram received last. */
    InetSocketAddress sender(final DatagramEndpoint endpoint) {
        InetSocketAddress known = last;
        if (known == null || port != endpoint.senderPort() || lo != endpoint.senderLo() || hi != endpoint.senderHi()) {
            hi = endpoint.senderHi();
            lo = endpoint.senderLo();
            port = endpoint.senderPort();
            known = new InetSocketAddress(IpAddress.toInetAddress(hi, lo), port);
            last = known;
        }
        return known;
    }

    /** Sets {@link #hi}, {@link #lo} and {@link #port} to those of an address that is resolved. */
    void use(final InetSocketAddress address) {
        if (address != last) {
            hi = IpAddress.hi(address.getAddress());
            lo = IpAddress.lo(address.getAddress());
            port = address.getPort();
            last = address;
        }
    }

    long hi() {
        return hi;
    }

    long lo() {
        return lo;
    }

    int port() {
        return port;
    }
}
