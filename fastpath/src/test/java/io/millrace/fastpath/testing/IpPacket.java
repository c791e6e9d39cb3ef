package io.millrace.fastpath.testing;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An IPv4 packet as a value, for tests, with its parts free to be wrong; its checksum is computed here, not by the code
 * under test.
 *
 * @param options        a multiple of 4 bytes, up to 40.
 * @param flagsAndOffset the 16 bits of flags and fragment offset.
 */
public record IpPacket(int source, int destination, int protocol, int flagsAndOffset, byte[] options, byte[] payload) {
    private static final int HEADER = 20;
    private static final int CHECKSUM = 10;

    /** A packet from the peer to the stack, without options, not a fragment. */
    public static IpPacket toStack(final int protocol, final byte[] payload) {
        return new IpPacket(Packet.address(Peer.ADDRESS), Packet.address(StackDriver.ADDRESS), protocol, 0,
                new byte[0], payload);
    }

    /** A UDP packet from port 1,000 to a port, which carries no checksum, as IPv4 allows. */
    public static byte[] udp(final int port, final byte[] data) {
        return ByteBuffer.allocate(8 + data.length).putShort((short) 1_000).putShort((short) port)
                .putShort((short) (8 + data.length)).putShort((short) 0).put(data).array();
    }

    /** An ICMP message with the right checksum. */
    public static byte[] icmp(final int type, final int code, final int rest, final byte[] data) {
        final byte[] message = ByteBuffer.allocate(8 + data.length).put((byte) type).put((byte) code)
                .putShort((short) 0).putInt(rest).put(data).array();
        ByteBuffer.wrap(message).putShort(2, (short) checksum(message, 0, message.length));
        return message;
    }

    public IpPacket from(final String address) {
        return new IpPacket(Packet.address(address), destination, protocol, flagsAndOffset, options, payload);
    }

    public IpPacket to(final String address) {
        return new IpPacket(source, Packet.address(address), protocol, flagsAndOffset, options, payload);
    }

    public IpPacket flagsAndOffset(final int value) {
        return new IpPacket(source, destination, protocol, value, options, payload);
    }

    public IpPacket options(final int... bytes) {
        final byte[] values = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = (byte) bytes[i];
        }
        return new IpPacket(source, destination, protocol, flagsAndOffset, values, payload);
    }

    public byte[] toBytes() {
        final int header = HEADER + options.length;
        final byte[] bytes = ByteBuffer.allocate(header + payload.length).put((byte) (0x40 | header / 4)).put((byte) 0)
                .putShort((short) (header + payload.length)).putShort((short) 7).putShort((short) flagsAndOffset)
                .put((byte) 64).put((byte) protocol).putShort((short) 0).putInt(source).putInt(destination)
                .put(options).put(payload).array();
        ByteBuffer.wrap(bytes).putShort(CHECKSUM, (short) checksum(bytes, 0, header));
        return bytes;
    }

    /** Reads a packet; fails where the header's checksum is wrong. */
    public static IpPacket of(final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        final int header = (bytes[0] & 0xF) * 4;
        if (bytes[0] >>> 4 != 4 || checksum(bytes, 0, header) != 0 || buffer.getShort(2) != (short) bytes.length) {
            throw new AssertionError("not an IPv4 packet: " + Arrays.toString(bytes));
        }
        return new IpPacket(buffer.getInt(12), buffer.getInt(16), bytes[9], buffer.getShort(6),
                Arrays.copyOfRange(bytes, HEADER, header), Arrays.copyOfRange(bytes, header, bytes.length));
    }

    /** The Internet checksum (RFC 1071), word by word; 0 over bytes that hold a right one. */
    public static int checksum(final byte[] bytes, final int from, final int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xFF) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return ~sum & 0xFFFF;
    }
}
