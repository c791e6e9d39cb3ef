package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.script.PacketSpec.Icmp;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Segments as IPv4 packets and back, with their checksums made and verified. Pure functions. */
final class SegmentCodec {
    private static final int TCP = 6;
    private static final int ICMP = 1;
    private static final int IP_HEADER = 20;
    private static final int TCP_HEADER = 20;
    private static final int TTL = 64;
    private static final int MAX_OPTIONS = 40;
    private static final int QUOTED = 8;
    private static final long MASK = 0xFFFF_FFFFL;

    private SegmentCodec() {}

    /** A whole IP packet. */
    static byte[] encode(final Segment segment) {
        final byte[] options = OptionCodec.encode(segment.options());
        if (options.length > MAX_OPTIONS) {
            throw new IllegalArgumentException("options of " + options.length + " bytes, a header has room for 40");
        }
        final int header = TCP_HEADER + options.length;
        final ByteBuffer tcp = ByteBuffer.allocate(header + segment.length());
        tcp.putShort((short) segment.sourcePort()).putShort((short) segment.destinationPort())
                .putInt((int) segment.seq()).putInt((int) segment.ack()).put((byte) (header / 4 << 4))
                .put((byte) segment.flags()).putShort((short) segment.window()).putShort((short) 0)
                .putShort((short) segment.urgent()).put(options).put(segment.payload());
        tcp.putShort(16, (short) checksum(segment.source(), segment.destination(), tcp.array()));
        return ip(segment.source(), segment.destination(), TCP, segment.ecn(), tcp.array());
    }

    /** An ICMP message that quotes the beginning of a segment that the stack sent. */
    static byte[] encode(final Icmp message, final int router, final Segment quoted) {
        final byte[] original = encode(quoted);
        final byte[] data = IpPacket.icmp(message.type(), message.code(), message.mtu(),
                Arrays.copyOf(original, IP_HEADER + QUOTED));
        return ip(router, quoted.source(), ICMP, 0, data);
    }

    private static byte[] ip(final int source, final int destination, final int protocol, final int ecn,
            final byte[] payload) {
        final ByteBuffer ip = ByteBuffer.allocate(IP_HEADER + payload.length);
        ip.put((byte) 0x45).put((byte) ecn).putShort((short) (IP_HEADER + payload.length)).putShort((short) 1)
                .putShort((short) 0).put((byte) TTL).put((byte) protocol).putShort((short) 0).putInt(source)
                .putInt(destination).put(payload);
        ip.putShort(10, (short) IpPacket.checksum(ip.array(), 0, IP_HEADER));
        return ip.array();
    }

    /** Reads an IP packet. @throws AssertionError where it is no TCP segment, or a length or checksum is wrong. */
    static Segment decode(final byte[] packet) {
        final ByteBuffer ip = ByteBuffer.wrap(packet);
        final int ipHeader = (packet[0] & 0xF) * 4;
        if (packet[0] >>> 4 != 4 || packet[9] != TCP || ip.getShort(2) != (short) packet.length
                || IpPacket.checksum(packet, 0, ipHeader) != 0) {
            throw new AssertionError("no TCP segment over IPv4: " + Arrays.toString(packet));
        }
        final byte[] segment = Arrays.copyOfRange(packet, ipHeader, packet.length);
        final int source = ip.getInt(12);
        final int destination = ip.getInt(16);
        if (checksum(source, destination, segment) != 0) {
            throw new AssertionError("wrong TCP checksum: " + Arrays.toString(packet));
        }
        final ByteBuffer tcp = ByteBuffer.wrap(segment);
        final int header = (segment[12] >> 4 & 0xF) * 4;
        final List<TcpOption> options = OptionCodec.decode(Arrays.copyOfRange(segment, TCP_HEADER, header));
        return new Segment(source, destination, tcp.getShort(0) & 0xFFFF, tcp.getShort(2) & 0xFFFF, packet[1] & 3,
                tcp.getInt(4) & MASK, tcp.getInt(8) & MASK, segment[13] & 0xFF, tcp.getShort(14) & 0xFFFF,
                tcp.getShort(18) & 0xFFFF, options, Arrays.copyOfRange(segment, header, segment.length));
    }

    private static int checksum(final int source, final int destination, final byte[] segment) {
        final ByteBuffer all = ByteBuffer.allocate(12 + segment.length);
        all.putInt(source).putInt(destination).putShort((short) TCP).putShort((short) segment.length).put(segment);
        return IpPacket.checksum(all.array(), 0, all.capacity());
    }
}
