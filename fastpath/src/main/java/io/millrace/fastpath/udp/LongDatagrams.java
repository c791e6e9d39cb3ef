package io.millrace.fastpath.udp;

import io.millrace.fastpath.ip.AddressHash;
import io.millrace.fastpath.ip.IpOutput;

/**
 * Who was sent datagrams lately that a path may be too narrow for. An error that says so quotes nothing of a datagram that
 * nobody could guess, and what is believed of a path holds for connections, too: so what cannot be true is not believed
 * (RFC 8899 §4.6.1, RFC 5927 §7.1). Of destinations that share a place the last is remembered: news of another is missed,
 * and comes again with its next datagram. Thread: the engine's.
 */
final class LongDatagrams {
    private static final int PLACES = 1_024;

    private final long[] hi = new long[PLACES];
    private final long[] lo = new long[PLACES];
    private final int[] length = new int[PLACES];
    private final long seed;

    /** @param seed random. */
    LongDatagrams(final long seed) {
        this.seed = seed;
    }

    /** @param payload bytes above IP. */
    void onSent(final long toHi, final long toLo, final int payload) {
        final int packet = payload + IpOutput.headerLength(toHi, toLo);
        if (packet <= IpOutput.minMtu(toHi, toLo)) {
            return;
        }
        final int place = place(toHi, toLo);
        length[place] = lo[place] == toLo && hi[place] == toHi ? Math.max(packet, length[place]) : packet;
        hi[place] = toHi;
        lo[place] = toLo;
    }

    /** True where something longer was sent there. */
    boolean isLonger(final long toHi, final long toLo, final int mtu) {
        final int place = place(toHi, toLo);
        return lo[place] == toLo && hi[place] == toHi && length[place] > mtu;
    }

    private int place(final long toHi, final long toLo) {
        return AddressHash.of(toHi, toLo, seed) & PLACES - 1;
    }
}
