package io.millrace.fastpath.ip;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Extensions;
import io.millrace.fastpath.wire.Ipv6Header;

/**
 * A datagram to be sent: what its IP header says, and where its bytes lie. Made once by each sender and filled again for
 * the next datagram; {@link IpOutput#sendDatagram} copies the bytes. Thread: the engine's.
 */
public final class OutgoingDatagram {
    /** Who may fragment a datagram (Linux: IP_MTU_DISCOVER). */
    public enum Fragmentation {
        /** The sender, where the datagram does not fit; where it fits, nobody (IP_PMTUDISC_WANT, Linux's default). */
        BY_SENDER,
        /** Every router too (IP_PMTUDISC_DONT). */
        ANYWHERE,
        /** Nobody: what does not fit is refused (IP_PMTUDISC_DO). */
        NOWHERE
    }

    /** The hop limit that the stack is configured with. */
    public static final int DEFAULT_HOP_LIMIT = -1;

    /** {@link #onLink}: where the route leads, or of a group the link of the source address. */
    public static final int BY_ROUTE = -1;

    private static final int NO_CHECKSUM = -1;

    private int protocol;
    private long sourceHi;
    private long sourceLo;
    private long destinationHi;
    private long destinationLo;
    private int hopLimit = DEFAULT_HOP_LIMIT;
    private int dscpEcn;
    private int flowLabel;
    private int pathMtu;
    private int wantedLink = BY_ROUTE;
    private int link;
    private boolean loopback = true;
    private boolean routerAlert;
    private Fragmentation fragmentation = Fragmentation.BY_SENDER;
    private int partialChecksum = NO_CHECKSUM;
    private long head;
    private int headLength;
    private long body;
    private int bodyLength;

    /** @param protocol one of {@link io.millrace.fastpath.wire.IpProtocol}. */
    public OutgoingDatagram(final int protocol) {
        this.protocol = protocol;
    }

    /** The own address it is sent from, of the destination's family. */
    public OutgoingDatagram source(final long hi, final long lo) {
        sourceHi = hi;
        sourceLo = lo;
        return this;
    }

    /** Where it goes: a host, a broadcast address, a multicast group. */
    public OutgoingDatagram destination(final long hi, final long lo) {
        destinationHi = hi;
        destinationLo = lo;
        return this;
    }

    /** 0 to 255, or {@link #DEFAULT_HOP_LIMIT}; with 0 a datagram to a group stays on this host (RFC 1112 §6.1). */
    public OutgoingDatagram hopLimit(final int hops) {
        hopLimit = hops;
        return this;
    }

    /** DSCP in the upper six bits, ECN in the lower two. */
    public OutgoingDatagram dscpEcn(final int value) {
        dscpEcn = value;
        return this;
    }

    /** Of IPv6, 20 bits; 0 for none (RFC 6437). */
    public OutgoingDatagram flowLabel(final int value) {
        flowLabel = value;
        return this;
    }

    /**
     * The link that it leaves over where its destination alone does not tell: a group, the limited broadcast, a link-local
     * address (RFC 4007 §5), or where it goes to a MAC; or {@link #BY_ROUTE}.
     */
    public OutgoingDatagram onLink(final int wanted) {
        wantedLink = wanted;
        return this;
    }

    /** Largest packet for the path as ICMP told, in bytes; 0 where only the link's MTU is known. */
    public OutgoingDatagram pathMtu(final int bytes) {
        pathMtu = bytes;
        return this;
    }

    /** Who may fragment it. */
    public OutgoingDatagram fragmentation(final Fragmentation value) {
        fragmentation = value;
        return this;
    }

    /** False: members of the group on this host do not get it (IP_MULTICAST_LOOP). Broadcasts always come back. */
    public OutgoingDatagram loopback(final boolean value) {
        loopback = value;
        return this;
    }

    /** True: routers look into it (RFC 2113, RFC 2711). */
    OutgoingDatagram routerAlert(final boolean value) {
        routerAlert = value;
        return this;
    }

    /**
     * The checksum at this offset of the transport header holds only the pseudo-header's sum, and the port completes it.
     * Only where {@link IpOutput#completesChecksum} says so; holds until {@link #payload}.
     */
    public OutgoingDatagram partialChecksum(final int offset) {
        partialChecksum = offset;
        return this;
    }

    /**
     * The bytes above IP in two pieces, either of which may be empty; they are read while the datagram is being sent.
     *
     * @param headLength bytes of the first piece, together with {@code bodyLength} at the most 65,515; over IPv6 65,535.
     */
    public OutgoingDatagram payload(final long headAddress, final int headLength, final long bodyAddress,
            final int bodyLength) {
        head = headAddress;
        this.headLength = headLength;
        body = bodyAddress;
        this.bodyLength = bodyLength;
        partialChecksum = NO_CHECKSUM;
        return this;
    }

    int wantedLink() {
        return wantedLink;
    }

    /** The link that it leaves over, as {@link IpOutput#aim} found. */
    public int link() {
        return link;
    }

    void link(final int found) {
        link = found;
    }

    int protocol() {
        return protocol;
    }

    /** Upper half of what {@link #source} was given. */
    public long sourceHi() {
        return sourceHi;
    }

    /** Lower half of the same. */
    public long sourceLo() {
        return sourceLo;
    }

    /** Upper half of what {@link #destination} was given. */
    public long destinationHi() {
        return destinationHi;
    }

    /** Lower half of the same. */
    public long destinationLo() {
        return destinationLo;
    }

    int hopLimitOr(final int configured) {
        return hopLimit == DEFAULT_HOP_LIMIT ? configured : hopLimit;
    }

    int dscpEcn() {
        return dscpEcn;
    }

    int flowLabel() {
        return flowLabel;
    }

    boolean isV4() {
        return IpAddress.isV4(destinationHi, destinationLo);
    }

    boolean loopback() {
        return loopback;
    }

    boolean routerAlert() {
        return routerAlert;
    }

    boolean hasPartialChecksum() {
        return partialChecksum != NO_CHECKSUM;
    }

    int partialChecksum() {
        return partialChecksum;
    }

    Fragmentation fragmentation() {
        return fragmentation;
    }

    /** Bytes of the largest packet, header included. */
    int mtu(final int linkMtu) {
        return pathMtu == 0
                ? linkMtu
                : Math.min(linkMtu, Math.max(IpOutput.minMtu(destinationHi, destinationLo), pathMtu));
    }

    /** Bytes of the IP header of a packet that is no fragment. */
    int headerLength() {
        if (isV4()) {
            return routerAlert ? Ipv4Header.ROUTER_ALERT_LENGTH : Ipv4Header.MIN_LENGTH;
        }
        return routerAlert ? Ipv6Header.LENGTH + Ipv6Extensions.ROUTER_ALERT_LENGTH : Ipv6Header.LENGTH;
    }

    /** Bytes above IP at the most. */
    int maxLength() {
        return isV4()
                ? Ipv4Header.MAX_TOTAL_LENGTH - headerLength()
                : Ipv6Header.MAX_PAYLOAD_LENGTH - headerLength() + Ipv6Header.LENGTH;
    }

    /** Bytes above IP. */
    int length() {
        return headLength + bodyLength;
    }

    /** Copies so many of the bytes above IP, from an offset on. */
    void copyTo(final long target, final int offset, final int length) {
        final int fromHead = Math.clamp(headLength - offset, 0, length);
        Memory.copy(head + offset, target, fromHead);
        Memory.copy(body + offset + fromHead - headLength, target + fromHead, length - fromHead);
    }
}
