package io.millrace.control.security;

import io.millrace.fastpath.control.InitialSequenceNumbers;

/**
 * Initial sequence numbers of RFC 6528 §3: {@code ISN = M + F(4-tuple, secret)}, where M is a timer of 4 µs
 * (RFC 9293 §3.4.1) and F is SipHash-2-4. Two incarnations of one 4-tuple get numbers that grow with time, and what one
 * 4-tuple shows tells nothing of another. Thread: one engine's.
 */
public final class Rfc6528SequenceNumbers implements InitialSequenceNumbers {
    private static final int TICK_NS = 4_000;

    private final SipHash hash;

    /** @param secret the same for every engine of a stack: a 4-tuple may come back on another engine. */
    public Rfc6528SequenceNumbers(final Secret secret) {
        hash = SipHash.twoFour(secret);
    }

    @Override
    public int next(final long localHi, final long localLo, final int localPort, final long remoteHi,
            final long remoteLo, final int remotePort, final long nowNs) {
        final long f = hash.begin().add(localHi).add(localLo).add(remoteHi).add(remoteLo)
                .add((long) localPort << 16 | remotePort).end();
        return (int) (Math.floorDiv(nowNs, TICK_NS) + f);
    }

    /** As Linux: the ports do not count. The message is shorter than that of {@link #next}, so the two share nothing. */
    @Override
    public int timestampOffset(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        return (int) hash.begin().add(localHi).add(localLo).add(remoteHi).add(remoteLo).end();
    }
}
