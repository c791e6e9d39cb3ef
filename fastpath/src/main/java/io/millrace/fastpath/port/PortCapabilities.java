package io.millrace.fastpath.port;

import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.VlanTag;

/**
 * What a packet port can do.
 *
 * @param linkLayer           true where frames begin with an Ethernet header, false where they begin with an IP header.
 * @param mtu                 largest IP packet of a frame that is not segmented by the port, in bytes, 68 to 65,535.
 * @param macAddress          the port's own 48-bit address in the low bits; 0 without a link layer.
 * @param txChecksum          the port completes a checksum marked {@link Frame#CHECKSUM_PARTIAL}.
 * @param rxChecksum          received frames may carry {@link Frame#CHECKSUM_PARTIAL} or {@link Frame#CHECKSUM_VALID}.
 * @param maxVirtualSegment   largest IP packet, in bytes, of a frame marked with {@link Frame#segmentation}; 0 where the
 *                            port does not segment.
 * @param maxFrameLength      bytes that a received frame may have at the most, link-layer header included.
 */
public record PortCapabilities(boolean linkLayer, int mtu, long macAddress, boolean txChecksum, boolean rxChecksum,
        int maxVirtualSegment, int maxFrameLength) {

    /** The same without any offload, for a middleware that looks at or changes the bytes. */
    public PortCapabilities withoutOffloads() {
        return new PortCapabilities(linkLayer, mtu, macAddress, false, false, 0, maxFrameLength);
    }

    /**
     * True for a frame that is too long for the port to transmit: one packet of more than the MTU, of which a VLAN's tag is
     * no part, or a virtual segment that is more than a frame holds, or that the port does not cut.
     */
    public boolean isTooLong(final long frame) {
        final int length = Frame.length(frame);
        final int plainLimit = mtu + (linkLayer ? EthernetHeader.LENGTH : 0);
        return length > plainLimit
                && (Frame.gsoSize(frame) == 0 || maxVirtualSegment == 0 || length > maxFrameLength)
                && !(linkLayer && VlanTag.follows(Frame.data(frame)) && length <= plainLimit + VlanTag.LENGTH);
    }
}
