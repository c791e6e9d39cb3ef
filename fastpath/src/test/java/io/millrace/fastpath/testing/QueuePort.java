package io.millrace.fastpath.testing;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A port for tests: packets go in and come out as byte arrays; IP packets, or Ethernet frames. Thread: the test's.
 */
public final class QueuePort implements PacketPort {
    private static final int FRAMES = 512;
    private static final int FRAME_CAPACITY = 68 * 1024;

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final PortCapabilities capabilities;
    private final FramePool pool = new FramePool("test port", FRAMES, FRAME_CAPACITY);
    private final Queue<byte[]> inward = new ArrayDeque<>();
    private final Queue<byte[]> outward = new ArrayDeque<>();
    private boolean blocked;
    private boolean broken;
    private int givenUntilBroken = Integer.MAX_VALUE;
    private long waitedNs;
    private int completed;

    /** A port without a link layer. */
    public QueuePort(final int mtu) {
        capabilities = new PortCapabilities(false, mtu, 0, false, false, 0, 65_535);
    }

    /** A port on an Ethernet. */
    public QueuePort(final int mtu, final long macAddress) {
        capabilities = new PortCapabilities(true, mtu, macAddress, false, false, 0, 65_535);
    }

    private QueuePort(final PortCapabilities capabilities) {
        this.capabilities = capabilities;
    }

    /**
     * A port without a link layer that takes virtual segments of up to so many bytes, headers included; both lengths are
     * given as for IPv4.
     */
    public static QueuePort segmenting(final int mtu, final int maxVirtualSegment) {
        final Family family = Family.current();
        return new QueuePort(new PortCapabilities(false, family.mtu(mtu), 0, false, false,
                family.mtu(maxVirtualSegment), 65_535));
    }

    /** A port without a link layer that completes checksums, a byte at a time. */
    public static QueuePort completing(final int mtu) {
        return new QueuePort(new PortCapabilities(false, Family.current().mtu(mtu), 0, true, false, 0, 65_535));
    }

    /** Checksums that were left to it. */
    public int completed() {
        return completed;
    }

    /** Queues a packet for the stack to receive in its next turn. */
    public void inject(final byte[] packet) {
        inward.add(packet);
    }

    /** The next packet that the stack sent; null where there is none. */
    public byte[] poll() {
        return outward.poll();
    }

    @Override
    public int lendableFrames() {
        return FRAMES / 4;
    }

    @Override
    public Runnable keepMemory() {
        return pool.keepMemory();
    }

    /** While true the port takes no frame. */
    public void blocked(final boolean value) {
        blocked = value;
    }

    /** While true the port gives no frame, neither with a packet nor without one, but throws. */
    public void broken(final boolean value) {
        broken = value;
    }

    /** While true the port receives, but throws where it is asked for a frame. */
    public void outputBroken(final boolean value) {
        givenUntilBroken = value ? 0 : Integer.MAX_VALUE;
    }

    /** As {@link #outputBroken}, once it has given so many frames. */
    public void outputBreaksAfter(final int frames) {
        givenUntilBroken = frames;
    }

    private void failIfBroken() {
        if (broken) {
            throw new IllegalStateException("the port fails");
        }
    }

    /** From now on packets have waited this long in the port when the stack takes them: so it is stamped. */
    public void waited(final long ns) {
        waitedNs = ns;
    }

    /** Frames that nobody holds. */
    public int available() {
        return pool.available();
    }

    /** Off-heap bytes that were in use in this JVM when the port was made. */
    long bytesBefore() {
        return bytesBefore;
    }

    @Override
    public int frames() {
        return FRAMES;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public long acquire() {
        failIfBroken();
        if (givenUntilBroken == 0) {
            throw new IllegalStateException("the port gives no frame");
        }
        givenUntilBroken--;
        return pool.acquire();
    }

    @Override
    public void release(final long frame) {
        pool.release(frame);
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        failIfBroken();
        int received = 0;
        while (received < limit && !inward.isEmpty()) {
            final long frame = pool.acquire();
            if (frame == 0) {
                break;
            }
            final byte[] packet = inward.remove();
            Memory.copyFromArray(packet, 0, Frame.data(frame), packet.length);
            Frame.length(frame, packet.length);
            Frame.timestampNs(frame, nowNs - waitedNs);
            frames[offset + received++] = frame;
        }
        return received;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        if (blocked) {
            return 0;
        }
        for (int i = offset; i < offset + length; i++) {
            final byte[] packet = new byte[Frame.length(frames[i])];
            Memory.copyToArray(Frame.data(frames[i]), packet, 0, packet.length);
            if ((Frame.flags(frames[i]) & Frame.CHECKSUM_PARTIAL) != 0) {
                complete(packet, Frame.checksumStart(frames[i]), Frame.checksumOffset(frames[i]));
            }
            outward.add(packet);
            pool.release(frames[i]);
        }
        return length;
    }

    private void complete(final byte[] packet, final int start, final int offset) {
        long sum = 0;
        for (int i = start; i < packet.length; i++) {
            sum += (i - start & 1) == 0 ? (packet[i] & 0xFF) << 8 : packet[i] & 0xFF;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        packet[start + offset] = (byte) (~sum >> 8);
        packet[start + offset + 1] = (byte) ~sum;
        completed++;
    }

    @Override
    public void close() {
        pool.close();
    }
}
