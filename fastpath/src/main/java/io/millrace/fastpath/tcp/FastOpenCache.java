package io.millrace.fastpath.tcp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * Fast Open cookies that servers gave us, with the MSS that they announced (RFC 7413 §4.1.3). One place for each value of
 * a hash of the server's address, {@value #PLACES} in all: a newer server takes the place of an older one. Thread: the
 * engine's.
 */
final class FastOpenCache {
    private static final int PLACES = 256;
    private static final int NONE = -1;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final long[] hi = new long[PLACES];
    private final long[] lo = new long[PLACES];
    private final byte[] cookies = new byte[PLACES * TcpOptions.MAX_COOKIE_LENGTH];
    private final byte[] lengths = new byte[PLACES];
    private final int[] mss = new int[PLACES];

    void put(final long serverHi, final long serverLo, final long cookie, final int length, final int serverMss) {
        final int place = place(serverHi, serverLo);
        hi[place] = serverHi;
        lo[place] = serverLo;
        lengths[place] = (byte) length;
        mss[place] = serverMss;
        Memory.copyToArray(cookie, cookies, place * TcpOptions.MAX_COOKIE_LENGTH, length);
    }

    void forget(final long serverHi, final long serverLo) {
        final int place = find(serverHi, serverLo);
        if (place != NONE) {
            lengths[place] = 0;
        }
    }

    /** MSS of a server whose cookie is known; 0 where it is not. */
    int mss(final long serverHi, final long serverLo) {
        final int place = find(serverHi, serverLo);
        return place == NONE ? 0 : mss[place];
    }

    /** Writes the Fast Open option with the cookie of the server, or the request for one; returns the bytes written. */
    int writeOption(final long serverHi, final long serverLo, final long address) {
        final int place = find(serverHi, serverLo);
        final int length = place == NONE ? 0 : lengths[place];
        final int written = TcpOptions.writeFastOpen(address, length);
        if (length > 0) {
            Memory.copyFromArray(cookies, place * TcpOptions.MAX_COOKIE_LENGTH, address + 2, length);
        }
        return written;
    }

    private int find(final long serverHi, final long serverLo) {
        final int place = place(serverHi, serverLo);
        return lengths[place] > 0 && hi[place] == serverHi && lo[place] == serverLo ? place : NONE;
    }

    private static int place(final long serverHi, final long serverLo) {
        return (int) ((serverHi * MIX + serverLo) * MIX >>> Long.SIZE - 8);
    }
}
