package io.millrace.fastpath.testing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A UDP datagram over IPv4 as a value, for tests; its checksum is computed here, not by the code under test.
 *
 * @param source        in host order, as {@code destination}.
 * @param ttl           read only: what is written has 64.
 * @param trafficClass  read only: what is written has 0.
 */
public record Datagram(int source, int sourcePort, int destination, int destinationPort, byte[] payload, int ttl,
        int trafficClass) {
    private static final int HEADER = 8;
    private static final int UDP = 17;

    public Datagram(final int source, final int sourcePort, final int destination, final int destinationPort,
            final byte[] payload) {
        this(source, sourcePort, destination, destinationPort, payload, 64, 0);
    }

    /** From the peer's port 1,000 to the stack. */
    public static Datagram toStack(final int port, final String text) {
        return new Datagram(Packet.address(Peer.ADDRESS), 1_000, Packet.address(StackDriver.ADDRESS), port,
                text.getBytes(StandardCharsets.US_ASCII));
    }

    public Datagram from(final String address, final int port) {
        return new Datagram(Packet.address(address), port, destination, destinationPort, payload);
    }

    public Datagram to(final String address) {
        return new Datagram(source, sourcePort, Packet.address(address), destinationPort, payload);
    }

    /** The payload as text. */
    public String text() {
        return new String(payload, StandardCharsets.US_ASCII);
    }

    /** The IP packet as bytes, checksums right. */
    public byte[] toBytes() {
        return packet(udp(0)).toBytes();
    }

    /** The IP packet around any bytes in the place of the datagram's. */
    public IpPacket packet(final byte[] udp) {
        return new IpPacket(source, destination, UDP, 0, new byte[0], udp);
    }

    /** Header and payload. @param wrong added to the right checksum. */
    public byte[] udp(final int wrong) {
        final byte[] bytes = ByteBuffer.allocate(HEADER + payload.length).putShort((short) sourcePort)
                .putShort((short) destinationPort).putShort((short) (HEADER + payload.length)).putShort((short) 0)
                .put(payload).array();
        final int checksum = checksum(source, destination, bytes);
        ByteBuffer.wrap(bytes).putShort(6, (short) ((checksum == 0 ? 0xFFFF : checksum) + wrong));
        return bytes;
    }

    /** Reads an IP packet; fails where it is no UDP datagram, or a checksum or the length is wrong. */
    public static Datagram of(final byte[] bytes) {
        final IpPacket packet = IpPacket.of(bytes);
        final byte[] udp = packet.payload();
        final ByteBuffer header = ByteBuffer.wrap(udp);
        if (packet.protocol() != UDP || (header.getShort(4) & 0xFFFF) != udp.length || header.getShort(6) == 0
                || checksum(packet.source(), packet.destination(), udp) != 0) {
            throw new AssertionError("not a UDP datagram: " + Arrays.toString(bytes));
        }
        return new Datagram(packet.source(), header.getShort(0) & 0xFFFF, packet.destination(),
                header.getShort(2) & 0xFFFF, Arrays.copyOfRange(udp, HEADER, udp.length), bytes[8] & 0xFF,
                bytes[1] & 0xFF);
    }

    private static int checksum(final int source, final int destination, final byte[] udp) {
        final byte[] all = ByteBuffer.allocate(12 + udp.length).putInt(source).putInt(destination).putShort((short) UDP)
                .putShort((short) udp.length).put(udp).array();
        return IpPacket.checksum(all, 0, all.length);
    }
}
