package io.millrace.control.security;

/**
 * The keys of the Fast Open cookies of a stack (RFC 7413 §5.2): the present one, and the one before it, with which cookies
 * are still valid but no more are made. Thread: any.
 */
public final class FastOpenKeys {
    private volatile Pair pair;

    public FastOpenKeys(final Secret first) {
        pair = new Pair(first, first);
    }

    /** A new key; what was made with the last but one is not valid any more. */
    public synchronized void rotate(final Secret next) {
        pair = new Pair(next, pair.present());
    }

    Pair pair() {
        return pair;
    }

    /** Both keys. */
    record Pair(Secret present, Secret before) {}
}
