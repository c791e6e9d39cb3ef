package io.millrace.nativeports.afpacket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.nativeports.DeviceUnderTest;
import io.millrace.nativeports.NumberedFrames;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.bypass.BypassCode;
import io.millrace.nativeports.tap.PacketSocket;
import io.millrace.nativeports.tap.Steering;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes beside the ring of a packet socket, and how it keeps its place among what comes by it. */
@RequiresNetworkNamespaces
class AddressRingTest {
    private static final int MTU = 9_000;
    private static final int HEADER = 14;
    private static final int NUMBER = 14;
    private static final int SHORTEST = 60;
    private static final int LONGEST = BypassCode.LONGEST;
    private static final int TCP = 6;
    private static final int ADDRESS = 0x0909_0909;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final long LOST_NS = 2_000_000;

    private VethPair pair;
    private PacketDevice device;
    private PacketPort port;
    private PacketSocket farEnd;
    private long own;
    private int sent;
    private long nowNs;

    @BeforeEach
    void open() throws Exception {
        final String cause = Steering.unavailabilityCause();
        assumeTrue(cause == null, cause);
        pair = new VethPair(MTU);
        device = pair.open(VethPair.request(VethPair.OURS, MTU, 1, true, null));
        port = device.queue(0);
        own = port.capabilities().macAddress();
        farEnd = pair.theirs.call(() -> new PacketSocket(VethPair.THEIRS, DeviceUnderTest.ETHERTYPE));
        receiveAll(100);
    }

    @AfterEach
    void close() {
        if (pair != null) {
            farEnd.close();
            device.close();
            pair.close();
        }
    }

    @Test
    void shouldReceiveSmallFramesBesideTheSocket() throws Exception {
        for (final int length : new int[]{SHORTEST, 64, 1_514, LONGEST}) {
            final long before = inRing();
            final String frame = send(own, length);
            assertThat(inRing()).as("%d bytes", length).isEqualTo(before + BypassCode.slots(length));
            assertThat(receiveAll(1)).containsExactly(frame);
        }
        assertThat(port.dropped()).isZero();
    }

    @Test
    void shouldLeaveToTheSocketWhatIsLongOrForAGroupOrComesBehindIt() throws Exception {
        final long before = inRing();
        final List<String> frames = List.of(send(own, LONGEST + 1), send(own, 64), send(BROADCAST, 64));
        assertThat(inRing()).isEqualTo(before);
        assertThat(receiveAll(1)).containsExactlyElementsOf(frames);
        final List<String> others = List.of(send(BROADCAST, 64), send(own, 64));
        assertThat(inRing()).isEqualTo(before);
        assertThat(receiveAll(1)).containsExactlyElementsOf(others);
        assertThat(receiveAll(1)).isEmpty();
        send(own, 64);
        assertThat(inRing()).isEqualTo(before + 1);
    }

    @Test
    void shouldLetNothingInThatIsForOthers() throws Exception {
        final long before = inRing();
        for (int bit = 1; bit < 48; bit++) {
            send(own ^ 1L << bit, 64);
        }
        // the group bit makes it one for a group
        assertThat(receiveAll(3)).hasSize(1);
        assertThat(inRing()).isEqualTo(before);
        assertThat(port.dropped()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldKeepTheOrderWhateverTheWay(final long seed) {
        final Random random = new Random(seed);
        final List<String> expected = new ArrayList<>();
        final List<String> received = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            final int burst = random.nextInt(40) == 0 ? random.nextInt(30) : random.nextInt(4);
            final int longOnes = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(10);
            for (int i = 0; i < burst; i++) {
                final boolean isLong = longOnes > 0 && random.nextInt(longOnes) == 0;
                expected.add(send(random.nextInt(20) == 0 ? BROADCAST : own, isLong
                        ? LONGEST + 1 + random.nextInt(2_000)
                        : SHORTEST + random.nextInt(LONGEST - SHORTEST + 1)));
            }
            switch (burst > 3 ? 2 : random.nextInt(4)) {
                case 0 -> port.prepareToBlock();
                case 1 -> port.onWoken();
                case 2 -> received.addAll(receiveAll(1));
                default -> received.addAll(receive(1 + random.nextInt(DeviceUnderTest.FRAMES)));
            }
        }
        port.onWoken();
        received.addAll(receiveAll(2));
        assertThat(received).containsExactlyElementsOf(expected);
        assertThat(port.dropped()).isZero();
    }

    @Test
    void shouldGoOnByTheSocketWhereTheRingIsFull() throws Exception {
        final long before = inRing();
        final List<String> frames = new ArrayList<>();
        for (int i = 0; i < BypassCode.SLOTS + 30; i++) {
            frames.add(send(own, 64));
        }
        assertThat(inRing()).isEqualTo(before + BypassCode.SLOTS);
        assertThat(receiveAll(1)).containsExactlyElementsOf(frames);
        assertThat(port.dropped()).isZero();
    }

    @Test
    void shouldNotSleepOverWhatIsThereAndBeWokenByWhatComes() throws Exception {
        assertThat(port.prepareToBlock()).isTrue();
        port.onWoken();
        final String first = send(own, 64);
        assertThat(port.prepareToBlock()).as("a frame is in the ring").isFalse();
        port.onWoken();
        assertThat(receiveAll(1)).containsExactly(first);
        final long before = inRing();
        assertThat(port.prepareToBlock()).isTrue();
        final String next = send(own, 64);
        assertThat(inRing()).as("while it sleeps").isEqualTo(before);
        assertThat(port.prepareToBlock()).as("a frame is in the socket").isFalse();
        port.onWoken();
        assertThat(receiveAll(1)).containsExactly(next);
    }

    /** What the socket had no room for was counted, and never comes. */
    @Test
    void shouldUseTheRingAgainAfterTheSocketHasLostSome() throws Exception {
        port.prepareToBlock();
        for (int i = 0; i < 1_000; i++) {
            send(own, 64);
        }
        port.onWoken();
        final int received = receiveAll(2).size();
        assertThat(received).isBetween(32, 999);
        assertThat(port.dropped()).isEqualTo(1_000 - received);
        nowNs += LOST_NS;
        assertThat(receiveAll(2)).isEmpty();
        final long before = inRing();
        final String frame = send(own, 64);
        assertThat(inRing()).isEqualTo(before + 1);
        assertThat(receiveAll(1)).containsExactly(frame);
    }

    /** It was counted and given up, so what is in the ring was sent after it. */
    @Test
    void shouldReceiveWhatTheSocketHadLateBeforeWhatIsInTheRing() throws Exception {
        final long queued = ring() + BypassCode.QUEUED;
        Memory.putLong(queued, Memory.getLong(queued) + 1);
        assertThat(receiveAll(1)).isEmpty();
        nowNs += LOST_NS;
        assertThat(receiveAll(1)).isEmpty();
        final String late = send(own, MTU);
        // the program has counted it now
        Memory.putLong(queued, Memory.getLong(queued) - 1);
        final long before = inRing();
        final String next = send(own, 64);
        assertThat(inRing()).isEqualTo(before + 1);
        assertThat(receiveAll(1)).containsExactly(late, next);
    }

    /** Another's frames are in the socket; before they are read to their end, it fills its slot and goes on to the socket. */
    @Test
    void shouldKeepTheOrderOfASenderThatStoodStillWithASlotClaimed() throws Exception {
        for (int round = 0; round < 100; round++) {
            final Set<String> others = new HashSet<>();
            for (int i = 0; i < DeviceUnderTest.FRAMES / 2; i++) {
                others.add(send(own, MTU));
            }
            final int spins = 40 * round;
            final List<String> its = new ArrayList<>();
            final Thread sender = new Thread(() -> {
                for (int i = 0; i < spins; i++) {
                    Thread.onSpinWait();
                }
                its.add(fillSlot());
                its.add(send(own, 64));
            });
            final List<String> received = new ArrayList<>();
            sender.start();
            while (received.size() < others.size() + 2) {
                received.addAll(receive(DeviceUnderTest.FRAMES));
            }
            sender.join();
            received.removeAll(others);
            assertThat(received).isEqualTo(its);
            assertThat(receiveAll(1)).isEmpty();
        }
    }

    /** As the program goes on behind its look at what is in the socket: a slot claimed, a frame, the state. */
    private String fillSlot() {
        final byte[] frame = new byte[64];
        put(frame, NUMBER, 0xFFFF);
        final long ring = ring();
        final long number = Memory.getLong(ring + BypassCode.PRODUCED);
        Memory.putLongRelease(ring + BypassCode.PRODUCED, number + 1);
        final long slot = ring + BypassCode.FIRST_SLOT
                + ((number & BypassCode.SLOTS - 1) << BypassCode.SLOT_SHIFT);
        for (int i = 0; i < frame.length; i++) {
            Memory.putByte(slot + BypassCode.FRAME_OFFSET + i, frame[i]);
        }
        Memory.putLongRelease(slot, number + 1 << BypassCode.LENGTH_BITS | frame.length);
        return NumberedFrames.described(frame);
    }

    /** Also of a tag, which the kernel takes out, and of checksums that are left to be completed, which nothing says in the ring. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldSayTheSameOfAFrameByEitherWay(final long seed) throws Exception {
        final Random random = new Random(seed);
        try (PacketDevice other = pair.theirs
                .call(() -> new AfPacketDeviceProvider().open(VethPair.request(VethPair.THEIRS, MTU, 1, true, null)))) {
            for (int i = 0; i < 200; i++) {
                final boolean partial = random.nextInt(3) > 0;
                final byte[] frame = packet(random, partial);
                final long before = inRing();
                final List<String> beside = exchange(other.queue(0), frame, partial);
                assertThat(inRing()).isEqualTo(
                        before + (frame.length <= LONGEST && !isTagged(frame) ? BypassCode.slots(frame.length) : 0));
                port.prepareToBlock();
                final List<String> queued = exchange(other.queue(0), frame, partial);
                port.onWoken();
                assertThat(beside).hasSize(1).isEqualTo(queued);
            }
        }
    }

    /** A segment of TCP over IPv4, with a tag or without. @param partial its checksum is the sum of the pseudo-header alone. */
    private byte[] packet(final Random random, final boolean partial) {
        final int tag = random.nextInt(4) == 0 ? 4 : 0;
        final int payload = random.nextInt(2_100);
        final byte[] frame = new byte[HEADER + tag + 40 + payload];
        random.nextBytes(frame);
        destination(frame, own);
        frame[6] = 2;
        final int ip = HEADER + tag;
        if (tag > 0) {
            put(frame, 12, 0x8100);
            put(frame, HEADER, 5);
        }
        put(frame, ip - 2, 0x0800);
        put(frame, ip, 0x4500);
        put(frame, ip + 2, 40 + payload);
        put(frame, ip + 6, 0x4000);
        put(frame, ip + 8, 0x4006);
        frame[ip + 32] = 0x50;
        if (partial) {
            Arrays.fill(frame, ip + 12, ip + 20, (byte) 9);
            put(frame, ip + 36, Checksum.fold(Checksum.pseudoHeaderV4(ADDRESS, ADDRESS, TCP, 20 + payload)));
        }
        return frame;
    }

    private List<String> exchange(final PacketPort from, final byte[] bytes, final boolean partial) {
        final long frame = from.acquire();
        Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
        Frame.length(frame, bytes.length);
        if (partial) {
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, HEADER + 20 + (isTagged(bytes) ? 4 : 0), 16);
        }
        assertThat(from.transmit(new long[]{frame}, 0, 1, nowNs)).isEqualTo(1);
        return receiveAll(1);
    }

    /** Who wants everything needs no program that chooses. */
    @Test
    void shouldHaveNoneWhereEverythingIsWanted() throws Exception {
        try (PacketDevice wire = pair
                .open(VethPair.request(VethPair.OURS + ",filter=none", MTU, 1, true, null))) {
            assertThat(field(wire.queue(0), "bypass")).isNull();
        }
    }

    @Test
    void shouldGiveItsMemoryBackWhenItIsClosed() throws Exception {
        final int before = mapsAndPrograms();
        for (int i = 0; i < 3; i++) {
            pair.open(VethPair.request(VethPair.OURS, MTU, 2, true, null)).close();
        }
        assertThat(mapsAndPrograms()).isEqualTo(before);
    }

    private static int mapsAndPrograms() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (final Path descriptor : descriptors) {
                count += Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().contains("bpf") ? 1 : 0;
            }
        }
        return count;
    }

    /** How many slots the program has filled until now: one with a frame of 64 bytes. */
    private long inRing() {
        return Memory.getLong(ring() + BypassCode.PRODUCED);
    }

    private long ring() {
        try {
            return (long) field(field(port, "bypass"), "ring");
        } catch (final ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object field(final Object of, final String name) throws ReflectiveOperationException {
        final Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private String send(final long destination, final int length) {
        final byte[] frame = NumberedFrames.of(length, sent++);
        destination(frame, destination);
        farEnd.send(frame);
        return NumberedFrames.described(frame);
    }

    private static void destination(final byte[] frame, final long address) {
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) (address >>> 40 - 8 * i);
        }
    }

    private static void put(final byte[] frame, final int at, final int value) {
        frame[at] = (byte) (value >> 8);
        frame[at + 1] = (byte) value;
    }

    private static boolean isTagged(final byte[] frame) {
        return frame[12] == (byte) 0x81;
    }

    private List<String> receiveAll(final int idle) {
        return NumberedFrames.receiveAll(port, idle, nowNs);
    }

    private List<String> receive(final int limit) {
        return NumberedFrames.receive(port, limit, nowNs);
    }
}
