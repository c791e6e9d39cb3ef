package io.millrace.nativeports.pcap;

import io.millrace.nativeports.pcap.CapturedPacket.Direction;
import java.nio.ByteBuffer;

/**
 * A first look at all packets of a file: whose side the stack takes, and which packets are for it. That is who receives the
 * first unicast frame that is not marked as sent; what is marked so, and what comes from that address, the stack is to
 * say itself.
 * <p>
 * Thread: one.
 */
final class Survey implements CapturedPacket.Sink {
    /** An IP packet, an Ethernet header and a VLAN tag. */
    static final int LONGEST_FRAME = 65_535 + 14 + 4;

    private static final int ADDRESS = 6;
    private static final int ADDRESSES = 2 * ADDRESS;
    private static final long GROUP_BIT = 1L << 40;

    private final ByteBuffer file;
    private long packets;
    private long unusable;
    private long firstTimeNs;
    private long bytes;
    private int longest;
    private long mac;

    Survey(final ByteBuffer file) {
        this.file = file;
    }

    @Override
    public void onPacket(final CapturedPacket packet) {
        if (packets++ == 0) {
            firstTimeNs = packet.timeNs();
        }
        if (mac == 0 && packet.direction() != Direction.OUT && packet.length() >= ADDRESSES
                && (address(packet.position()) & GROUP_BIT) == 0) {
            mac = address(packet.position());
        }
        if (isForUs(packet) && !isUsable(packet)) {
            unusable++;
        } else if (isForUs(packet)) {
            bytes += packet.length();
            longest = Math.max(longest, packet.length());
        }
    }

    /** False for what the stack's side has sent. */
    boolean isForUs(final CapturedPacket packet) {
        return switch (packet.direction()) {
            case IN -> true;
            case OUT -> false;
            case UNKNOWN -> packet.length() < ADDRESSES || mac == 0 || address(packet.position() + ADDRESS) != mac;
        };
    }

    /** False for what was cut when it was captured, and for what no frame can be. */
    static boolean isUsable(final CapturedPacket packet) {
        return packet.isWhole() && packet.length() <= LONGEST_FRAME;
    }

    /** All of the file. */
    long packets() {
        return packets;
    }

    /** Packets for the stack that cannot be replayed. */
    long unusable() {
        return unusable;
    }

    /** When the first packet was captured, in nanoseconds since 1970. */
    long firstTimeNs() {
        return firstTimeNs;
    }

    /** Of the packets to be replayed. */
    long bytes() {
        return bytes;
    }

    /** Bytes of the longest packet to be replayed. */
    int longest() {
        return longest;
    }

    /** The Ethernet address of the stack's side; 0 where none is found. */
    long mac() {
        return mac;
    }

    /** Big-endian, whatever the file's order. */
    private long address(final int position) {
        long value = 0;
        for (int i = 0; i < ADDRESS; i++) {
            value = value << Byte.SIZE | Byte.toUnsignedLong(file.get(position + i));
        }
        return value;
    }
}
