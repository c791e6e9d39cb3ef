package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.FastOpenCookies;

/**
 * Fast Open cookies that can be foretold.
 *
 * @param key the cookie of a client is this, exclusive or the lower half of its address.
 */
public record StandInCookies(long key) implements FastOpenCookies {
    @Override
    public long make(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        return key ^ remoteLo;
    }

    @Override
    public boolean isValid(final long cookie, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo) {
        return cookie == make(localHi, localLo, remoteHi, remoteLo);
    }
}
