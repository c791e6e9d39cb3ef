package io.millrace.fastpath.port;

/**
 * SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): the same numbers from the
 * same seed on every JVM and release. Not for secrets. Thread: one.
 */
final class SplitMix {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final double TO_UNIT = 0x1.0p-53;

    private long state;

    SplitMix(final long seed) {
        state = seed;
    }

    long nextLong() {
        state += GAMMA;
        long mixed = state;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /** Goes on as if {@code draws} numbers had been drawn. */
    void skip(final int draws) {
        state += GAMMA * draws;
    }

    /** True with the given probability, 0 to 1. */
    boolean happens(final double probability) {
        return (nextLong() >>> 11) * TO_UNIT < probability;
    }

    /** A number of 0 to {@code bound} - 1; {@code bound} is at least 1. */
    long below(final long bound) {
        return Math.unsignedMultiplyHigh(nextLong(), bound);
    }
}
