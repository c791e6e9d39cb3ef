package io.millrace.control.security;

import io.millrace.fastpath.control.FastOpenCookies;

/**
 * Fast Open cookies as Linux makes them: SipHash-2-4 of both addresses. Another client's address, or another address of
 * ours, makes another cookie. Thread: one engine's.
 */
public final class SipHashCookies implements FastOpenCookies {
    private final FastOpenKeys keys;
    private FastOpenKeys.Pair pair;
    private SipHash present;
    private SipHash before;

    public SipHashCookies(final FastOpenKeys keys) {
        this.keys = keys;
        pair = keys.pair();
        present = SipHash.twoFour(pair.present());
        before = SipHash.twoFour(pair.before());
    }

    @Override
    public long make(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        follow();
        return cookie(present, localHi, localLo, remoteHi, remoteLo);
    }

    @Override
    public boolean isValid(final long cookie, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo) {
        follow();
        return cookie == cookie(present, localHi, localLo, remoteHi, remoteLo)
                || cookie == cookie(before, localHi, localLo, remoteHi, remoteLo);
    }

    /** The keys may have changed. */
    private void follow() {
        final FastOpenKeys.Pair now = keys.pair();
        if (now != pair) {
            pair = now;
            present = SipHash.twoFour(now.present());
            before = SipHash.twoFour(now.before());
        }
    }

    /** 0 is the cookie of nobody. */
    private static long cookie(final SipHash hash, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo) {
        final long cookie = hash.begin().add(localHi).add(localLo).add(remoteHi).add(remoteLo).end();
        return cookie == 0 ? 1 : cookie;
    }
}
