package io.millrace.fastpath.ip;

import io.millrace.fastpath.wire.FragmentHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;

/**
 * What a fragment of either family says: which datagram it is of, which bytes of it, and the header to stand in front of
 * the whole. Thread: the engine's.
 */
final class Fragment {
    private long sourceHi;
    private long sourceLo;
    private long destinationHi;
    private long destinationLo;
    private int identity;
    private int protocol;
    private int offset;
    private boolean more;
    private long payload;
    private int length;
    private long header;
    private int headerLength;
    private int ecn;
    private int link;

    /** A fragment of IPv4: protocol and identification name the datagram (RFC 791 §3.2). */
    Fragment of(final Ipv4Header ip) {
        sourceHi = 0;
        sourceLo = IpAddress.v4(ip.source());
        destinationHi = 0;
        destinationLo = IpAddress.v4(ip.destination());
        protocol = ip.protocol();
        identity = protocol << 16 | ip.identification();
        offset = ip.fragmentOffset();
        more = ip.moreFragments();
        payload = ip.payloadAddress();
        length = ip.payloadLength();
        header = ip.address();
        headerLength = ip.headerLength();
        ecn = ip.dscpEcn() & Ipv4Header.ECN_MASK;
        link = 0;
        return this;
    }

    /**
     * A fragment of IPv6: the identification alone names the datagram (RFC 8200 §4.5). What lies between the fixed header
     * and the fragment header has been looked at for each fragment, and is not kept.
     *
     * @param at   where the fragment header lies, in bytes from the beginning of the packet.
     * @param over the link that it came over.
     */
    Fragment of(final Ipv6Header ip, final int at, final int over) {
        final long fragment = ip.address() + at;
        sourceHi = ip.sourceHi();
        sourceLo = ip.sourceLo();
        destinationHi = ip.destinationHi();
        destinationLo = ip.destinationLo();
        identity = FragmentHeader.identification(fragment);
        protocol = FragmentHeader.nextHeader(fragment);
        offset = FragmentHeader.offset(fragment);
        more = FragmentHeader.more(fragment);
        payload = fragment + FragmentHeader.LENGTH;
        length = Ipv6Header.LENGTH + ip.payloadLength() - at - FragmentHeader.LENGTH;
        header = ip.address();
        headerLength = Ipv6Header.LENGTH;
        ecn = ip.trafficClass() & Ipv4Header.ECN_MASK;
        link = over;
        return this;
    }

    boolean isV4() {
        return IpAddress.isV4(sourceHi, sourceLo);
    }

    long sourceHi() {
        return sourceHi;
    }

    long sourceLo() {
        return sourceLo;
    }

    long destinationHi() {
        return destinationHi;
    }

    long destinationLo() {
        return destinationLo;
    }

    /** Names the datagram between its two hosts. */
    int identity() {
        return identity;
    }

    /** What the header of the whole names as its payload; of IPv6 the first fragment's counts. */
    int protocol() {
        return protocol;
    }

    /** Where its bytes lie in the datagram. */
    int offset() {
        return offset;
    }

    /** Where they end. */
    int end() {
        return offset + length;
    }

    boolean more() {
        return more;
    }

    long payload() {
        return payload;
    }

    int length() {
        return length;
    }

    /** Where the header lies that is kept of fragment zero. */
    long header() {
        return header;
    }

    int headerLength() {
        return headerLength;
    }

    /** The ECN field, 0 to 3. */
    int ecn() {
        return ecn;
    }

    /** The link that it came over; 0 of IPv4, which is answered by its route. */
    int link() {
        return link;
    }

    /** True where its addresses are others on each link (RFC 4007 §5). */
    boolean isScoped() {
        return IpAddress.isLinkLocal(sourceHi) || IpAddress.isLinkLocal(destinationHi);
    }

    /** Bytes of the longest datagram behind the header of this one. */
    int limit() {
        return isV4() ? Ipv4Header.MAX_TOTAL_LENGTH - headerLength : Ipv6Header.MAX_PAYLOAD_LENGTH;
    }
}
