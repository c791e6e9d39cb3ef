package io.millrace.fastpath.testing;

import java.util.Arrays;

/**
 * Errors that the peer or a router sends about a packet of the stack, over the family of that packet: types and codes as
 * RFC 792 and RFC 4443 number them, the IP header and 8 bytes behind it quoted. Thread: any.
 */
public final class IcmpErrors {
    private static final int QUOTED = 8;

    private IcmpErrors() {}

    /** What went wrong, by type and code of either family. */
    public enum Kind {
        NETWORK_UNREACHABLE(3, 0, 1, 0),
        HOST_UNREACHABLE(3, 1, 1, 3),
        PROTOCOL_UNREACHABLE(3, 2, 4, 1),
        PORT_UNREACHABLE(3, 3, 1, 4),
        PROHIBITED(3, 13, 1, 1),
        TIME_EXCEEDED(11, 0, 3, 0);

        private final int type;
        private final int code;
        private final int typeV6;
        private final int codeV6;

        Kind(final int type, final int code, final int typeV6, final int codeV6) {
            this.type = type;
            this.code = code;
            this.typeV6 = typeV6;
            this.codeV6 = codeV6;
        }
    }

    /** An error about a segment. */
    public static byte[] of(final Kind kind, final Packet about) {
        return of(kind, quote(about));
    }

    /** An error that quotes these bytes. */
    public static byte[] of(final Kind kind, final byte[] quote) {
        return Family.current() == Family.V4
                ? v4(kind.type, kind.code, 0, quote)
                : v6(kind.typeV6, kind.codeV6, 0, quote);
    }

    /** There is no way to the network. */
    public static byte[] unreachable(final Packet about) {
        return of(Kind.NETWORK_UNREACHABLE, about);
    }

    /** The segment was too long for a link of this MTU, given as one of IPv4: over IPv6 it is 20 bytes more. */
    public static byte[] tooLarge(final Packet about, final int mtu) {
        return Family.current() == Family.V4
                ? v4(3, 4, mtu, quote(about))
                : v6(2, 0, Family.V6.mtu(mtu), quote(about));
    }

    /** What an error quotes of a segment. */
    public static byte[] quote(final Packet about) {
        return Arrays.copyOf(about.toBytes(), Family.current().headerLength() + QUOTED);
    }

    private static byte[] v4(final int type, final int code, final int rest, final byte[] quote) {
        return IpPacket.toStack(1, IpPacket.icmp(type, code, rest, quote)).toBytes();
    }

    private static byte[] v6(final int type, final int code, final int rest, final byte[] quote) {
        return Ipv6Packet.toStack(Ipv6Packet.ICMP, Ipv6Packet.icmp(type, code, rest, quote)).checksummed().toBytes();
    }
}
