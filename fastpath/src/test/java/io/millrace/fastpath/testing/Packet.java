package io.millrace.fastpath.testing;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * A TCP segment over IPv4 as a value, for tests: build one, turn it into bytes, read one from bytes.
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

    private static final int IP = Ipv4Header.MIN_LENGTH;

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
            final long tcp = ip + IP;
            Ipv4Header.write(ip, extras.ecn(), IP + tcpLength, 1, 0, 64, IpProtocol.TCP, source, destination);
            TcpHeader.write(tcp, sourcePort, destinationPort, seq, ack, TcpHeader.MIN_LENGTH + options.length, flags,
                    window);
            Memory.putShortBE(tcp + TcpHeader.URGENT_POINTER_OFFSET, urgent);
            Memory.copyFromArray(options, 0, tcp + TcpHeader.MIN_LENGTH, options.length);
            Memory.copyFromArray(payload, 0, tcp + TcpHeader.MIN_LENGTH + options.length, payload.length);
            final long pseudo = Checksum.pseudoHeaderV4(source, destination, IpProtocol.TCP, tcpLength);
            Memory.putShortBE(tcp + TcpHeader.CHECKSUM_OFFSET,
                    Checksum.finish(Checksum.sum(tcp, tcpLength, pseudo)));
            final byte[] bytes = new byte[IP + tcpLength];
            Memory.copyToArray(ip, bytes, 0, bytes.length);
            return bytes;
        }
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
            final Ipv4Header ip = new Ipv4Header();
            final TcpHeader tcp = new TcpHeader();
            if (!ip.wrap(region.address(), bytes.length) || ip.protocol() != IpProtocol.TCP || !ip.checksumValid()
                    || !tcp.wrap(ip.payloadAddress(), ip.payloadLength())) {
                throw new AssertionError("not a TCP segment over IPv4: " + Arrays.toString(bytes));
            }
            final long pseudo = Checksum.pseudoHeaderV4(ip.source(), ip.destination(), IpProtocol.TCP,
                    ip.payloadLength());
            if (Checksum.finish(Checksum.sum(ip.payloadAddress(), ip.payloadLength(), pseudo)) != 0) {
                throw new AssertionError("TCP checksum of " + tcp);
            }
            final TcpOptions options = new TcpOptions();
            options.decode(tcp.optionsAddress(), tcp.optionsLength());
            final byte[] payload = new byte[ip.payloadLength() - tcp.headerLength()];
            Memory.copyToArray(tcp.payloadAddress(), payload, 0, payload.length);
            return new Packet(ip.source(), tcp.sourcePort(), ip.destination(), tcp.destinationPort(), tcp.sequence(),
                    tcp.acknowledgement(), tcp.flags(), tcp.window(), tcp.urgentPointer(),
                    options.hasMss() ? options.mss() : -1, options.hasWindowScale() ? options.windowScale() : -1,
                    payload, Extras.of(options, ip.dscpEcn() & Ipv4Header.ECN_MASK));
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
