package io.millrace.fastpath.ip;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import org.jspecify.annotations.Nullable;

/**
 * Knows the frame that comes most of all, whose way through {@link IpInput} leads to TCP without a stop: IPv4 without options,
 * whole, from a neighbour to an address of ours. Each of its questions is one of those asked there, and it changes nothing:
 * a frame that it does not know goes the long way. What it is for is the JIT compiler, which inlines calls only to a certain
 * depth: TCP, behind five of them, would be a chain of calls. Thread: the engine's.
 */
final class PlainSegment {
    private static final int VERSION_4_IHL_5 = 0x45;
    /** Of the first eight bytes: more fragments, fragment offset. */
    private static final int FRAGMENT = 0x3FFF;

    private final Links links;
    private final boolean linkLayer;
    private final EngineControl control;
    private long packet;
    private int packetLength;
    /** Source and destination, as they stand in the header, of the last packet that was between a neighbour and us. */
    private long knownPair;
    /** By these routes. */
    private @Nullable RouteSnapshot knownRoutes;
    private boolean knownFromHere;

    PlainSegment(final Links links, final EngineControl control) {
        this.links = links;
        this.linkLayer = links.capabilities(0).linkLayer();
        this.control = control;
    }

    /** True of such a frame: what the others say is of it. */
    boolean isSegment(final long frame) {
        final long address = Frame.data(frame);
        final int length = Frame.length(frame);
        if (!linkLayer) {
            return isPlain(address, length, false);
        }
        return length >= EthernetHeader.LENGTH
                && Memory.getShortBE(address + EthernetHeader.LENGTH - Short.BYTES) == EthernetHeader.ETHERTYPE_IPV4
                && Memory.getLongBE(address) >>> 16 == links.capabilities(Frame.link(frame)).macAddress()
                && isPlain(address + EthernetHeader.LENGTH, length - EthernetHeader.LENGTH, false);
    }

    /** The same of a frame that the stack sent to itself. */
    boolean isLocalSegment(final long frame) {
        return isPlain(Frame.data(frame), Frame.length(frame), true);
    }

    private boolean isPlain(final long address, final int length, final boolean fromHere) {
        if (length < Ipv4Header.MIN_LENGTH) {
            return false;
        }
        final long first = Memory.getLongBE(address);
        packet = address;
        packetLength = (int) (first >>> 32) & 0xFFFF;
        return first >>> 56 == VERSION_4_IHL_5 && (first & FRAGMENT) == 0 && packetLength >= Ipv4Header.MIN_LENGTH
                && packetLength <= length
                && Memory.getUnsignedByte(address + Ipv4Header.PROTOCOL_OFFSET) == IpProtocol.TCP
                && Ipv4Header.isPlainValid(address) && isBetweenUs(fromHere);
    }

    private boolean isBetweenUs(final boolean fromHere) {
        final RouteSnapshot routes = control.routes();
        final long pair = Memory.getLong(packet + Ipv4Header.SOURCE_OFFSET);
        return pair == knownPair && routes == knownRoutes && fromHere == knownFromHere
                || isBetweenUs(routes, pair, fromHere);
    }

    private boolean isBetweenUs(final RouteSnapshot routes, final long pair, final boolean fromHere) {
        if (!routes.isOwn(0, local())
                || IpInput.isBadSource(routes, Memory.getIntBE(packet + Ipv4Header.SOURCE_OFFSET), fromHere)) {
            return false;
        }
        knownPair = pair;
        if (knownRoutes != routes) {
            knownRoutes = routes;
        }
        knownFromHere = fromHere;
        return true;
    }

    /** Lower half of the destination. */
    long local() {
        return IpAddress.v4(Memory.getIntBE(packet + Ipv4Header.DESTINATION_OFFSET));
    }

    /** Lower half of the source. */
    long remote() {
        return IpAddress.v4(Memory.getIntBE(packet + Ipv4Header.SOURCE_OFFSET));
    }

    /** Address of the TCP header. */
    long segment() {
        return packet + Ipv4Header.MIN_LENGTH;
    }

    /** Bytes of header and text. */
    int length() {
        return packetLength - Ipv4Header.MIN_LENGTH;
    }

    /** The ECN field. */
    int ecn() {
        return Memory.getUnsignedByte(packet + Ipv4Header.DSCP_ECN_OFFSET) & Ipv4Header.ECN_MASK;
    }
}
