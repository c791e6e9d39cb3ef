package io.millrace.fastpath.port;

/**
 * A point-to-point link in memory that joins two stacks of one JVM, each on its own thread or both on one. Frames are
 * not copied: their names go to the other side through a ring, and when that side has released them they come home to
 * the pool they are from through a second ring. Small ones, of up to {@value LinkRing#ROOM} bytes, travel in the ring
 * itself, and the other side has copies of them: between two processors that takes less time than to fetch what a name
 * says. Where both sides are on one thread nothing is copied. Queue {@code i} of one side talks to queue {@code i} of the other.
 * <p>
 * The memory of a pair of queues lives until both are closed; beside the frames it is {@link #smallFrameBytes} a side. A
 * side whose peer is closed goes on: what it transmits is dropped and counted.
 * <p>
 * Thread: built and closed by any; each queue belongs to its engine.
 */
public final class MemoryLink implements AutoCloseable {
    /** The largest IP packet there is, and so the largest virtual segment. */
    static final int MAX_VIRTUAL_SEGMENT = 65_535;

    /** Frames under way in each direction of a queue, unless a link is told otherwise. */
    public static final int QUEUE_LENGTH = 512;

    private static final int ETHERNET_HEADER = 14;
    private static final int VLAN_TAG = 4;
    private static final int TAIL_ROOM = 64;
    private static final int SMALL_FRAME = 2_048;

    private final Side[] sides;

    private MemoryLink(final Builder builder) {
        final MemoryLinkPort[][] ports = new MemoryLinkPort[2][builder.queues];
        for (int queue = 0; queue < builder.queues; queue++) {
            final MemoryLinkPort left = new MemoryLinkPort(builder, builder.capabilities(0), queue);
            final MemoryLinkPort right = new MemoryLinkPort(builder, builder.capabilities(1), queue);
            MemoryLinkPort.join(left, right);
            ports[0][queue] = left;
            ports[1][queue] = right;
        }
        sides = new Side[]{new Side("memory:0", ports[0]), new Side("memory:1", ports[1])};
    }

    /**
     * Bytes of what one queue of one side has for small frames.
     *
     * @param frames      of its pool.
     * @param queueLength frames under way in each direction, a power of two.
     */
    public static long smallFrameBytes(final int frames, final int queueLength) {
        return (long) frames * LinkRing.frameCapacity() + LinkRing.bytes(queueLength);
    }

    /** A link of MTU 1,500, one queue a side, 1,024 frames, 512 in flight, no offloads, with Ethernet headers. */
    public static Builder builder() {
        return new Builder();
    }

    /** @param side 0 or 1. */
    public PacketDevice side(final int side) {
        return sides[side];
    }

    /** Closes both sides. */
    @Override
    public void close() {
        sides[0].close();
        sides[1].close();
    }

    private static final class Side implements PacketDevice {
        private final String name;
        private final MemoryLinkPort[] ports;

        Side(final String name, final MemoryLinkPort[] ports) {
            this.name = name;
            this.ports = ports;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int queues() {
            return ports.length;
        }

        @Override
        public PacketPort queue(final int index) {
            return ports[index];
        }

        @Override
        public FlowPlacement placement() {
            return ports.length == 1 ? FlowPlacement.ONE_QUEUE : FlowPlacement.AS_SENT;
        }

        @Override
        public void close() {
            for (final MemoryLinkPort port : ports) {
                port.close();
            }
        }
    }

    /** What the link shall be like. */
    public static final class Builder {
        private int mtu = 1_500;
        private int queues = 1;
        private int frames = 1_024;
        private int queueLength = QUEUE_LENGTH;
        private boolean offloads;
        private boolean ethernet = true;

        private Builder() {}

        /** Largest IP packet in bytes, 68 to 65,535. */
        public Builder mtu(final int bytes) {
            mtu = within("mtu", bytes, 68, MAX_VIRTUAL_SEGMENT);
            return this;
        }

        /** Queues of each side, 1 to 256. */
        public Builder queues(final int count) {
            queues = within("queues", count, 1, 256);
            return this;
        }

        /** Frames of each queue's pool, 1 to 65,536. */
        public Builder framesPerSide(final int count) {
            frames = within("framesPerSide", count, 1, 65_536);
            return this;
        }

        /** Frames under way in each direction of a queue, 1 to 65,536; rounded up to a power of two. */
        public Builder queueLength(final int count) {
            queueLength = powerOfTwo(within("queueLength", count, 1, 65_536));
            return this;
        }

        /** True: partial checksums and virtual segments of up to 64 KiB pass as they are. */
        public Builder offloads(final boolean enabled) {
            offloads = enabled;
            return this;
        }

        /** False: frames begin with the IP header. */
        public Builder ethernet(final boolean enabled) {
            ethernet = enabled;
            return this;
        }

        /** @throws OutOfMemoryError where the system refuses the frames' memory. */
        public MemoryLink build() {
            return new MemoryLink(this);
        }

        int frames() {
            return frames;
        }

        int queueLength() {
            return queueLength;
        }

        int frameCapacity() {
            final int packet = offloads ? MAX_VIRTUAL_SEGMENT : mtu;
            return Math.max(SMALL_FRAME, Frame.IP_OFFSET + packet + TAIL_ROOM);
        }

        /** The ring home holds every frame of both pools of a side, so that it can never be full. */
        int returnLength() {
            return powerOfTwo(2 * frames);
        }

        PortCapabilities capabilities(final int side) {
            final int header = ethernet ? ETHERNET_HEADER + VLAN_TAG : 0;
            final long macAddress = ethernet ? 0x02_4D_52_00_00_01L + side : 0;
            final int segment = offloads ? MAX_VIRTUAL_SEGMENT : 0;
            return new PortCapabilities(ethernet, mtu, macAddress, offloads, offloads, segment,
                    header + Math.max(mtu, segment));
        }

        private static int within(final String name, final int value, final int least, final int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + " " + value + ", must be " + least + " to " + most);
            }
            return value;
        }

        private static int powerOfTwo(final int value) {
            return value == 1 ? 1 : Integer.highestOneBit(value - 1) << 1;
        }
    }
}
