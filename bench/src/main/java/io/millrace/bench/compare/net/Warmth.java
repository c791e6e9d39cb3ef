package io.millrace.bench.compare.net;

import java.util.concurrent.TimeUnit;

/**
 * Whether a server is warm. On two cores that both spin, a compiler's thread takes its time from the load: a core's
 * hundredth of it is what a 99th percentile shows.
 */
final class Warmth {
    /** Less of a compiler in a look is none. */
    static final long COMPILING_NS = TimeUnit.MILLISECONDS.toNanos(10);
    /** In a row: what compiles now and then has moments without it. */
    static final int LOOKS = 2;

    private long before;
    private int quiet;

    /**
     * The load has run for another second.
     *
     * @param compilersNs processor time that the compilers have taken until now; less than before where a thread of theirs has
     *                    ended, which says nothing of the others.
     * @return true where they have come to rest.
     */
    boolean onLook(final long compilersNs) {
        quiet = Math.abs(compilersNs - before) < COMPILING_NS ? quiet + 1 : 0;
        before = compilersNs;
        return quiet >= LOOKS;
    }
}
