package io.millrace.control.security;

import java.util.function.IntUnaryOperator;

/**
 * Where the search for a free UDP port begins: a keyed hash of a counter, so that nobody who saw one port can foresee
 * the next (RFC 6056 §3.3.1, RFC 5452 §9.2). Thread: one at a time.
 */
public final class UnforeseenPorts implements IntUnaryOperator {
    private final SipHash hash;
    private long searches;

    /** @param secret the same secret repeats the same choices. */
    public UnforeseenPorts(final Secret secret) {
        hash = SipHash.twoFour(secret);
    }

    /** A number from 0 to {@code count} - 1. */
    @Override
    public int applyAsInt(final int count) {
        return (int) Long.remainderUnsigned(hash.begin().add(++searches).end(), count);
    }
}
