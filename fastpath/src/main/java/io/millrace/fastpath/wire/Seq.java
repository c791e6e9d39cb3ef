package io.millrace.fastpath.wire;

/**
 * Arithmetic on 32-bit TCP sequence numbers, modulo 2^32 (RFC 9293 §3.4). Two numbers compare as intended while they
 * are less than 2^31 apart, which windows of at most 1 GiB (RFC 7323 §2.3) guarantee; exactly 2^31 apart, each is
 * {@link #lt less than} the other.
 * <p>
 * Pure functions. Thread: any.
 */
public final class Seq {
    private Seq() {}

    /** a &lt; b. */
    public static boolean lt(final int a, final int b) {
        return a - b < 0;
    }

    /** a &lt;= b. */
    public static boolean le(final int a, final int b) {
        return a - b <= 0;
    }

    /** a &gt; b. */
    public static boolean gt(final int a, final int b) {
        return a - b > 0;
    }

    /** a &gt;= b. */
    public static boolean ge(final int a, final int b) {
        return a - b >= 0;
    }

    /** How far a lies beyond b: a - b, negative where it lies before. */
    public static int diff(final int a, final int b) {
        return a - b;
    }

    /** The later of the two. */
    public static int max(final int a, final int b) {
        return a - b >= 0 ? a : b;
    }

    /** The earlier of the two. */
    public static int min(final int a, final int b) {
        return a - b <= 0 ? a : b;
    }

    /** low &lt;= x &lt; highExclusive; right for ranges of any length up to 2^32 - 1, empty where the bounds are equal. */
    public static boolean between(final int x, final int low, final int highExclusive) {
        return Integer.compareUnsigned(x - low, highExclusive - low) < 0;
    }
}
