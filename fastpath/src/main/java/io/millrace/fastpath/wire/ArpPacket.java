package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * ARP packet for IPv4 over Ethernet (RFC 826), the 28 bytes after the Ethernet header. IPv4 addresses are in host
 * order, MAC addresses in the low 48 bits of a {@code long}. Thread: the owner's.
 */
public final class ArpPacket {
    /** Bytes of the packet. */
    public static final int LENGTH = 28;
    public static final int HARDWARE_TYPE_OFFSET = 0;
    public static final int PROTOCOL_TYPE_OFFSET = 2;
    public static final int HARDWARE_LENGTH_OFFSET = 4;
    public static final int PROTOCOL_LENGTH_OFFSET = 5;
    public static final int OPERATION_OFFSET = 6;
    public static final int SENDER_MAC_OFFSET = 8;
    public static final int SENDER_IP_OFFSET = 14;
    public static final int TARGET_MAC_OFFSET = 18;
    public static final int TARGET_IP_OFFSET = 24;

    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    /** Ethernet (1), IPv4 (0x0800), 6 and 4 bytes of address: the first six bytes, as the upper bits of eight. */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604_0000L;

    private long address;

    /** @return false where the packet is short, or not about IPv4 over Ethernet. */
    public boolean wrap(final long address, final int available) {
        this.address = address;
        return available >= LENGTH && (Memory.getLongBE(address) & ~0xFFFFL) == ETHERNET_IPV4;
    }

    /** For writing with {@link #write}, or reading what is known to be right. */
    public ArpPacket wrapUnchecked(final long address) {
        this.address = address;
        return this;
    }

    /** Writes a whole packet. */
    public static void write(final long address, final int operation, final long senderMac, final int senderIp,
            final long targetMac, final int targetIp) {
        Memory.putLongBE(address, ETHERNET_IPV4 | operation & 0xFFFF);
        Memory.putLongBE(address + SENDER_MAC_OFFSET, senderMac << 16 | senderIp >>> 16);
        Memory.putLongBE(address + 16, (long) senderIp << 48 | targetMac & EthernetHeader.BROADCAST);
        Memory.putIntBE(address + TARGET_IP_OFFSET, targetIp);
    }

    public long address() {
        return address;
    }

    /** {@link #REQUEST}, {@link #REPLY}, or another. */
    public int operation() {
        return Memory.getShortBE(address + OPERATION_OFFSET);
    }

    public long senderMac() {
        return Memory.getLongBE(address + SENDER_MAC_OFFSET) >>> 16;
    }

    public int senderIp() {
        return Memory.getIntBE(address + SENDER_IP_OFFSET);
    }

    public long targetMac() {
        return Memory.getLongBE(address + TARGET_MAC_OFFSET) >>> 16;
    }

    public int targetIp() {
        return Memory.getIntBE(address + TARGET_IP_OFFSET);
    }

    @Override
    public String toString() {
        final String sender = Ipv4Header.addressText(senderIp());
        final String target = Ipv4Header.addressText(targetIp());
        return switch (operation()) {
            case REQUEST -> "ARP, Request who-has " + target + " tell " + sender + ", length " + LENGTH;
            case REPLY -> "ARP, Reply " + sender + " is-at " + MacAddress.toString(senderMac()) + ", length " + LENGTH;
            default -> "ARP, operation " + operation() + ", length " + LENGTH;
        };
    }
}
