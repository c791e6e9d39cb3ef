package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link PacketPort} does; each port's test extends it. */
public abstract class PacketPortContract {
    protected static final long NOW_NS = 1_000_000_000L;
    /** An Ethernet type for experiments (IEEE Std 802), which a kernel leaves alone. */
    private static final int ETHERTYPE = 0x88B5;
    private static final int ETHERNET_HEADER = 14;
    private static final int BURST = 8;
    private static final int POLLS = 1_000;
    private static final int YIELD = 0x3FF;

    private long bytesBefore;
    protected PortUnderTest subject;
    protected PacketPort port;

    /** Opens the port with at least 16 frames. */
    protected abstract PortUnderTest open() throws Exception;

    @BeforeEach
    protected final void openPort() throws Exception {
        bytesBefore = MemoryRegion.bytesInUse();
        subject = open();
        port = subject.port();
    }

    @AfterEach
    protected final void closePort() {
        subject.close();
        subject.close();
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes after close").isEqualTo(bytesBefore);
    }

    @Test
    protected void shouldHaveSaneCapabilities() {
        final PortCapabilities capabilities = port.capabilities();
        assertThat(port.capabilities()).isSameAs(capabilities);
        assertThat(capabilities.mtu()).isBetween(68, 65_535);
        assertThat(capabilities.maxFrameLength()).isGreaterThanOrEqualTo(capabilities.mtu() + headerLength());
        if (capabilities.linkLayer()) {
            assertThat(capabilities.macAddress() >>> 40 & 1).as("group bit").isZero();
            assertThat(capabilities.macAddress()).isBetween(1L, (1L << 48) - 1);
        } else {
            assertThat(capabilities.macAddress()).isZero();
        }
        if (capabilities.maxVirtualSegment() > 0) {
            assertThat(capabilities.txChecksum()).as("segmentation needs checksums").isTrue();
            assertThat(capabilities.maxVirtualSegment()).isBetween(capabilities.mtu(), 65_535);
        }
    }

    @Test
    protected void shouldReceiveNothingWhenNothingIsThere() {
        assertThat(receiveOurs(BURST)).isEmpty();
        assertThat(port.dropped()).isZero();
    }

    @Test
    protected void shouldReceiveABurstInOrder() {
        for (int i = 0; i < BURST; i++) {
            subject.inject(frameBytes(i, 100 + i));
        }
        final List<Long> received = receiveOurs(BURST);
        for (int i = 0; i < BURST; i++) {
            assertThat(bytesOf(received.get(i))).isEqualTo(frameBytes(i, 100 + i));
            assertThat(Frame.timestampNs(received.get(i))).isEqualTo(NOW_NS);
            assertThat(Frame.gsoSize(received.get(i))).isZero();
        }
        received.forEach(port::release);
    }

    /** However often it is looked, a frame that is there is seen, and received behind the ones before. */
    @Test
    protected void shouldNotSayByALookThatNothingIsThereWhileAFrameIs() {
        for (int round = 0; round < 2 * BURST; round++) {
            looks(false);
            subject.inject(frameBytes(round, 60));
            assertThat(looks(true)).as("a frame is there").isTrue();
            final List<Long> received = receiveOurs(1);
            assertThat(bytesOf(received.getFirst())).isEqualTo(frameBytes(round, 60));
            port.release(received.getFirst());
        }
    }

    /** Looks until something may be there, or many times. */
    private boolean looks(final boolean untilThere) {
        boolean may = false;
        for (int poll = 0; poll < polls() && !(untilThere && may); poll++) {
            may = port.mayReceive();
            if ((poll & YIELD) == YIELD) {
                Thread.yield();
            }
        }
        return may;
    }

    @Test
    protected void shouldFillOnlyWhatItWasAskedFor() {
        for (int i = 0; i < 3; i++) {
            subject.inject(frameBytes(i, 60));
        }
        final long[] frames = {-1, 0, -1, -1};
        while (port.receive(frames, 1, 1, NOW_NS) == 0 || !isOurs(frames[1])) {
            if (frames[1] != 0) {
                port.release(frames[1]);
                frames[1] = 0;
            }
        }
        assertThat(frames).startsWith(-1).endsWith(-1, -1);
        assertThat(bytesOf(frames[1])).isEqualTo(frameBytes(0, 60));
        port.release(frames[1]);
        final List<Long> rest = receiveOurs(2);
        assertThat(bytesOf(rest.getFirst())).isEqualTo(frameBytes(1, 60));
        rest.forEach(port::release);
    }

    @Test
    protected void shouldTransmitABurstInOrder() {
        final long[] frames = new long[BURST + 1];
        for (int i = 0; i < BURST; i++) {
            frames[i + 1] = fresh(frameBytes(i, 60 + 100 * i));
        }
        assertThat(port.transmit(frames, 1, BURST, NOW_NS)).isEqualTo(BURST);
        for (int i = 0; i < BURST; i++) {
            assertThat(nextOurs()).isEqualTo(frameBytes(i, 60 + 100 * i));
        }
        assertThat(subject.emitted()).satisfiesAnyOf(b -> assertThat(b).isNull(),
                b -> assertThat(isOurs(b)).isFalse());
    }

    @Test
    protected void shouldCarryTheLargestPacketOfItsMtuBothWays() {
        final byte[] largest = frameBytes(7, port.capabilities().mtu() + headerLength());
        final long[] frames = {fresh(largest)};
        assertThat(port.transmit(frames, 0, 1, NOW_NS)).isEqualTo(1);
        assertThat(nextOurs()).isEqualTo(largest);
        subject.inject(largest);
        final List<Long> received = receiveOurs(1);
        assertThat(bytesOf(received.getFirst())).isEqualTo(largest);
        port.release(received.getFirst());
    }

    @Test
    protected void shouldDropAndCountAPacketBeyondItsMtu() {
        final long before = port.dropped();
        final byte[] next = frameBytes(1, 60);
        final long[] frames = {fresh(frameBytes(0, port.capabilities().mtu() + headerLength() + 1)), fresh(next)};
        assertThat(port.transmit(frames, 0, 2, NOW_NS)).isEqualTo(2);
        assertThat(nextOurs()).isEqualTo(next);
        assertThat(port.dropped()).isEqualTo(before + 1);
        assertThat(acquireAll()).hasSize(subject.frames());
    }

    @Test
    protected void shouldSendBackAFrameThatItReceived() {
        final byte[] bytes = frameBytes(1, 200);
        subject.inject(bytes);
        final long[] frames = {receiveOurs(1).getFirst()};
        assertThat(port.transmit(frames, 0, 1, NOW_NS)).isEqualTo(1);
        assertThat(nextOurs()).isEqualTo(bytes);
        assertThat(acquireAll()).hasSize(subject.frames());
    }

    @Test
    protected void shouldLendZeroFromAnEmptyPoolUntilAFrameIsReleased() {
        final List<Long> all = acquireAll();
        assertThat(all).hasSize(subject.frames()).doesNotHaveDuplicates();
        assertThat(port.frames()).isEqualTo(subject.frames());
        assertThat(port.acquire()).isZero();
        port.release(all.getFirst());
        assertThat(port.acquire()).isEqualTo(all.getFirst());
        all.forEach(port::release);
    }

    @Test
    protected void shouldLendFreshFramesOnAlignedHeaders() {
        final long frame = port.acquire();
        Frame.length(frame, 99);
        Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
        Frame.segmentation(frame, Frame.GSO_TCPV4, 1_000, 54);
        port.release(frame);
        final long again = port.acquire();
        assertThat(again).isEqualTo(frame);
        assertThat(Frame.length(again)).isZero();
        assertThat(Frame.flags(again)).isZero();
        assertThat(Frame.gsoSize(again)).isZero();
        assertThat(Frame.gsoType(again)).isZero();
        assertThat(Frame.room(again) + Frame.IP_IN_ROOM).satisfies(address -> assertThat(address % 64).isZero());
        assertThat(Frame.capacity(again) - Frame.roomOffset(again))
                .isGreaterThanOrEqualTo(Frame.IP_IN_ROOM + port.capabilities().mtu());
        port.release(again);
    }

    @Test
    protected void shouldLoseNoFrameInManyRounds() {
        for (int round = 0; round < 10 * subject.frames(); round++) {
            final long[] frames = {fresh(frameBytes(round, 60))};
            assertThat(port.transmit(frames, 0, 1, NOW_NS)).isEqualTo(1);
            assertThat(nextOurs()).isEqualTo(frameBytes(round, 60));
            subject.inject(frameBytes(round, 60));
            final List<Long> received = receiveOurs(1);
            assertThat(bytesOf(received.getFirst())).isEqualTo(frameBytes(round, 60));
            port.release(received.getFirst());
        }
        assertThat(acquireAll()).hasSize(subject.frames());
    }

    @Test
    protected void shouldLeaveTheCallerWhatItDoesNotTake() {
        int taken = 0;
        int round = 0;
        final long[] frames = new long[1];
        for (frames[0] = fresh(frameBytes(0, 60)); frames[0] != 0; frames[0] = freshOrNone(frameBytes(round, 60))) {
            if (port.transmit(frames, 0, 1, NOW_NS) == 0) {
                port.release(frames[0]);
                break;
            }
            taken++;
            round++;
            if (taken == 10 * subject.frames()) {
                break;
            }
        }
        for (int i = 0; i < taken && !mayLoseWhenFull(); i++) {
            // A turn of the loop, in which a middleware hands over what it had to keep.
            receiveOurs(BURST).forEach(port::release);
            assertThat(nextOurs()).isEqualTo(frameBytes(i, 60));
        }
        assertThat(acquireAll()).as("frames that are there again").hasSize(subject.frames());
    }

    /** True where the far end, not the port, drops what it has no room for. */
    protected boolean mayLoseWhenFull() {
        return false;
    }

    /** How often to ask for a frame that is on its way; more where the port learns of it some time later. */
    protected int polls() {
        return POLLS;
    }

    /** Bytes of a frame that only the test knows: addresses where the port has a link layer, then a pattern. */
    protected final byte[] frameBytes(final int seed, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (seed * 31 + i * 7);
        }
        if (port.capabilities().linkLayer()) {
            final long mac = port.capabilities().macAddress();
            for (int i = 0; i < 6; i++) {
                bytes[i] = (byte) (mac >>> 40 - 8 * i);
                bytes[6 + i] = (byte) (i == 0 ? 0x02 : 0x11);
            }
            bytes[12] = (byte) (ETHERTYPE >> 8);
            bytes[13] = (byte) ETHERTYPE;
        } else {
            bytes[0] = 0x45;
        }
        return bytes;
    }

    /** A frame that can be transmitted. */
    protected final long fresh(final byte[] bytes) {
        final long frame = freshOrNone(bytes);
        assertThat(frame).as("a frame of the pool").isNotZero();
        return frame;
    }

    /** Receives until {@code count} frames of the test have come, or polls have found nothing for long. */
    protected final List<Long> receiveOurs(final int count) {
        final List<Long> ours = new ArrayList<>();
        final long[] frames = new long[BURST];
        for (int poll = 0; poll < polls() && ours.size() < count; poll++) {
            final int received = port.receive(frames, 0, Math.min(BURST, count - ours.size()), NOW_NS);
            for (int i = 0; i < received; i++) {
                if (isOurs(frames[i])) {
                    ours.add(frames[i]);
                } else {
                    port.release(frames[i]);
                }
            }
            if ((poll & YIELD) == YIELD) {
                // the kernel may want this processor to bring what is on its way
                Thread.yield();
            }
        }
        return ours;
    }

    protected static byte[] bytesOf(final long frame) {
        final byte[] bytes = new byte[Frame.length(frame)];
        Memory.copyToArray(Frame.data(frame), bytes, 0, bytes.length);
        return bytes;
    }

    private byte[] nextOurs() {
        byte[] bytes = subject.emitted();
        while (bytes != null && !isOurs(bytes)) {
            bytes = subject.emitted();
        }
        return bytes == null ? new byte[0] : bytes;
    }

    private long freshOrNone(final byte[] bytes) {
        final long frame = port.acquire();
        if (frame != 0) {
            if (!port.capabilities().linkLayer()) {
                Frame.dataOffset(frame, Frame.roomOffset(frame) + Frame.IP_IN_ROOM);
            }
            Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
            Frame.length(frame, bytes.length);
        }
        return frame;
    }

    private List<Long> acquireAll() {
        final List<Long> all = new ArrayList<>();
        for (long frame = port.acquire(); frame != 0; frame = port.acquire()) {
            all.add(frame);
        }
        return all;
    }

    private boolean isOurs(final long frame) {
        return frame != 0 && isOurs(bytesOf(frame));
    }

    private boolean isOurs(final byte[] bytes) {
        return !port.capabilities().linkLayer() || bytes.length > ETHERNET_HEADER
                && ((bytes[12] & 0xFF) << 8 | bytes[13] & 0xFF) == ETHERTYPE;
    }

    private int headerLength() {
        return port.capabilities().linkLayer() ? ETHERNET_HEADER : 0;
    }
}
