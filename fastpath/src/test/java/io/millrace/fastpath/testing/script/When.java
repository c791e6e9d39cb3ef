package io.millrace.fastpath.testing.script;

/**
 * The time stamp of an event, in nanoseconds.
 *
 * @param relative counted from the event before, not from the beginning.
 * @param any      {@code *}: whenever.
 * @param fromNs   earliest.
 * @param toNs     latest; the same as the earliest but for a range.
 */
record When(boolean relative, boolean any, long fromNs, long toNs) {
    static final When ANY = new When(true, true, 0, 0);

    static When at(final boolean relative, final long ns) {
        return new When(relative, false, ns, ns);
    }

    static When between(final boolean relative, final long fromNs, final long toNs) {
        return new When(relative, false, fromNs, toNs);
    }

    /** True where the script does not name the one time. */
    boolean isOpen() {
        return any || fromNs != toNs;
    }

    /** What it counts from. */
    long baseNs(final long previousNs) {
        return relative ? previousNs : 0;
    }
}
