package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * IEEE 802.1Q tag: the four bytes after an {@link EthernetHeader} whose type is
 * {@link EthernetHeader#ETHERTYPE_VLAN}.
 *
 * <pre>
 *    0                                   2          4
 *   +------------+---+------------------+----------+------- - - -
 *   |priority (3)|DEI| VLAN (12 bits)   |inner type| payload
 *   +------------+---+------------------+----------+------- - - -
 * </pre>
 *
 * Thread: the owner's.
 */
public final class VlanTag {
    /** Bytes of the tag, inner type included. */
    public static final int LENGTH = 4;
    public static final int CONTROL_OFFSET = 0;
    public static final int ETHER_TYPE_OFFSET = 2;

    /** The highest VLAN there is; 4,095 is reserved. */
    public static final int MAX_ID = 4_094;

    private static final int DROP_ELIGIBLE = 0x1000;
    private static final int ID_MASK = 0x0FFF;

    private long address;

    /** True where a tag follows the Ethernet header at this address, which is whole. */
    public static boolean follows(final long ethernetHeader) {
        return Memory.getShortBE(
                ethernetHeader + EthernetHeader.ETHER_TYPE_OFFSET) == EthernetHeader.ETHERTYPE_VLAN;
    }

    /** @return false where the frame ends inside the tag. */
    public boolean wrap(final long address, final int available) {
        this.address = address;
        return available >= LENGTH;
    }

    /** For writing a fresh tag; the caller knows that there is room. */
    public VlanTag wrapUnchecked(final long address) {
        this.address = address;
        return this;
    }

    /**
     * Writes a whole tag.
     *
     * @param priority  0 to 7.
     * @param vlanId    0 to 4,095.
     * @param etherType what follows the tag.
     */
    public static void write(final long address, final int priority, final int vlanId, final int etherType) {
        Memory.putIntBE(address, (priority << 13 | vlanId & ID_MASK) << 16 | etherType);
    }

    public long address() {
        return address;
    }

    /** Priority code point, 0 (best effort) to 7. */
    public int priority() {
        return Memory.getShortBE(address + CONTROL_OFFSET) >>> 13;
    }

    public boolean dropEligible() {
        return (Memory.getShortBE(address + CONTROL_OFFSET) & DROP_ELIGIBLE) != 0;
    }

    /** 1 to 4,094; 0 for a tag that carries only a priority. */
    public int vlanId() {
        return Memory.getShortBE(address + CONTROL_OFFSET) & ID_MASK;
    }

    /** What the payload is, as in {@link EthernetHeader#etherType()}. */
    public int etherType() {
        return Memory.getShortBE(address + ETHER_TYPE_OFFSET);
    }

    public long payloadAddress() {
        return address + LENGTH;
    }

    @Override
    public String toString() {
        return "vlan " + vlanId() + ", p " + priority() + (dropEligible() ? ", DEI" : "") + ", ethertype "
                + EthernetHeader.etherTypeText(etherType());
    }
}
