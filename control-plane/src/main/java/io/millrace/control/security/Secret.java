package io.millrace.control.security;

import java.security.SecureRandom;

/**
 * 128 secret bits. Immutable; its text never shows them. Thread: any.
 *
 * @param k0 the first eight bytes, least significant first.
 * @param k1 the last eight bytes, least significant first.
 */
public record Secret(long k0, long k1) {
    /** New bits from the system's generator. */
    public static Secret random() {
        final SecureRandom random = new SecureRandom();
        return new Secret(random.nextLong(), random.nextLong());
    }

    /** The bits that belong to a seed: for simulations, which must repeat. Not secret. */
    public static Secret ofSeed(final long seed) {
        return new Secret(seed, ~seed).derive(0);
    }

    /** Another secret, one for each purpose; none tells anything about another. */
    public Secret derive(final int purpose) {
        final SipHash hash = SipHash.twoFour(this);
        return new Secret(hash.begin().add(purpose).add(0).end(), hash.begin().add(purpose).add(1).end());
    }

    /** So many bytes that follow from it. */
    public byte[] bytes(final int count) {
        final SipHash hash = SipHash.twoFour(this);
        final byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) hash.begin().add(i).end();
        }
        return bytes;
    }

    @Override
    public String toString() {
        return "Secret[hidden]";
    }
}
