package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;

/**
 * What a router with active queue management does to a packet whose transport understands it (RFC 3168 §5): sets
 * "congestion experienced" instead of dropping it. A pure function of the packet.
 */
final class EcnMark {
    private static final int IPV4 = 4;
    private static final int IPV6 = 6;
    private static final int CONGESTION_EXPERIENCED = 3;
    /** IPv6 has its traffic class four bits further to the left in the header's first two bytes. */
    private static final int IPV6_SHIFT = 4;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV4_CHECKSUM = 10;

    private EcnMark() {}

    /**
     * Marks an IP packet.
     *
     * @return false where it is none, is not ECN-capable, or was marked before.
     */
    static boolean mark(final long ip, final int length) {
        if (length < IPV4_LENGTH) {
            return false;
        }
        final int first = Memory.getShortBE(ip);
        final int version = first >>> 12;
        final int shift = version == IPV6 ? IPV6_SHIFT : 0;
        final int ecn = first >>> shift & CONGESTION_EXPERIENCED;
        if (version != IPV4 && version != IPV6 || ecn == 0 || ecn == CONGESTION_EXPERIENCED) {
            return false;
        }
        final int marked = first | CONGESTION_EXPERIENCED << shift;
        Memory.putShortBE(ip, marked);
        if (version == IPV4) {
            // RFC 1624: only the difference counts, so that a header that was damaged before stays damaged
            final int checksum = ~Memory.getShortBE(ip + IPV4_CHECKSUM) & 0xFFFF;
            Memory.putShortBE(ip + IPV4_CHECKSUM, ~fold(checksum + (~first & 0xFFFF) + marked) & 0xFFFF);
        }
        return true;
    }

    private static int fold(final int sum) {
        final int once = (sum & 0xFFFF) + (sum >>> 16);
        return (once & 0xFFFF) + (once >>> 16);
    }
}
