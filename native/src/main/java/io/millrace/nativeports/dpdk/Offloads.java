package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.VlanTag;

/**
 * Says in an mbuf what a frame's descriptor asks the device for: to complete a checksum, to cut a virtual segment.
 * <p>
 * A device wants what differs from the frame in two places when it segments: the pseudo-header's sum without the length,
 * as each segment has its own, and a zero IPv4 header checksum (DPDK's guide, "TCP segmentation offload"). Thread: the
 * frame's owner.
 */
final class Offloads {
    private static final long TCP_SEGMENT = Abi.number("RTE_MBUF_F_TX_TCP_SEG");
    private static final long TCP_CHECKSUM = Abi.number("RTE_MBUF_F_TX_TCP_CKSUM");
    private static final long UDP_CHECKSUM = Abi.number("RTE_MBUF_F_TX_UDP_CKSUM");
    private static final long IP_CHECKSUM = Abi.number("RTE_MBUF_F_TX_IP_CKSUM");
    private static final long IPV4 = Abi.number("RTE_MBUF_F_TX_IPV4");
    private static final long IPV6 = Abi.number("RTE_MBUF_F_TX_IPV6");

    private static final int L3_SHIFT = (int) Abi.number("RTE_MBUF_L2_LEN_BITS");
    private static final int L4_SHIFT = L3_SHIFT + (int) Abi.number("RTE_MBUF_L3_LEN_BITS");
    private static final int SEGMENT_SHIFT = L4_SHIFT + (int) Abi.number("RTE_MBUF_L4_LEN_BITS");

    private static final int ETHERNET_HEADER = 14;
    private static final int VERSION_4 = 4;
    private static final int UDP_CHECKSUM_OFFSET = 6;
    private static final int IPV4_CHECKSUM = 10;

    private Offloads() {}

    /** True where the frame asks for anything. */
    static boolean isAsked(final long frame) {
        return (Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) != 0;
    }

    /** Writes flags and lengths of a frame for which {@link #isAsked}. */
    static void encode(final long frame) {
        final long data = Frame.data(frame);
        final int l2 = VlanTag.follows(data) ? ETHERNET_HEADER + VlanTag.LENGTH : ETHERNET_HEADER;
        final int l4 = Frame.checksumStart(frame);
        final boolean isV4 = Memory.getUnsignedByte(data + l2) >>> 4 == VERSION_4;
        long flags = (isV4 ? IPV4 : IPV6)
                | (Frame.checksumOffset(frame) == UDP_CHECKSUM_OFFSET ? UDP_CHECKSUM : TCP_CHECKSUM);
        long lengths = l2 | (long) (l4 - l2) << L3_SHIFT;
        if (Frame.gsoSize(frame) != 0) {
            flags |= isV4 ? TCP_SEGMENT | IP_CHECKSUM : TCP_SEGMENT;
            lengths |= (long) (Frame.headerLength(frame) - l4) << L4_SHIFT
                    | (long) Frame.gsoSize(frame) << SEGMENT_SHIFT;
            if (isV4) {
                Memory.putShort(data + l2 + IPV4_CHECKSUM, 0);
            }
            // Taking out is adding the complement (RFC 1624, section 3).
            add(data + l4 + Frame.checksumOffset(frame), ~(Frame.length(frame) - l4) & 0xFFFF);
        }
        Mbuf.offloads(Mbuf.ofFrame(frame), flags, lengths);
    }

    /** Gives a frame that was not taken the sum back that it had before {@link #encode}. */
    static void undo(final long frame) {
        if (isAsked(frame) && Frame.gsoSize(frame) != 0) {
            final int l4 = Frame.checksumStart(frame);
            add(Frame.data(frame) + l4 + Frame.checksumOffset(frame), Frame.length(frame) - l4);
        }
    }

    /** To a folded sum, in one's complement (RFC 1071). */
    private static void add(final long field, final int number) {
        final int sum = Memory.getShortBE(field) + number;
        Memory.putShortBE(field, (sum & 0xFFFF) + (sum >>> 16));
    }
}
