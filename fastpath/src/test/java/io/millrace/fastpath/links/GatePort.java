package io.millrace.fastpath.links;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.testing.BalancePort;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.Ipv6Header;

/** A port with a MAC of its own that can be shut, so that it takes no frame, and that notes what it takes and what its owner holds. */
final class GatePort extends BalancePort {
    /** Where an IPv6 header has the lower half of its source. */
    private static final int SOURCE_LO = 16;

    private final PortCapabilities capabilities;
    private boolean shut;
    private boolean lossy;
    private int taken;
    private int longest;
    private int longestVirtual;
    private int partial;
    private long sourceLoV6;

    GatePort(final PacketPort delegate, final long mac) {
        super(delegate);
        final PortCapabilities like = delegate.capabilities();
        capabilities = new PortCapabilities(true, like.mtu(), mac, like.txChecksum(), like.rxChecksum(),
                like.maxVirtualSegment(), like.maxFrameLength());
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    /** While true it takes nothing. */
    void shut(final boolean value) {
        shut = value;
    }

    /** While true it takes everything, and nothing of it arrives. */
    void lossy(final boolean value) {
        lossy = value;
    }

    /** Frames taken since the last question. */
    int taken() {
        final int since = taken;
        taken = 0;
        longest = 0;
        longestVirtual = 0;
        partial = 0;
        return since;
    }

    /** Bytes of the longest frame that stands for itself, since {@link #taken}. */
    int longest() {
        return longest;
    }

    /** Bytes of the longest that stands for several. */
    int longestVirtual() {
        return longestVirtual;
    }

    /** Lower half of the source of the packet taken last, where that is of IPv6. */
    long sourceLoV6() {
        return sourceLoV6;
    }

    /** Frames whose checksum the port completes, since {@link #taken}. */
    int partial() {
        return partial;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        if (shut) {
            return 0;
        }
        for (int i = offset; i < offset + length; i++) {
            final long packet = frames[i] + Frame.dataOffset(frames[i]) + EthernetHeader.LENGTH;
            sourceLoV6 = Ipv6Header.isV6(packet) ? Memory.getLongBE(packet + SOURCE_LO) : sourceLoV6;
            partial += Frame.flags(frames[i]) & Frame.CHECKSUM_PARTIAL;
            if (Frame.gsoSize(frames[i]) == 0) {
                longest = Math.max(longest, Frame.length(frames[i]));
            } else {
                longestVirtual = Math.max(longestVirtual, Frame.length(frames[i]));
            }
        }
        if (lossy) {
            for (int i = offset; i < offset + length; i++) {
                release(frames[i]);
            }
            taken += length;
            return length;
        }
        final int count = super.transmit(frames, offset, length, nowNs);
        taken += count;
        return count;
    }
}
