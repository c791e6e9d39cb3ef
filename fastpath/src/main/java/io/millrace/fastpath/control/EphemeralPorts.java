package io.millrace.fastpath.control;

/**
 * Chooses local ports for active opens (RFC 6056 §3.3.4, double hash). Thread: one engine's; each engine has its own
 * object, with a range or a residue of its own.
 */
public interface EphemeralPorts {
    /** How many candidates there are at the most. */
    int candidates();

    /** Starts a choice for this destination. */
    void begin(long localHi, long localLo, long remoteHi, long remoteLo, int remotePort);

    /**
     * The next candidate of the choice begun; the engine asks until one is free, {@link #candidates} times at most. 0: there
     * is no other.
     */
    int next();

    /** Which ports it chooses from and what decides about them, for messages. Thread: any. */
    default String describe() {
        return candidates() + " ports";
    }
}
