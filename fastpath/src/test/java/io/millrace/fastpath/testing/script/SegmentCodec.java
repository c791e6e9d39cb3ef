package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.script.PacketSpec.Icmp;
import io.millrace.fastpath.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Segments as packets of the present {@link Family} and back, with their checksums made and verified. */
final class SegmentCodec {
    private static final int TCP = 6;
    private static final int ICMP = 1;
    private static final int IP_HEADER = 20;
    private static final int TCP_HEADER = 20;
    private static final int TTL = 64;
    private static final int MAX_OPTIONS = 40;
    private static final int QUOTED = 8;
    private static final int UNREACHABLE = 3;
    private static final int FRAG_NEEDED = 4;
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
        if (Family.current() == Family.V6) {
            return v6(segment.source(), segment.destination(), Ipv6Packet.TCP, segment.ecn(), tcp.array());
        }
        tcp.putShort(16, (short) checksum(segment.source(), segment.destination(), tcp.array()));
        return ip(segment.source(), segment.destination(), TCP, segment.ecn(), tcp.array());
    }

    /**
     * An ICMP message that quotes the beginning of a segment that the stack sent; over IPv6 what RFC 4443 has in its place.
     *
     * @param allowance what an MTU is more than the message says.
     */
    static byte[] encode(final Icmp message, final int router, final Segment quoted, final int allowance) {
        final byte[] original = Arrays.copyOf(encode(quoted), Family.current().headerLength() + QUOTED);
        if (Family.current() == Family.V4) {
            return ip(router, quoted.source(), ICMP, 0,
                    IpPacket.icmp(message.type(), message.code(), message.mtu(), original));
        }
        final boolean tooBig = message.type() == UNREACHABLE && message.code() == FRAG_NEEDED;
        return v6(router, quoted.source(), Ipv6Packet.ICMP, 0, Ipv6Packet.icmp(tooBig ? 2 : typeV6(message.type()),
                tooBig ? 0 : codeV6(message), tooBig ? message.mtu() + allowance : 0, original));
    }

    private static int typeV6(final int type) {
        return switch (type) {
            case UNREACHABLE -> 1;
            case 11 -> 3;
            case 12 -> 4;
            default -> 100; // nothing like it: for private experiments
        };
    }

    /** Host, network unreachable: no route; port, protocol unreachable: port unreachable. */
    private static int codeV6(final Icmp message) {
        return message.type() == UNREACHABLE ? message.code() == 2 || message.code() == 3 ? 4 : 0 : message.code();
    }

    private static byte[] v6(final int source, final int destination, final int protocol, final int ecn,
            final byte[] payload) {
        final Ipv6Packet packet = Ipv6Packet.toStack(protocol, payload).label(ecn << 20);
        return packet.from(text(source)).to(text(destination)).checksummed().toBytes();
    }

    private static String text(final int address) {
        return IpAddress.toString(0, IpAddress.v4(address));
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
        if (packet[0] >>> 4 == 6) {
            final Ipv6Packet ip = Ipv6Packet.of(packet);
            if (ip.nextHeader() != Ipv6Packet.TCP || !ip.isChecksumRight()) {
                throw new AssertionError("no TCP segment over IPv6: " + Arrays.toString(packet));
            }
            return decode(ByteBuffer.wrap(ip.source()).getInt(12), ByteBuffer.wrap(ip.destination()).getInt(12),
                    ip.label() >>> 20 & 3, ip.payload());
        }
        final ByteBuffer ip = ByteBuffer.wrap(packet);
        final int ipHeader = (packet[0] & 0xF) * 4;
        if (packet[0] >>> 4 != 4 || packet[9] != TCP || ip.getShort(2) != (short) packet.length
                || IpPacket.checksum(packet, 0, ipHeader) != 0) {
            throw new AssertionError("no TCP segment over IPv4: " + Arrays.toString(packet));
        }
        final byte[] segment = Arrays.copyOfRange(packet, ipHeader, packet.length);
        if (checksum(ip.getInt(12), ip.getInt(16), segment) != 0) {
            throw new AssertionError("wrong TCP checksum: " + Arrays.toString(packet));
        }
        return decode(ip.getInt(12), ip.getInt(16), packet[1] & 3, segment);
    }

    private static Segment decode(final int source, final int destination, final int ecn, final byte[] segment) {
        final ByteBuffer tcp = ByteBuffer.wrap(segment);
        final int header = (segment[12] >> 4 & 0xF) * 4;
        final List<TcpOption> options = OptionCodec.decode(Arrays.copyOfRange(segment, TCP_HEADER, header));
        return new Segment(source, destination, tcp.getShort(0) & 0xFFFF, tcp.getShort(2) & 0xFFFF, ecn,
                tcp.getInt(4) & MASK, tcp.getInt(8) & MASK, segment[13] & 0xFF, tcp.getShort(14) & 0xFFFF,
                tcp.getShort(18) & 0xFFFF, options, Arrays.copyOfRange(segment, header, segment.length));
    }

    private static int checksum(final int source, final int destination, final byte[] segment) {
        final ByteBuffer all = ByteBuffer.allocate(12 + segment.length);
        all.putInt(source).putInt(destination).putShort((short) TCP).putShort((short) segment.length).put(segment);
        return IpPacket.checksum(all.array(), 0, all.capacity());
    }
}
