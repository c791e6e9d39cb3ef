package io.millrace.control.security;

import io.millrace.fastpath.control.HandshakeKey;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.SynCookies;
import org.jspecify.annotations.Nullable;

/**
 * SYN cookies of 8 and 24 bits, as Linux has them: when, and a SipHash-2-4 of the handshake to which the data is added.
 * <p>
 * The 8 bits are those of the initial sequence number that RFC 6528 gives the 4-tuple at the beginning of the period. So a
 * cookie lies among the numbers that the same 4-tuple gets without one, less than a period ahead of them, and grows with
 * them; and who does not know that number guesses 32 bits, of which eight (two periods, four values) are right.
 * <p>
 * Each period has a key of its own, derived from the secret. Thread: one engine's.
 */
public final class SipHashSynCookies implements SynCookies {
    private static final int HASH_BITS = 24;
    private static final int HASH_MASK = (1 << HASH_BITS) - 1;
    private static final int VALID_PERIODS = (int) (VALIDITY_NS / PERIOD_NS);

    private final InitialSequenceNumbers sequenceNumbers;
    private final Secret secret;
    /** Of the periods that are valid, each at its number modulo theirs. */
    private final @Nullable SipHash[] hashes = new SipHash[VALID_PERIODS];
    private final long[] periods = new long[VALID_PERIODS];

    /**
     * @param sequenceNumbers of this engine.
     * @param secret          the same for every engine of a stack.
     */
    public SipHashSynCookies(final InitialSequenceNumbers sequenceNumbers, final Secret secret) {
        this.sequenceNumbers = sequenceNumbers;
        this.secret = secret;
    }

    @Override
    public int make(final HandshakeKey handshake, final int data, final long nowNs) {
        final long period = Math.floorDiv(nowNs, PERIOD_NS);
        return base(handshake, period) + (mac(handshake, period) + data & HASH_MASK);
    }

    @Override
    public int check(final HandshakeKey handshake, final int cookie, final long nowNs) {
        final long now = Math.floorDiv(nowNs, PERIOD_NS);
        for (long period = now; period > now - VALID_PERIODS; period--) {
            final int low = cookie - base(handshake, period);
            final int data = low - mac(handshake, period) & HASH_MASK;
            if ((low & ~HASH_MASK) == 0 && data < DATA_VALUES) {
                return data;
            }
        }
        return INVALID;
    }

    private int base(final HandshakeKey of, final long period) {
        return sequenceNumbers.next(of.localHi(), of.localLo(), of.localPort(), of.remoteHi(), of.remoteLo(),
                of.remotePort(), period * PERIOD_NS);
    }

    private int mac(final HandshakeKey of, final long period) {
        return (int) hash(period).begin().add(of.localHi()).add(of.localLo()).add(of.remoteHi()).add(of.remoteLo())
                .add((long) of.localPort() << 16 | of.remotePort()).add((long) of.peerIss() << 8 | of.shift()).end();
    }

    private SipHash hash(final long period) {
        final int slot = (int) Math.floorMod(period, (long) VALID_PERIODS);
        final SipHash known = hashes[slot];
        if (known != null && periods[slot] == period) {
            return known;
        }
        final SipHash fresh = SipHash.twoFour(secret.derive((int) period));
        hashes[slot] = fresh;
        periods[slot] = period;
        return fresh;
    }
}
