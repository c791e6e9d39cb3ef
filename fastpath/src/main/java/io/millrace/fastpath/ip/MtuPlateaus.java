package io.millrace.fastpath.ip;

/**
 * Sizes that links are likely to have: what to try where a router says that a packet was too long, but not by how much
 * (RFC 1191 §7.1). Thread: any.
 */
final class MtuPlateaus {
    private static final int[] PLATEAUS = {32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 508, 296, 68};

    private MtuPlateaus() {}

    /** The largest plateau below a length, 68 to 32,000 bytes. */
    static int below(final int length) {
        for (final int plateau : PLATEAUS) {
            if (plateau < length) {
                return plateau;
            }
        }
        return PLATEAUS[PLATEAUS.length - 1];
    }
}
