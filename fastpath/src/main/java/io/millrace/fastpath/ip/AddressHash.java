package io.millrace.fastpath.ip;

/** A hash of addresses under a key, without which nobody outside can choose addresses that collide. Thread: any. */
public final class AddressHash {
    private static final long MULTIPLIER = 0xD6E8_FEB8_6659_FD93L;

    private AddressHash() {}

    /** @param seed random: the key. */
    public static int of(final long hi, final long lo, final long seed) {
        return (int) (mix(mix(hi ^ seed) ^ lo) >>> Integer.SIZE);
    }

    private static long mix(final long value) {
        final long first = (value ^ value >>> Integer.SIZE) * MULTIPLIER;
        final long second = (first ^ first >>> Integer.SIZE) * MULTIPLIER;
        return second ^ second >>> Integer.SIZE;
    }
}
