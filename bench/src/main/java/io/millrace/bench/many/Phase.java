package io.millrace.bench.many;

/**
 * How long something took.
 *
 * @param count how many.
 * @param ns    for all of them.
 */
public record Phase(long count, long ns) {
    private static final double SECOND = 1e9;

    /** So many a second. */
    double rate() {
        return count * SECOND / ns;
    }

    double seconds() {
        return ns / SECOND;
    }
}
