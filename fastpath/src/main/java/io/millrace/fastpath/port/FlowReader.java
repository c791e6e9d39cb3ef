package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.VlanTag;

/**
 * Which queue a received frame belongs to, in the place of a device that cannot tell: as receive-side scaling has it, by
 * addresses and ports of whole packets of TCP and UDP, by addresses alone of fragments and everything else of IP. Looks at
 * no byte beyond the frame, and checks nothing else. Immutable. Thread: any.
 */
final class FlowReader {
    /** What asks rather than flows (ARP, ICMP, Neighbour Discovery), or is cut short: whoever has it may keep it. */
    static final int ANYBODY = -1;

    /** Neither more fragments nor an offset. */
    private static final int V4_FRAGMENT_BITS = 0x3fff;
    private static final int PORTS = 4;

    private final RssPlacement placement;
    private final boolean linkLayer;

    FlowReader(final RssPlacement placement, final boolean linkLayer) {
        this.placement = placement;
        this.linkLayer = linkLayer;
    }

    /** 0 to the number of queues - 1, or {@link #ANYBODY}. */
    int queue(final long frame) {
        final long data = Frame.data(frame);
        final int length = Frame.length(frame);
        final int header = linkLayer ? EthernetHeader.LENGTH : 0;
        if (!linkLayer) {
            return length == 0 ? ANYBODY : ofPacket(Memory.getUnsignedByte(data) >>> 4, data, length);
        }
        if (length < header + VlanTag.LENGTH) {
            return ANYBODY;
        }
        final int tagged = VlanTag.follows(data) ? header + VlanTag.LENGTH : header;
        final int version = switch (Memory.getShortBE(data + tagged - Short.BYTES)) {
            case EthernetHeader.ETHERTYPE_IPV4 -> 4;
            case EthernetHeader.ETHERTYPE_IPV6 -> 6;
            default -> 0;
        };
        return ofPacket(version, data + tagged, length - tagged);
    }

    private int ofPacket(final int version, final long packet, final int length) {
        return switch (version) {
            case 4 -> length < Ipv4Header.MIN_LENGTH ? ANYBODY : ofV4(packet, length);
            case 6 -> length < Ipv6Header.LENGTH ? ANYBODY : ofV6(packet, length);
            default -> ANYBODY;
        };
    }

    private int ofV4(final long packet, final int length) {
        final long source = IpAddress.v4(Memory.getIntBE(packet + Ipv4Header.SOURCE_OFFSET));
        final long destination = IpAddress.v4(Memory.getIntBE(packet + Ipv4Header.DESTINATION_OFFSET));
        final int protocol = Memory.getUnsignedByte(packet + Ipv4Header.PROTOCOL_OFFSET);
        if ((Memory.getShortBE(packet + Ipv4Header.FLAGS_OFFSET) & V4_FRAGMENT_BITS) == 0) {
            if (protocol == IpProtocol.ICMP) {
                return ANYBODY;
            }
            final int transport = (Memory.getUnsignedByte(packet) & 0x0f) * Integer.BYTES;
            if (hasPorts(protocol) && length >= transport + PORTS) {
                final int ports = Memory.getIntBE(packet + transport);
                return placement.queue(0, destination, ports & 0xFFFF, 0, source, ports >>> 16);
            }
        }
        return placement.queue(0, destination, 0, source);
    }

    private int ofV6(final long packet, final int length) {
        final int protocol = Memory.getUnsignedByte(packet + Ipv6Header.NEXT_HEADER_OFFSET);
        if (protocol == IpProtocol.ICMPV6) {
            return ANYBODY;
        }
        final long sourceHi = Memory.getLongBE(packet + Ipv6Header.SOURCE_OFFSET);
        final long sourceLo = Memory.getLongBE(packet + Ipv6Header.SOURCE_OFFSET + Long.BYTES);
        final long destinationHi = Memory.getLongBE(packet + Ipv6Header.DESTINATION_OFFSET);
        final long destinationLo = Memory.getLongBE(packet + Ipv6Header.DESTINATION_OFFSET + Long.BYTES);
        if (hasPorts(protocol) && length >= Ipv6Header.LENGTH + PORTS) {
            final int ports = Memory.getIntBE(packet + Ipv6Header.LENGTH);
            return placement.queue(destinationHi, destinationLo, ports & 0xFFFF, sourceHi, sourceLo, ports >>> 16);
        }
        return placement.queue(destinationHi, destinationLo, sourceHi, sourceLo);
    }

    private static boolean hasPorts(final int protocol) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
    }
}
