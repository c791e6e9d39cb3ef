package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.DeviceUnderTest;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.NumberedFrames;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.bypass.BypassCode;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes beside the queue of a TAP, and how it keeps its place among what comes by it: the program as the kernel runs it. */
@RequiresNetworkNamespaces
class BypassRingTest {
    private static final int UDP = 17;
    private static final int MTU = 9_000;
    private static final int SHORTEST = 20;
    private static final int LONGEST = BypassCode.LONGEST;
    private static final long LOST_NS = 2_000_000;

    private final LinuxCalls calls = new LinuxCalls();
    private final MemoryRegion buffer = MemoryRegion.allocate("frame", 1 << 14);
    private PortUnderTest tap;
    private PacketPort port;
    private int sent;
    private long nowNs;

    @BeforeEach
    void open() throws Exception {
        final String cause = Steering.unavailabilityCause();
        assumeTrue(cause == null, cause);
        tap = TapUnderTest.open(TunKind.TAP, MTU, false);
        port = tap.port();
        receiveAll(1_000);
    }

    @AfterEach
    void close() {
        if (tap != null) {
            tap.close();
        }
        buffer.close();
    }

    @Test
    void shouldReceiveSmallFramesBesideTheQueue() {
        for (final int length : new int[]{SHORTEST, 64, 1_514, LONGEST}) {
            final String frame = send(length);
            assertThat(readQueue()).as("%d bytes in the queue", length).isEqualTo(-Errno.EAGAIN);
            assertThat(receiveAll(1)).containsExactly(frame);
        }
        assertThat(port.dropped()).isZero();
    }

    @Test
    void shouldLeaveLongFramesToTheQueue() {
        final String frame = send(LONGEST + 1);
        assertThat(receiveAll(1)).containsExactly(frame);
        send(LONGEST + 1);
        assertThat(readQueue()).isPositive();
    }

    /** Where nothing reads the queue, a small frame that came after a long one waits behind it. */
    @Test
    void shouldLeaveToTheQueueWhatComesWhileItHasOne() {
        final List<String> frames = List.of(send(64), send(5_000), send(65), send(66));
        assertThat(receiveAll(1)).containsExactlyElementsOf(frames);
        final String next = send(64);
        assertThat(readQueue()).isEqualTo(-Errno.EAGAIN);
        assertThat(receiveAll(1)).containsExactly(next);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldKeepTheOrderWhateverTheWay(final long seed) {
        final Random random = new Random(seed);
        final List<String> expected = new ArrayList<>();
        final List<String> received = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            // up to more than a ring at once
            final int burst = random.nextInt(40) == 0 ? random.nextInt(600) : random.nextInt(6);
            final int longOnes = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(10);
            for (int i = 0; i < burst; i++) {
                final boolean isLong = longOnes > 0 && random.nextInt(longOnes) == 0;
                expected.add(send(isLong
                        ? LONGEST + 1 + random.nextInt(2_000)
                        : SHORTEST + random.nextInt(LONGEST - SHORTEST + 1)));
            }
            switch (random.nextInt(4)) {
                case 0 -> port.prepareToBlock();
                case 1 -> port.onWoken();
                default -> received.addAll(receive(1 + random.nextInt(DeviceUnderTest.FRAMES)));
            }
        }
        port.onWoken();
        received.addAll(receiveAll(2));
        assertThat(received).containsExactlyElementsOf(expected);
        assertThat(port.dropped()).isZero();
    }

    @Test
    void shouldNotSleepOverWhatIsThere() {
        assertThat(port.prepareToBlock()).isTrue();
        port.onWoken();
        final String frame = send(64);
        assertThat(port.prepareToBlock()).isFalse();
        port.onWoken();
        assertThat(receiveAll(1)).containsExactly(frame);
        assertThat(port.prepareToBlock()).isTrue();
    }

    /** Only the queue's descriptor wakes who sleeps. */
    @Test
    void shouldLeaveEverythingToTheQueueWhileTheEngineSleeps() {
        assertThat(port.prepareToBlock()).isTrue();
        send(64);
        assertThat(readQueue()).isPositive();
        final String frame = send(64);
        port.onWoken();
        assertThat(receiveAll(1)).containsExactly(frame);
    }

    /** What the queue had no room for was counted, and never comes. */
    @Test
    void shouldUseTheRingAgainAfterTheQueueHasLostSome() {
        port.prepareToBlock();
        for (int i = 0; i < 5_000; i++) {
            send(64);
        }
        port.onWoken();
        assertThat(receiveAll(2)).hasSizeBetween(1_000, 4_999);
        nowNs += LOST_NS;
        assertThat(receiveAll(2)).isEmpty();
        final String frame = send(64);
        assertThat(readQueue()).isEqualTo(-Errno.EAGAIN);
        assertThat(receiveAll(1)).containsExactly(frame);
    }

    /** Of a sender with a window of 8 MiB, every second segment is acknowledged: that must not come by system calls. */
    @Test
    void shouldHaveRoomForTheAcknowledgmentsOfAWholeWindow() {
        final List<String> frames = new ArrayList<>();
        for (int i = 0; i < BypassCode.SLOTS - 256; i++) {
            frames.add(send(i % 2 == 0 ? 66 : 86));
        }
        assertThat(readQueue()).isEqualTo(-Errno.EAGAIN);
        assertThat(receiveAll(1)).containsExactlyElementsOf(frames);
    }

    @Test
    void shouldGoOnWhenTheFramesOfThePoolAreOut() {
        final List<String> frames = new ArrayList<>();
        for (int i = 0; i < 2 * DeviceUnderTest.FRAMES; i++) {
            frames.add(send(64));
        }
        final long[] held = new long[2 * DeviceUnderTest.FRAMES];
        final int count = port.receive(held, 0, held.length, nowNs);
        assertThat(count).isLessThanOrEqualTo(DeviceUnderTest.FRAMES);
        assertThat(port.receive(held, count, held.length - count, nowNs)).isZero();
        for (int i = 0; i < count; i++) {
            assertThat(NumberedFrames.described(held[i])).isEqualTo(frames.get(i));
            port.release(held[i]);
        }
        assertThat(receiveAll(2)).containsExactlyElementsOf(frames.subList(count, frames.size()));
    }

    /** Also of checksums that are left to be completed, which nothing says in the ring. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSayTheSameOfAFrameByEitherWay(final boolean offloads) throws Exception {
        final Random random = new Random(7);
        try (KernelPeer peer = new KernelPeer(offloads);
                DatagramSocket socket = peer.namespace
                        .call(() -> new DatagramSocket(new InetSocketAddress(KernelPeer.KERNEL, 0)))) {
            for (int i = 0; i < 100; i++) {
                final byte[] payload = new byte[random.nextInt(1_400)];
                random.nextBytes(payload);
                peer.port.onWoken();
                final String beside = exchange(peer, socket, payload);
                peer.port.prepareToBlock();
                assertThat(exchange(peer, socket, payload)).isEqualTo(beside);
            }
            assertThat(peer.port.dropped()).isZero();
        }
    }

    private static String exchange(final KernelPeer peer, final DatagramSocket socket, final byte[] payload)
            throws IOException {
        socket.send(new DatagramPacket(payload, payload.length, new InetSocketAddress(KernelPeer.OURS, 9)));
        final long frame = peer.next(UDP);
        // each packet has another identification, and so another checksum of its header
        Memory.putShort(Frame.data(frame) + 18, 0);
        Memory.putShort(Frame.data(frame) + 24, 0);
        final boolean partial = (Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) != 0;
        final String text = NumberedFrames.described(frame) + ", flags " + Frame.flags(frame) + ", data at "
                + Frame.dataOffset(frame)
                + ", segments of " + Frame.gsoSize(frame)
                + (partial ? ", checksum at " + Frame.checksumStart(frame) + "+" + Frame.checksumOffset(frame) : "");
        peer.port.release(frame);
        return text;
    }

    @Test
    void shouldHaveNoneWhereTheQueueIsAskedFor() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            final DeviceRequest request = new DeviceRequest("tap7,receive=queue", MTU, 1, DeviceUnderTest.FRAMES, false,
                    false, "10.78.0.1/24");
            try (PacketDevice device = namespace.call(() -> TapDevice.open(TunKind.TAP, request));
                    PacketSocket sender = namespace.call(() -> new PacketSocket("tap7", DeviceUnderTest.ETHERTYPE))) {
                sender.send(NumberedFrames.of(64, 0));
                assertThat(calls.read(device.queue(0).descriptor(0), buffer.address(), buffer.length())).isPositive();
            }
        }
    }

    private String send(final int length) {
        final byte[] frame = NumberedFrames.of(length, sent++);
        tap.inject(frame);
        return NumberedFrames.described(frame);
    }

    /** Result of a read of the queue itself. */
    private long readQueue() {
        return calls.read(port.descriptor(0), buffer.address(), buffer.length());
    }

    private List<String> receiveAll(final int idle) {
        return NumberedFrames.receiveAll(port, idle, nowNs);
    }

    private List<String> receive(final int limit) {
        return NumberedFrames.receive(port, limit, nowNs);
    }
}
