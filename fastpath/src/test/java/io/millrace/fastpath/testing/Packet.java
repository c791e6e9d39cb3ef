package io.millrace.fastpath.testing;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * A TCP segment as a value, for tests: build one, turn it into bytes over the present {@link Family}, read one from bytes
 * of either.
 *
 * @param window field of the header, not scaled.
 * @param mss    value of the MSS option; -1 without one.
 * @param scale  value of the window scale option; -1 without one.
 * @param extras the other options, and the ECN field of the IP header.
 */
public record Packet(int source, int sourcePort, int destination, int destinationPort, int seq, int ack, int flags,
        int window, int urgent, int mss, int scale, byte[] payload, Extras extras) {

    /** A packet without further options and without ECN. */
    public Packet(final int source, final int sourcePort, final int destination, final int destinationPort,
            final int seq, final int ack, final int flags, final int window, final int urgent, final int mss,
            final int scale, final byte[] payload) {
        this(source, sourcePort, destination, destinationPort, seq, ack, flags, window, urgent, mss, scale, payload,
                Extras.NONE);
    }

    /** An IPv4 address in host order. */
    public static int address(final String text) {
        try {
            return IpAddress.toV4(IpAddress.lo(InetAddress.getByName(text)));
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Flags as letters: S F R P A U E C, or a dot for none. */
    public static int flags(final String letters) {
        int flags = 0;
        for (final char letter : letters.toCharArray()) {
            flags |= switch (letter) {
                case 'F' -> TcpHeader.FIN;
                case 'S' -> TcpHeader.SYN;
                case 'R' -> TcpHeader.RST;
                case 'P' -> TcpHeader.PSH;
                case 'A' -> TcpHeader.ACK;
                case 'U' -> TcpHeader.URG;
                case 'E' -> TcpHeader.ECE;
                case 'C' -> TcpHeader.CWR;
                default -> 0;
            };
        }
        return flags;
    }

    private Packet with(final Extras other) {
        return new Packet(source, sourcePort, destination, destinationPort, seq, ack, flags, window, urgent, mss, scale,
                payload, other);
    }

    /** The same with SACK permitted. */
    public Packet withSackPermitted() {
        return with(extras.withSackPermitted());
    }

    /** The same with timestamps. */
    public Packet withTimestamps(final int value, final int echo) {
        return with(extras.withTimestamps(value, echo));
    }

    /** The same with SACK blocks: left and right edges in turn. */
    public Packet withSack(final Integer... edges) {
        return with(extras.withSack(List.of(edges)));
    }

    /** The same with this ECN field in the IP header. */
    public Packet withEcn(final int ecn) {
        return with(extras.withEcn(ecn));
    }

    /** The same with a Fast Open cookie, or the request for one where it is empty. */
    public Packet withCookie(final byte[] cookie) {
        return with(extras.withCookie(cookie));
    }

    /** The same with more flags. */
    public Packet withFlags(final String letters) {
        return new Packet(source, sourcePort, destination, destinationPort, seq, ack, flags | flags(letters), window,
                urgent, mss, scale, payload, extras);
    }

    /** Edges of the SACK blocks, left and right in turn. */
    public List<Integer> sack() {
        return extras.sack();
    }

    /** True where every one of these flags is set. */
    public boolean has(final String letters) {
        final int wanted = flags(letters);
        return (flags & wanted) == wanted;
    }

    /** True where exactly these flags are set, PSH aside. */
    public boolean is(final String letters) {
        return (flags & ~TcpHeader.PSH) == (flags(letters) & ~TcpHeader.PSH);
    }

    public int length() {
        return payload.length;
    }

    /** The packet as bytes, checksums right. */
    public byte[] toBytes() {
        final byte[] options = options();
        final int tcpLength = TcpHeader.MIN_LENGTH + options.length + payload.length;
        try (MemoryRegion region = MemoryRegion.allocate("test packet", 70_000)) {
            final long ip = region.address();
            final Family family = Family.current();
            final long tcp = ip + family.headerLength();
            writeHeader(family, ip, tcpLength);
            TcpHeader.write(tcp, sourcePort, destinationPort, seq, ack, TcpHeader.MIN_LENGTH + options.length, flags,
                    window);
            Memory.putShortBE(tcp + TcpHeader.URGENT_POINTER_OFFSET, urgent);
            Memory.copyFromArray(options, 0, tcp + TcpHeader.MIN_LENGTH, options.length);
            Memory.copyFromArray(payload, 0, tcp + TcpHeader.MIN_LENGTH + options.length, payload.length);
            final long pseudo = pseudoHeader(family, source, destination, tcpLength);
            Memory.putShortBE(tcp + TcpHeader.CHECKSUM_OFFSET,
                    Checksum.finish(Checksum.sum(tcp, tcpLength, pseudo)));
            final byte[] bytes = new byte[family.headerLength() + tcpLength];
            Memory.copyToArray(ip, bytes, 0, bytes.length);
            return bytes;
        }
    }

    private void writeHeader(final Family family, final long ip, final int tcpLength) {
        if (family == Family.V4) {
            Ipv4Header.write(ip, extras.ecn(), Ipv4Header.MIN_LENGTH + tcpLength, 1, 0, 64, IpProtocol.TCP, source,
                    destination);
        } else {
            Ipv6Header.write(ip, extras.ecn(), 0, tcpLength, IpProtocol.TCP, 64);
            Ipv6Header.addresses(ip, family.hi(), family.lo(source), family.hi(), family.lo(destination));
        }
    }

    private static long pseudoHeader(final Family family, final int source, final int destination, final int length) {
        return family == Family.V4
                ? Checksum.pseudoHeaderV4(source, destination, IpProtocol.TCP, length)
                : Checksum.pseudoHeaderV6(family.hi(), family.lo(source), family.hi(), family.lo(destination),
                        IpProtocol.TCP, length);
    }

    private byte[] options() {
        try (MemoryRegion region = MemoryRegion.allocate("test options", 64)) {
            int length = 0;
            if (mss >= 0) {
                length += TcpOptions.writeMss(region.address() + length, mss);
            }
            if (scale >= 0) {
                length += TcpOptions.writeWindowScale(region.address() + length, scale);
            }
            length += extras.write(region.address() + length);
            final byte[] bytes = new byte[length];
            Memory.copyToArray(region.address(), bytes, 0, length);
            return bytes;
        }
    }

    /** Reads a packet; fails where it is no TCP segment or a checksum is wrong. */
    public static Packet of(final byte[] bytes) {
        try (MemoryRegion region = MemoryRegion.allocate("test packet", bytes.length)) {
            Memory.copyFromArray(bytes, 0, region.address(), bytes.length);
            final boolean v6 = Ipv6Header.isV6(region.address());
            final Ipv4Header ip = new Ipv4Header();
            final Ipv6Header ipv6 = new Ipv6Header();
            final TcpHeader tcp = new TcpHeader();
            final boolean right = v6
                    ? ipv6.wrap(region.address(), bytes.length) && ipv6.nextHeader() == IpProtocol.TCP
                            && tcp.wrap(ipv6.payloadAddress(), ipv6.payloadLength())
                    : ip.wrap(region.address(), bytes.length) && ip.protocol() == IpProtocol.TCP && ip.checksumValid()
                            && tcp.wrap(ip.payloadAddress(), ip.payloadLength());
            if (!right || v6 && (ipv6.sourceHi() != Family.V6.hi() || ipv6.destinationHi() != Family.V6.hi())) {
                throw new AssertionError("not a TCP segment: " + Arrays.toString(bytes));
            }
            final int source = v6 ? (int) ipv6.sourceLo() : ip.source();
            final int destination = v6 ? (int) ipv6.destinationLo() : ip.destination();
            final long pseudo = pseudoHeader(v6 ? Family.V6 : Family.V4, source, destination, tcp.length());
            if (!tcp.checksumValid(pseudo)) {
                throw new AssertionError("TCP checksum of " + tcp);
            }
            final TcpOptions options = new TcpOptions();
            options.decode(tcp.optionsAddress(), tcp.optionsLength());
            final byte[] payload = new byte[tcp.length() - tcp.headerLength()];
            Memory.copyToArray(tcp.payloadAddress(), payload, 0, payload.length);
            return new Packet(source, tcp.sourcePort(), destination, tcp.destinationPort(), tcp.sequence(),
                    tcp.acknowledgement(), tcp.flags(), tcp.window(), tcp.urgentPointer(),
                    options.hasMss() ? options.mss() : -1, options.hasWindowScale() ? options.windowScale() : -1,
                    payload, Extras.of(options, (v6 ? ipv6.trafficClass() : ip.dscpEcn()) & Ipv4Header.ECN_MASK));
        }
    }

    @Override
    public String toString() {
        return sourcePort + ">" + destinationPort + " " + TcpHeader.flagsText(flags) + " seq="
                + Integer.toUnsignedString(seq) + " ack=" + Integer.toUnsignedString(ack) + " win=" + window + " len="
                + payload.length + (mss >= 0 ? " mss=" + mss : "") + (scale >= 0 ? " wscale=" + scale : "")
                + extras;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Packet packet && toString().equals(packet.toString())
                && Arrays.equals(payload, packet.payload);
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
