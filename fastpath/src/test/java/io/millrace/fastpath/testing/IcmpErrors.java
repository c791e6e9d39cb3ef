package io.millrace.fastpath.testing;

import java.util.Arrays;

/**
 * Errors that the peer or a router sends about a packet of the stack, over the family of that packet: types and codes as
 * RFC 792 and RFC 4443 number them, the IP header and 8 bytes behind it quoted. Thread: any.
 */
public final class IcmpErrors {
    private static final int QUOTED = 8;

    private IcmpErrors() {}

    /** There is no way to the network. */
    public static byte[] unreachable(final Packet about) {
        return error(3, 1, 0, 0, about);
    }

    /** The segment was too long for a link of this MTU, given as one of IPv4: over IPv6 it is 20 bytes more. */
    public static byte[] tooLarge(final Packet about, final int mtu) {
        return Family.current() == Family.V4
                ? error(3, 0, 4, mtu, about)
                : error(0, 2, 0, Family.V6.mtu(mtu), about);
    }

    private static byte[] error(final int typeV4, final int typeV6, final int code, final int rest,
            final Packet about) {
        final byte[] quoted = Arrays.copyOf(about.toBytes(), Family.current().headerLength() + QUOTED);
        return Family.current() == Family.V4
                ? IpPacket.toStack(1, IpPacket.icmp(typeV4, code, rest, quoted)).toBytes()
                : Ipv6Packet.toStack(Ipv6Packet.ICMP, Ipv6Packet.icmp(typeV6, code, rest, quoted)).checksummed()
                        .toBytes();
    }
}
