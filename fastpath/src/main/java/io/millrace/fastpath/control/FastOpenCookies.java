package io.millrace.fastpath.control;

/**
 * Cookies of TCP Fast Open (RFC 7413 §4.1.2), of 8 bytes: a keyed function of both addresses, so that a server keeps
 * nothing. Thread: one engine's; each engine has its own object, all of a stack make the same cookies.
 */
public interface FastOpenCookies {
    /** Gives and takes none. */
    FastOpenCookies NONE = new FastOpenCookies() {
        @Override
        public long make(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
            return 0;
        }

        @Override
        public boolean isValid(final long cookie, final long localHi, final long localLo, final long remoteHi,
                final long remoteLo) {
            return false;
        }
    };

    /** The cookie of this client now; 0 for none. */
    long make(long localHi, long localLo, long remoteHi, long remoteLo);

    /** True for a cookie made for this client with the present key, or the one before it. */
    boolean isValid(long cookie, long localHi, long localLo, long remoteHi, long remoteLo);
}
