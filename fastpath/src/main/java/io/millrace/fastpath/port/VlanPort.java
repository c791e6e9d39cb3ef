package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.VlanTag;

/**
 * One VLAN of a trunk (IEEE 802.1Q): every frame that leaves gets its tag, every frame of that VLAN comes in without it,
 * and those of other VLANs, or of none, are dropped. The tag is in the frame, not in its descriptor, so any port below
 * carries it; places that a virtio-net header names move with it. The MTU is that of an untagged frame, as everywhere.
 * <p>
 * Thread: the engine's.
 */
public final class VlanPort extends PortFilter {
    private static final int INNER = EthernetHeader.LENGTH + VlanTag.LENGTH;

    private final int vlanId;
    private final Runnable onOtherVlan;
    private final PortCapabilities capabilities;
    private final VlanTag tag = new VlanTag();

    /**
     * @param delegate    the port to wrap, with a link layer; closed by {@link #close}.
     * @param vlanId      1 to 4,094.
     * @param onOtherVlan called for each frame that is dropped.
     * @throws IllegalArgumentException where the port has no link layer, or there is no such VLAN.
     */
    public VlanPort(final PacketPort delegate, final int vlanId, final Runnable onOtherVlan) {
        super(delegate);
        if (!delegate.capabilities().linkLayer() || vlanId < 1 || vlanId > VlanTag.MAX_ID) {
            throw new IllegalArgumentException("VLAN " + vlanId + " of a port "
                    + (delegate.capabilities().linkLayer() ? "with" : "without") + " a link layer");
        }
        this.vlanId = vlanId;
        this.onOtherVlan = onOtherVlan;
        capabilities = tagged(delegate.capabilities());
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final int end = offset + delegate.receive(frames, offset, limit, nowNs);
        int kept = offset;
        for (int i = offset; i < end; i++) {
            final long frame = frames[i];
            if (isOurs(frame)) {
                moveHeader(frame, VlanTag.LENGTH);
                frames[kept++] = frame;
            } else {
                delegate.release(frame);
                onOtherVlan.run();
            }
        }
        return kept - offset;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        for (int i = offset; i < offset + length; i++) {
            addTag(frames[i]);
        }
        final int taken = delegate.transmit(frames, offset, length, nowNs);
        // the caller keeps the rest as he gave it
        for (int i = offset + taken; i < offset + length; i++) {
            moveHeader(frames[i], VlanTag.LENGTH);
        }
        return taken;
    }

    private boolean isOurs(final long frame) {
        final long header = Frame.data(frame);
        return Frame.length(frame) >= INNER && VlanTag.follows(header)
                && tag.wrapUnchecked(header + EthernetHeader.LENGTH).vlanId() == vlanId;
    }

    private void addTag(final long frame) {
        moveHeader(frame, -VlanTag.LENGTH);
        final long type = Frame.data(frame) + EthernetHeader.ETHER_TYPE_OFFSET;
        Memory.putIntBE(type, EthernetHeader.ETHERTYPE_VLAN << 16 | vlanId);
    }

    /** Moves both addresses forth over the tag, or back to make room for one; what lies behind stays. */
    private static void moveHeader(final long frame, final int by) {
        final long from = Frame.data(frame);
        final long destinationAndMore = Memory.getLong(from);
        final int rest = Memory.getInt(from + Long.BYTES);
        Memory.putLong(from + by, destinationAndMore);
        Memory.putInt(from + by + Long.BYTES, rest);
        Frame.dataOffset(frame, Frame.dataOffset(frame) + by);
        Frame.length(frame, Frame.length(frame) - by);
        if ((Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) != 0) {
            Frame.checksumPlace(frame, Frame.checksumStart(frame) - by, Frame.checksumOffset(frame));
        }
        if (Frame.gsoSize(frame) != 0) {
            Frame.segmentation(frame, Frame.gsoType(frame), Frame.gsoSize(frame), Frame.headerLength(frame) - by);
        }
    }

    private static PortCapabilities tagged(final PortCapabilities port) {
        final int segment = Math.min(port.maxVirtualSegment(), port.maxFrameLength() - INNER);
        return new PortCapabilities(true, port.mtu(), port.macAddress(), port.txChecksum(), port.rxChecksum(), segment,
                port.maxFrameLength());
    }
}
