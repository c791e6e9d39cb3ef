package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;

/**
 * {@code struct rte_mbuf} and the frame in it. The frame's descriptor is the mbuf's private area, so either address gives
 * the other, and nothing is copied:
 *
 * <pre>
 *   0            128                  192          242        256 or 320
 *   +------------+--------------------+------------+----------+---------- - - -
 *   | rte_mbuf   | private area:      | headroom   | Ethernet | IP header ...
 *   |            | frame descriptor   |            |          |
 *   +------------+--------------------+------------+----------+---------- - - -
 *   ^ mbuf       ^ frame              ^ buf_addr   ^ data
 * </pre>
 *
 * A fresh frame has its IP header at 256; a driver puts a received one's Ethernet header at buf_addr + 128. Only mbufs of
 * one segment with their own buffer are frames. Thread: the mbuf's owner.
 */
final class Mbuf {
    /** Bytes of the structure. */
    static final int LENGTH = Abi.size("rte_mbuf");
    /** Bytes of the private area. */
    static final int PRIVATE_LENGTH = Frame.DESCRIPTOR_LENGTH;
    /** From the mbuf to its buffer. */
    static final int BUFFER_OFFSET = LENGTH + PRIVATE_LENGTH;
    /** Bytes that a driver leaves free in front of what it receives. */
    static final int HEADROOM = (int) Abi.number("RTE_PKTMBUF_HEADROOM");

    private static final int BUFFER_ADDRESS = Abi.offset("rte_mbuf", "buf_addr");
    private static final int DATA_OFFSET = Abi.offset("rte_mbuf", "data_off");
    private static final int REFERENCES = Abi.offset("rte_mbuf", "refcnt");
    private static final int SEGMENTS = Abi.offset("rte_mbuf", "nb_segs");
    private static final int FLAGS = Abi.offset("rte_mbuf", "ol_flags");
    private static final int PACKET_LENGTH = Abi.offset("rte_mbuf", "pkt_len");
    private static final int DATA_LENGTH = Abi.offset("rte_mbuf", "data_len");
    private static final int BUFFER_LENGTH = Abi.offset("rte_mbuf", "buf_len");
    private static final int POOL = Abi.offset("rte_mbuf", "pool");
    private static final int TX_OFFLOAD = Abi.offset("rte_mbuf", "tx_offload");
    private static final int PRIVATE_SIZE = Abi.offset("rte_mbuf", "priv_size");

    private static final int RX_L4_GOOD = (int) Abi.number("RTE_MBUF_F_RX_L4_CKSUM_GOOD");
    private static final int BUFFER_IN_FRAME = BUFFER_OFFSET - LENGTH;
    private static final int ETHERNET_HEADER = 14;

    private Mbuf() {}

    static long ofFrame(final long frame) {
        return frame - LENGTH;
    }

    static long frameOf(final long mbuf) {
        return mbuf + LENGTH;
    }

    /** Address of the {@code rte_mempool} that the mbuf belongs to. */
    static long pool(final long mbuf) {
        return Memory.getLong(mbuf + POOL);
    }

    /** True for an mbuf of any {@link MbufPool}: another has no private area, or none with a descriptor. */
    static boolean isOurs(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + PRIVATE_SIZE) == PRIVATE_LENGTH && Frame.capacity(
                frameOf(mbuf)) == BUFFER_IN_FRAME + Memory.getUnsignedShort(mbuf + BUFFER_LENGTH);
    }

    /** Writes the descriptor of each mbuf of a new pool, once. */
    static void initialise(final long mbuf, final int poolId, final int index) {
        Frame.initialise(frameOf(mbuf), BUFFER_IN_FRAME + Memory.getUnsignedShort(mbuf + BUFFER_LENGTH), poolId, index);
    }

    /**
     * Makes a received mbuf's frame: the one place where what the driver has written is checked.
     *
     * @return false where it is none: several segments, a buffer elsewhere, shorter than a header or beyond the buffer.
     */
    static boolean toFrame(final long mbuf, final long nowNs) {
        final int dataOffset = Memory.getUnsignedShort(mbuf + DATA_OFFSET);
        final int length = Memory.getUnsignedShort(mbuf + DATA_LENGTH);
        if (Memory.getUnsignedShort(mbuf + SEGMENTS) != 1 || Memory.getInt(mbuf + PACKET_LENGTH) != length
                || length < ETHERNET_HEADER || dataOffset + length > Memory.getUnsignedShort(mbuf + BUFFER_LENGTH)
                || Memory.getLong(mbuf + BUFFER_ADDRESS) != mbuf + BUFFER_OFFSET) {
            return false;
        }
        final long frame = frameOf(mbuf);
        Frame.reset(frame);
        Frame.timestampNs(frame, nowNs);
        Frame.dataOffset(frame, BUFFER_IN_FRAME + dataOffset);
        Frame.length(frame, length);
        // GOOD alone, or with BAD the state NONE: the bytes were verified though the field is not complete.
        if ((Memory.getInt(mbuf + FLAGS) & RX_L4_GOOD) != 0) {
            Frame.flags(frame, Frame.CHECKSUM_VALID);
        }
        return true;
    }

    /** Sets what a driver reads of a frame that is to be sent: one segment, without offloads. */
    static void fromFrame(final long mbuf, final int references) {
        final long frame = frameOf(mbuf);
        final int length = Frame.length(frame);
        Memory.putShort(mbuf + DATA_OFFSET, Frame.dataOffset(frame) - BUFFER_IN_FRAME);
        Memory.putShort(mbuf + REFERENCES, references);
        Memory.putShort(mbuf + SEGMENTS, 1);
        Memory.putInt(mbuf + PACKET_LENGTH, length);
        Memory.putShort(mbuf + DATA_LENGTH, length);
        Memory.putLong(mbuf + FLAGS, 0);
    }

    /** @param lengths the bit field of header lengths and segment size. */
    static void offloads(final long mbuf, final long flags, final long lengths) {
        Memory.putLong(mbuf + FLAGS, flags);
        Memory.putLong(mbuf + TX_OFFLOAD, lengths);
    }

    static long flags(final long mbuf) {
        return Memory.getLong(mbuf + FLAGS);
    }

    static long lengths(final long mbuf) {
        return Memory.getLong(mbuf + TX_OFFLOAD);
    }

    /** How many hold the mbuf; 1 but for those that a driver frees under our eyes. */
    static int references(final long mbuf) {
        return Memory.getUnsignedShort(mbuf + REFERENCES);
    }

    static void references(final long mbuf, final int references) {
        Memory.putShort(mbuf + REFERENCES, references);
    }
}
