package io.millrace.fastpath.testing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An IPv6 packet as a value, for tests, with its parts free to be wrong; checksums are computed here, not by the code
 * under test. Addresses have 16 bytes.
 *
 * @param label traffic class and flow label, the lower 28 bits of the first word.
 */
public record Ipv6Packet(byte[] source, byte[] destination, int label, int nextHeader, int hopLimit, byte[] payload) {
    /** Bytes of the header. */
    public static final int HEADER = 40;

    public static final int HOP_BY_HOP = 0;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    public static final int ICMP = 58;
    public static final int NOTHING = 59;
    public static final int DESTINATION = 60;

    /** A packet from the peer to the stack. */
    public static Ipv6Packet toStack(final int nextHeader, final byte[] payload) {
        return new Ipv6Packet(address(Peer.ADDRESS), address(StackDriver.ADDRESS), 0, nextHeader, 64, payload);
    }

    /** Bytes of an address; one of IPv4 stands for what {@link Family#V6} makes of it. */
    public static byte[] address(final String text) {
        if (text.indexOf(':') < 0) {
            return ByteBuffer.allocate(16).putLong(Family.V6.hi()).putLong(Family.V6.lo(Packet.address(text))).array();
        }
        try {
            final byte[] bytes = InetAddress.getByName(text).getAddress();
            return bytes.length == 16
                    ? bytes
                    : ByteBuffer.allocate(16).putLong(0).putInt(0xFFFF).put(bytes).array(); // ::ffff:a.b.c.d
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** An ICMPv6 message, checksum not filled in. */
    public static byte[] icmp(final int type, final int code, final int rest, final byte[] data) {
        return ByteBuffer.allocate(8 + data.length).put((byte) type).put((byte) code).putShort((short) 0).putInt(rest)
                .put(data).array();
    }

    /** A UDP packet from port 1,000, checksum not filled in. */
    public static byte[] udp(final int port, final byte[] data) {
        return ByteBuffer.allocate(8 + data.length).putShort((short) 1_000).putShort((short) port)
                .putShort((short) (8 + data.length)).putShort((short) 0).put(data).array();
    }

    /** An extension header: what follows it, then these bytes, padded to a multiple of 8. */
    public static byte[] extension(final int next, final int... bytes) {
        final byte[] header = new byte[2 + bytes.length + 7 & -8];
        header[0] = (byte) next;
        header[1] = (byte) (header.length / 8 - 1);
        for (int i = 0; i < bytes.length; i++) {
            header[2 + i] = (byte) bytes[i];
        }
        return header;
    }

    /** A fragment header. */
    public static byte[] fragment(final int next, final int offset, final boolean more, final int identification) {
        return ByteBuffer.allocate(8).put((byte) next).put((byte) 0).putShort((short) (offset | (more ? 1 : 0)))
                .putInt(identification).array();
    }

    /** One after the other. */
    public static byte[] join(final byte[]... parts) {
        final ByteBuffer whole = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (final byte[] part : parts) {
            whole.put(part);
        }
        return whole.array();
    }

    public Ipv6Packet from(final String address) {
        return new Ipv6Packet(address(address), destination, label, nextHeader, hopLimit, payload);
    }

    public Ipv6Packet to(final String address) {
        return new Ipv6Packet(source, address(address), label, nextHeader, hopLimit, payload);
    }

    public Ipv6Packet hopLimit(final int value) {
        return new Ipv6Packet(source, destination, label, nextHeader, value, payload);
    }

    public Ipv6Packet label(final int value) {
        return new Ipv6Packet(source, destination, value, nextHeader, hopLimit, payload);
    }

    /** The same with this header before what it has: the header names what was first until now. */
    public Ipv6Packet behind(final int kind, final byte[] header) {
        return new Ipv6Packet(source, destination, label, kind, hopLimit, join(header, payload));
    }

    /** The same with the right checksum in an upper-layer packet that is its whole payload. */
    public Ipv6Packet checksummed() {
        final int at = switch (nextHeader) {
            case TCP -> 16;
            case UDP -> 6;
            default -> 2;
        };
        final byte[] sealed = payload.clone();
        ByteBuffer.wrap(sealed).putShort(at, (short) 0).putShort(at, (short) checksum(sealed));
        return new Ipv6Packet(source, destination, label, nextHeader, hopLimit, sealed);
    }

    /** True where the upper-layer packet that is its whole payload has the right checksum. */
    public boolean isChecksumRight() {
        return checksum(payload) == 0;
    }

    /** Of {@link #FRAGMENT} packets: where the bytes lie. */
    public int fragmentOffset() {
        return ByteBuffer.wrap(payload).getShort(2) & 0xFFF8;
    }

    private int checksum(final byte[] message) {
        final byte[] all = join(source, destination, ByteBuffer.allocate(8).putInt(message.length).putInt(nextHeader)
                .array(), message);
        return IpPacket.checksum(all, 0, all.length);
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(HEADER + payload.length).putInt(6 << 28 | label).putShort((short) payload.length)
                .put((byte) nextHeader).put((byte) hopLimit).put(source).put(destination).put(payload).array();
    }

    /** Reads a packet; fails where it is none. */
    public static Ipv6Packet of(final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes[0] >>> 4 != 6 || (buffer.getShort(4) & 0xFFFF) != bytes.length - HEADER) {
            throw new AssertionError("not an IPv6 packet: " + Arrays.toString(bytes));
        }
        return new Ipv6Packet(Arrays.copyOfRange(bytes, 8, 24), Arrays.copyOfRange(bytes, 24, HEADER),
                buffer.getInt(0) & 0x0FFF_FFFF, bytes[6] & 0xFF, bytes[7] & 0xFF,
                Arrays.copyOfRange(bytes, HEADER, bytes.length));
    }
}
