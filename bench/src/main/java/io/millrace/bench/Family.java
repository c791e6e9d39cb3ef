package io.millrace.bench;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;

/** The family of the addresses of a benchmark; a host is a number of 32 bits, the last ones of its address. */
public enum Family {
    /** Addresses that are the number. */
    IPV4(0, Ipv4Header.MIN_LENGTH, Ipv4Header.SOURCE_OFFSET),
    /** Unique local addresses (RFC 4193) that end with the number. */
    IPV6(0xFD00_0000_0000_0001L, Ipv6Header.LENGTH, Ipv6Header.DESTINATION_OFFSET - Integer.BYTES);

    private static final int HOP_LIMIT = 64;

    private final long hi;
    private final int headerLength;
    private final int sourceOffset;

    Family(final long hi, final int headerLength, final int sourceOffset) {
        this.hi = hi;
        this.headerLength = headerLength;
        this.sourceOffset = sourceOffset;
    }

    /** Upper half of every host's address. */
    long hi() {
        return hi;
    }

    /** Lower half of a host's address. */
    long lo(final int host) {
        return this == IPV4 ? IpAddress.v4(host) : host & 0xFFFF_FFFFL;
    }

    /** Bytes of the IP header. */
    int headerLength() {
        return headerLength;
    }

    /** The sum of the pseudo-header of a packet with so many bytes above IP. */
    long pseudoHeader(final int source, final int destination, final int protocol, final int length) {
        return Checksum.pseudoHeader(hi, lo(source), hi, lo(destination), protocol, length);
    }

    /** Writes the IP header of a packet with so many bytes above IP. */
    void write(final long ip, final int length, final int protocol, final int source, final int destination) {
        if (this == IPV4) {
            Ipv4Header.write(ip, headerLength + length, 1, Ipv4Header.DONT_FRAGMENT, HOP_LIMIT, protocol, source,
                    destination);
        } else {
            Ipv6Header.write(ip, 0, 0, length, protocol, HOP_LIMIT);
            Ipv6Header.addresses(ip, hi, lo(source), hi, lo(destination));
        }
    }

    /** The host that the packet is from. */
    int source(final long ip) {
        return Memory.getIntBE(ip + sourceOffset);
    }

    /** Changes the host that the packet is from; the checksum above IP is the caller's. */
    void source(final long ip, final int newSource) {
        if (this == IPV4) {
            Memory.putShortBE(ip + Ipv4Header.CHECKSUM_OFFSET, Checksum
                    .update32(Memory.getShortBE(ip + Ipv4Header.CHECKSUM_OFFSET), source(ip), newSource));
        }
        Memory.putIntBE(ip + sourceOffset, newSource);
    }
}
