package io.millrace.fastpath.netty;

import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Between addresses as Java objects and as numbers. Those of the last peers are remembered both ways, as many as
 * {@value #PEERS}, where each has one place: a server that talks with some peers in turn makes no object for each datagram,
 * and most are answered to where they came from. Thread: the event loop's.
 */
final class PeerAddresses {
    private static final int PEERS = 64;

    /** A peer both ways. Never changes. */
    private record Peer(InetSocketAddress address, long hi, long lo, int port) {
        boolean is(final long otherHi, final long otherLo, final int otherPort) {
            return port == otherPort && lo == otherLo && hi == otherHi;
        }
    }

    private final @Nullable Peer[] peers = new Peer[PEERS];
    /** The same, and whom was sent to beside them, by the hash of the object. */
    private final @Nullable Peer[] byAddress = new Peer[PEERS];
    private @Nullable Peer last;

    /** The sender of the datagram received last. */
    InetSocketAddress sender(final DatagramEndpoint endpoint) {
        final long hi = endpoint.senderHi();
        final long lo = endpoint.senderLo();
        final int port = endpoint.senderPort();
        final Peer before = last;
        if (before != null && before.is(hi, lo, port)) {
            return before.address();
        }
        final int place = place(hi, lo, port);
        Peer peer = peers[place];
        if (peer == null || !peer.is(hi, lo, port)) {
            peer = new Peer(new InetSocketAddress(IpAddress.toInetAddress(hi, lo), port), hi, lo, port);
            peers[place] = peer;
            byAddress[place(peer.address())] = peer;
        }
        last = peer;
        return peer.address();
    }

    /** Sets {@link #hi}, {@link #lo} and {@link #port} to those of an address that is resolved. */
    void use(final InetSocketAddress address) {
        final Peer before = last;
        if (before != null && before.address() == address) {
            return;
        }
        final int place = place(address);
        Peer peer = byAddress[place];
        if (peer == null || peer.address() != address) {
            peer = new Peer(address, IpAddress.hi(address.getAddress()), IpAddress.lo(address.getAddress()),
                    address.getPort());
            byAddress[place] = peer;
        }
        last = peer;
    }

    long hi() {
        return last == null ? 0 : last.hi();
    }

    long lo() {
        return last == null ? 0 : last.lo();
    }

    int port() {
        return last == null ? 0 : last.port();
    }

    private static int place(final InetSocketAddress address) {
        return address.hashCode() * 0x9E37_79B9 >>> 26;
    }

    private static int place(final long hi, final long lo, final int port) {
        final long mixed = (hi ^ Long.rotateLeft(lo, 17) ^ port) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 58);
    }
}
