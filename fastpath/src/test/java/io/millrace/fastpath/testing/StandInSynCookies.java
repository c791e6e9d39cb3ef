package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.HandshakeKey;
import io.millrace.fastpath.control.SynCookies;

/** SYN cookies that can be foretold, and never get too old. */
public final class StandInSynCookies implements SynCookies {
    private static final int FIRST = 0x0C00_0000;
    private static final int BITS = 20;

    @Override
    public int make(final HandshakeKey handshake, final int data, final long nowNs) {
        return FIRST + (hash(handshake) << 2 | data);
    }

    @Override
    public int check(final HandshakeKey handshake, final int cookie, final long nowNs) {
        final int data = cookie & DATA_VALUES - 1;
        return cookie == make(handshake, data, nowNs) ? data : INVALID;
    }

    private static int hash(final HandshakeKey of) {
        long hash = of.localHi() * 31 + of.localLo();
        hash = (hash * 31 + of.remoteHi()) * 31 + of.remoteLo();
        hash = (hash * 31 + of.localPort()) * 31 + of.remotePort();
        hash = (hash * 31 + of.peerIss()) * 31 + of.shift();
        return (int) (hash * 0x9E37_79B9_7F4A_7C15L >>> Long.SIZE - BITS);
    }
}
