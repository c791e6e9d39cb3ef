package io.millrace.control.security;

/**
 * SipHash (Aumasson and Bernstein, 2012): a keyed hash of a message of whole 64-bit words. Without the key its values
 * cannot be told from random ones, which RFC 6528 §3 and RFC 6056 §3.3 ask of their functions F and G.
 * <p>
 * One object hashes one message after the other: {@link #begin}, {@link #add} for each word, {@link #end}. Nothing is
 * allocated. Thread: one.
 */
public final class SipHash {
    private final long initial0;
    private final long initial1;
    private final long initial2;
    private final long initial3;
    private final int compressionRounds;
    private final int finalisationRounds;

    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private int words;

    private SipHash(final Secret key, final int compressionRounds, final int finalisationRounds) {
        initial0 = key.k0() ^ 0x736f6d6570736575L;
        initial1 = key.k1() ^ 0x646f72616e646f6dL;
        initial2 = key.k0() ^ 0x6c7967656e657261L;
        initial3 = key.k1() ^ 0x7465646279746573L;
        this.compressionRounds = compressionRounds;
        this.finalisationRounds = finalisationRounds;
    }

    /** SipHash-2-4, the authors' recommendation for a message authentication code. */
    public static SipHash twoFour(final Secret key) {
        return new SipHash(key, 2, 4);
    }

    /** SipHash-1-3, enough for hash tables that strangers fill. */
    public static SipHash oneThree(final Secret key) {
        return new SipHash(key, 1, 3);
    }

    /** Starts a message. */
    public SipHash begin() {
        v0 = initial0;
        v1 = initial1;
        v2 = initial2;
        v3 = initial3;
        words = 0;
        return this;
    }

    /** Adds a word: the message's next eight bytes, least significant first. */
    public SipHash add(final long word) {
        compress(word);
        words++;
        return this;
    }

    /** The hash of the words added since {@link #begin}. */
    public long end() {
        compress((long) words << 59); // the last block carries the length in bytes, modulo 256, in its top byte
        v2 ^= 0xff;
        rounds(finalisationRounds);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void compress(final long word) {
        v3 ^= word;
        rounds(compressionRounds);
        v0 ^= word;
    }

    private void rounds(final int count) {
        for (int i = 0; i < count; i++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
