package io.millrace.bench.compare.node;

/** What a process is. */
public enum Role {
    /** The service. */
    SERVER,
    /** Who asks it. */
    CLIENT,
    /** Who asks it, by {@link io.millrace.bench.compare.work.RawPing}. */
    RAW_CLIENT,
    /** Both, on one event loop. */
    ONE_LOOP,
    /** Both, on a loop each. */
    TWO_LOOPS;

    boolean serves() {
        return this != CLIENT && this != RAW_CLIENT;
    }

    boolean asks() {
        return this != SERVER;
    }
}
