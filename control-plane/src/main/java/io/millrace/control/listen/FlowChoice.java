package io.millrace.control.listen;

/**
 * Which of several listeners a flow belongs to: the one whose mixture with the flow is the largest (rendezvous hashing,
 * Thaler and Ravishankar 1998). So a listener that opens takes, and one that closes leaves, only flows of its own; Linux
 * deals all of them anew. Pure functions. Thread: any.
 */
final class FlowChoice {
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private FlowChoice() {}

    /**
     * The hash of a flow.
     *
     * @param seed  secret, so that nobody outside can choose flows that all go to one listener.
     * @param ports local port above, remote port below.
     */
    static long flow(final long seed, final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports) {
        long hash = mix(seed ^ localHi);
        hash = mix(hash ^ localLo);
        hash = mix(hash ^ remoteHi);
        hash = mix(hash ^ remoteLo);
        return mix(hash ^ ports);
    }

    /** How much a listener is drawn to a flow; compared with that of others. */
    static long weight(final long flow, final int listener) {
        return mix(flow ^ listener * GOLDEN);
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    private static long mix(final long value) {
        long mixed = value + GOLDEN;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ mixed >>> 31;
    }
}
