package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * Ethernet II header. MAC addresses are 48-bit numbers in the low bits of a {@code long}.
 *
 * <pre>
 *    0           6           12    14
 *   +-----------+-----------+-----+--------- - - -
 *   |destination|  source   |type | payload
 *   +-----------+-----------+-----+--------- - - -
 * </pre>
 *
 * Thread: the owner's.
 */
public final class EthernetHeader {
    /** Bytes of the header. */
    public static final int LENGTH = 14;
    public static final int DESTINATION_OFFSET = 0;
    public static final int SOURCE_OFFSET = 6;
    public static final int ETHER_TYPE_OFFSET = 12;

    public static final int ETHERTYPE_IPV4 = 0x0800;
    public static final int ETHERTYPE_ARP = 0x0806;
    /** An IEEE 802.1Q tag follows: {@link VlanTag}. */
    public static final int ETHERTYPE_VLAN = 0x8100;
    public static final int ETHERTYPE_IPV6 = 0x86DD;

    /** ff:ff:ff:ff:ff:ff. */
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private long address;
    private int payloadLength;

    /** @return false where the frame is shorter than the header. */
    public boolean wrap(final long address, final int available) {
        this.address = address;
        payloadLength = available - LENGTH;
        return available >= LENGTH;
    }

    /** For writing a fresh header without payload; the caller knows that there is room. */
    public EthernetHeader wrapUnchecked(final long address) {
        this.address = address;
        payloadLength = 0;
        return this;
    }

    /** Writes a whole header. */
    public static void write(final long address, final long destination, final long source, final int etherType) {
        Memory.putLongBE(address, destination << 16 | source >>> 32);
        Memory.putIntBE(address + 8, (int) source);
        Memory.putShortBE(address + ETHER_TYPE_OFFSET, etherType);
    }

    public long address() {
        return address;
    }

    public long destination() {
        return Memory.getLongBE(address + DESTINATION_OFFSET) >>> 16;
    }

    public EthernetHeader destination(final long macAddress) {
        Memory.putIntBE(address + DESTINATION_OFFSET, (int) (macAddress >>> 16));
        Memory.putShortBE(address + DESTINATION_OFFSET + 4, (int) macAddress);
        return this;
    }

    public long source() {
        return Memory.getLongBE(address + SOURCE_OFFSET) >>> 16;
    }

    public EthernetHeader source(final long macAddress) {
        Memory.putIntBE(address + SOURCE_OFFSET, (int) (macAddress >>> 16));
        Memory.putShortBE(address + SOURCE_OFFSET + 4, (int) macAddress);
        return this;
    }

    /** What the payload is, 0x0600 to 0xffff; below it, the length of an IEEE 802.3 frame. */
    public int etherType() {
        return Memory.getShortBE(address + ETHER_TYPE_OFFSET);
    }

    public EthernetHeader etherType(final int etherType) {
        Memory.putShortBE(address + ETHER_TYPE_OFFSET, etherType);
        return this;
    }

    public long payloadAddress() {
        return address + LENGTH;
    }

    /** Bytes after the header, padding of short frames included. */
    public int payloadLength() {
        return payloadLength;
    }

    @Override
    public String toString() {
        return MacAddress.toString(source()) + " > " + MacAddress.toString(destination()) + ", ethertype "
                + etherTypeText(etherType()) + ", length " + (LENGTH + payloadLength);
    }

    static String etherTypeText(final int etherType) {
        final String name = switch (etherType) {
            case ETHERTYPE_IPV4 -> "IPv4";
            case ETHERTYPE_ARP -> "ARP";
            case ETHERTYPE_VLAN -> "802.1Q";
            case ETHERTYPE_IPV6 -> "IPv6";
            default -> "unknown";
        };
        return String.format("%s (0x%04x)", name, etherType);
    }
}
