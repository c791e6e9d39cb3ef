package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Extensions;
import io.millrace.fastpath.wire.Ipv6Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.UdpHeader;
import io.millrace.fastpath.wire.VlanTag;

/**
 * Finds out that a checksum was left to be completed where nothing in a frame says so, as one that a BPF program has handed
 * over: the field holds the sum of the pseudo-header alone then, as the sender's kernel leaves it. Of frames whose checksum is
 * wrong, one in 65,536 looks like that, too. Over IPv6 the header that has the field may lie behind extension headers.
 * <p>
 * Thread: the engine's.
 */
public final class UnfinishedChecksum {
    private static final int FIELD = 2;
    private static final int IHL_MASK = 0xF;
    /** More fragments, or not the first one. */
    private static final int FRAGMENT_MASK = 0x3FFF;

    private final Ipv6Extensions extensions = new Ipv6Extensions();

    public UnfinishedChecksum() {}

    /** Marks a frame that has such a checksum as {@link Frame#CHECKSUM_PARTIAL}. */
    public void mark(final long frame) {
        final int tag = VlanTag.follows(Frame.data(frame)) ? VlanTag.LENGTH : 0;
        final int ip = EthernetHeader.LENGTH + tag;
        final int available = Frame.length(frame) - ip;
        final int type = available < Ipv4Header.MIN_LENGTH ? 0 : Memory.getShortBE(Frame.data(frame) + ip - FIELD);
        if (type == EthernetHeader.ETHERTYPE_IPV4) {
            markV4(frame, ip, available);
        } else if (type == EthernetHeader.ETHERTYPE_IPV6 && available >= Ipv6Header.LENGTH) {
            markV6(frame, ip, available);
        }
    }

    private static void markV4(final long frame, final int ip, final int available) {
        final long at = Frame.data(frame) + ip;
        final int header = (Memory.getByte(at) & IHL_MASK) * Integer.BYTES;
        if ((Memory.getShortBE(at + Ipv4Header.FLAGS_OFFSET) & FRAGMENT_MASK) != 0) {
            return;
        }
        final int length = Memory.getShortBE(at + Ipv4Header.TOTAL_LENGTH_OFFSET) - header;
        final int protocol = Memory.getUnsignedByte(at + Ipv4Header.PROTOCOL_OFFSET);
        final int field = field(protocol);
        if (field > 0 && header >= Ipv4Header.MIN_LENGTH && length >= field + FIELD && header + length <= available) {
            final long sum = Checksum.pseudoHeaderV4(Memory.getIntBE(at + Ipv4Header.SOURCE_OFFSET),
                    Memory.getIntBE(at + Ipv4Header.DESTINATION_OFFSET), protocol, length);
            compare(frame, ip + header, field, sum);
        }
    }

    private void markV6(final long frame, final int ip, final int available) {
        final long at = Frame.data(frame) + ip;
        final int end = Ipv6Header.LENGTH + Memory.getShortBE(at + Ipv6Header.PAYLOAD_LENGTH_OFFSET);
        if (end > available) {
            return;
        }
        final int protocol = Memory.getUnsignedByte(at + Ipv6Header.NEXT_HEADER_OFFSET);
        if (field(protocol) > 0) {
            markUpperLayer(frame, ip, Ipv6Header.LENGTH, end, protocol);
        } else if (extensions.skip(at, end) == Ipv6Extensions.End.UPPER_LAYER) {
            markUpperLayer(frame, ip, extensions.offset(), end, extensions.protocol());
        }
    }

    /** @param header of TCP or UDP: where it lies in the packet. @param end of the packet. */
    private static void markUpperLayer(final long frame, final int ip, final int header, final int end,
            final int protocol) {
        final int field = field(protocol);
        final int length = end - header;
        if (field > 0 && length >= field + FIELD) {
            final long source = Frame.data(frame) + ip + Ipv6Header.SOURCE_OFFSET;
            final long destination = Frame.data(frame) + ip + Ipv6Header.DESTINATION_OFFSET;
            final long sum = Checksum.pseudoHeaderV6(Memory.getLongBE(source),
                    Memory.getLongBE(source + Long.BYTES), Memory.getLongBE(destination),
                    Memory.getLongBE(destination + Long.BYTES), protocol, length);
            compare(frame, ip + header, field, sum);
        }
    }

    /** Where the checksum lies in a header of TCP or UDP; 0 for others, which kernels finish themselves. */
    private static int field(final int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> TcpHeader.CHECKSUM_OFFSET;
            case IpProtocol.UDP -> UdpHeader.CHECKSUM_OFFSET;
            default -> 0;
        };
    }

    private static void compare(final long frame, final int start, final int field, final long pseudoHeader) {
        if (Memory.getShortBE(Frame.data(frame) + start + field) == Checksum.fold(pseudoHeader)) {
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, start, field);
        }
    }
}
