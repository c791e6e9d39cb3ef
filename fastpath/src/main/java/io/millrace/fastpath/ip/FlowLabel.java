package io.millrace.fastpath.ip;

/**
 * Labels of flows of IPv6 (RFC 6437 §3): the same for every packet of a flow, alike in no two by more than chance, and
 * nothing to foresee for who does not see the packets. Pure functions. Thread: any.
 */
public final class FlowLabel {
    private static final int BITS = 20;

    private FlowLabel() {}

    /**
     * The label of a flow, 1 to 2^20 - 1.
     *
     * @param hosts a secret number of the two hosts, which neither of them has to be kept from.
     * @param ports that tell one flow between them from another.
     */
    public static int of(final int hosts, final int ports) {
        long mixed = ((long) hosts << Integer.SIZE | ports & 0xFFFF_FFFFL) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ mixed >>> Integer.SIZE) * 0xD6E8_FEB8_6659_FD93L;
        final int label = (int) (mixed >>> Long.SIZE - BITS);
        return label == 0 ? 1 : label;
    }
}
