package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.nativeports.DeviceUnderTest;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.bypass.BypassCode;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What seldom happens between a program of the kernel, a queue and a ring; moments that cannot be waited for are made by hand in
 * the memory that both share.
 */
@RequiresNetworkNamespaces
class BypassRingTroubleTest {
    private static final int MARK = 14;
    private static final int FRAMES = 64;

    private NetworkNamespace namespace;
    private PacketSocket sender;
    private PacketDevice device;

    @BeforeEach
    void makeNamespace() throws Exception {
        final String cause = Steering.unavailabilityCause();
        assumeTrue(cause == null, cause);
        namespace = NetworkNamespace.silent();
    }

    @AfterEach
    void close() throws Exception {
        if (sender != null) {
            sender.close();
        }
        if (device != null) {
            device.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    private PacketPort open(final int mtu, final int queues) throws Exception {
        device = namespace.call(() -> TapDevice.open(TunKind.TAP,
                new DeviceRequest("tap0", mtu, queues, FRAMES, false, false, "10.77.0.1/24")));
        sender = namespace.call(() -> new PacketSocket("tap0", DeviceUnderTest.ETHERTYPE));
        receive(device.queue(0), 8, 1_000);
        return device.queue(0);
    }

    private static byte[] frame(final int length, final int mark) {
        final byte[] frame = new byte[length];
        new Random(mark).nextBytes(frame);
        frame[0] = 2;
        frame[6] = 2;
        frame[12] = (byte) (DeviceUnderTest.ETHERTYPE >> 8);
        frame[13] = (byte) DeviceUnderTest.ETHERTYPE;
        frame[MARK] = (byte) mark;
        return frame;
    }

    private static List<Integer> receive(final PacketPort port, final int limit, final int turns) {
        final long[] frames = new long[limit];
        final List<Integer> marks = new ArrayList<>();
        for (int turn = 0; turn < turns; turn++) {
            final int count = port.receive(frames, 0, limit, turn * 1_000L);
            for (int i = 0; i < count; i++) {
                marks.add(Memory.getUnsignedByte(Frame.data(frames[i]) + MARK));
                port.release(frames[i]);
            }
        }
        return marks;
    }

    private static Object field(final Object of, final String name) throws ReflectiveOperationException {
        final Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private static long memory(final PacketPort port) throws ReflectiveOperationException {
        return (long) field(field(port, "ring"), "ring");
    }

    private static void add(final long address, final long number) {
        Memory.putLongRelease(address, Memory.getLong(address) + number);
    }

    private static void fillWithNothing(final long memory, final long slot) {
        Memory.putLongRelease(address(memory, slot), state(slot, BypassCode.ABANDONED | 64));
    }

    private static long address(final long memory, final long slot) {
        return memory + BypassCode.FIRST_SLOT + ((slot & BypassCode.SLOTS - 1) << BypassCode.SLOT_SHIFT);
    }

    private static long state(final long slot, final int length) {
        return slot + 1 << BypassCode.LENGTH_BITS | length;
    }

    /** Claims as a program does that is interrupted before it has filled them; returns the first one. */
    private static long claim(final long memory, final int slots) {
        final long first = Memory.getLong(memory + BypassCode.PRODUCED);
        Memory.putLong(memory + BypassCode.PRODUCED, first + slots);
        return first;
    }

    @Test
    void shouldTakeNothingThatIsLongerThanItsFrames() throws Exception {
        final PacketPort port = open(1_500, 1);
        namespace.exec("ip", "link", "set", "tap0", "mtu", "9000");
        for (final int length : new int[]{1_519, 1_998, 1_999, BypassCode.LONGEST}) {
            final long before = port.dropped();
            sender.send(frame(length, 1));
            assertThat(receive(port, 8, 3)).isEmpty();
            assertThat(port.dropped()).as("%d bytes", length).isEqualTo(before + 1);
        }
        sender.send(frame(1_518, 2));
        assertThat(receive(port, 8, 3)).containsExactly(2);
    }

    /** Whoever wrote it there: the memory is not ours alone. */
    @Test
    void shouldDropWhatTheRingSaysIsTooLong() throws Exception {
        final PacketPort port = open(1_500, 1);
        final long memory = memory(port);
        for (final int length : new int[]{BypassCode.LONGEST, 0, 13, BypassCode.ABANDONED - 1}) {
            final long before = port.dropped();
            final long slot = claim(memory, BypassCode.slots(Math.min(length, BypassCode.LONGEST)));
            Memory.putLongRelease(address(memory, slot), state(slot, length));
            assertThat(receive(port, 8, 1)).isEmpty();
            assertThat(port.dropped()).as("%d bytes", length).isEqualTo(before + 1);
        }
        sender.send(frame(64, 2));
        assertThat(receive(port, 8, 1)).containsExactly(2);
    }

    /** What a sender has put where a later frame begins may be the state that is waited for. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldNotTakeWhatASenderHasWrittenForAState(final int lap) throws Exception {
        final PacketPort port = open(1_500, 1);
        final long memory = memory(port);
        final long first = Memory.getLong(memory + BypassCode.PRODUCED) & -BypassCode.SLOTS;
        final long planted = first + BypassCode.SLOTS + 2;
        forward(port, planted - 1);
        final byte[] frame = frame(600, 1);
        ByteBuffer.wrap(frame).order(ByteOrder.nativeOrder()).putLong(
                (1 << BypassCode.SLOT_SHIFT) - BypassCode.FRAME_OFFSET,
                state(planted + (long) lap * BypassCode.SLOTS, 64));
        sender.send(frame);
        assertThat(receive(port, 8, 1)).containsExactly(1);
        for (int between = 1; between < lap; between++) {
            // what begins in the last slot goes on behind it, so nobody writes into those where it counts on
            forward(port, planted - 3 + (long) between * BypassCode.SLOTS);
            sender.send(frame(600, 3));
            assertThat(receive(port, 8, 1)).containsExactly(3);
        }
        forward(port, planted + (long) lap * BypassCode.SLOTS);
        final long claimed = claim(memory, 1);
        assertThat(receive(port, 8, 3)).isEmpty();
        fillWithNothing(memory, claimed);
        sender.send(frame(64, 4));
        assertThat(receive(port, 8, 2)).containsExactly(4);
    }

    /** By frames of one slot, until that one is next. */
    private void forward(final PacketPort port, final long slot) throws Exception {
        final long memory = memory(port);
        while (Memory.getLong(memory + BypassCode.PRODUCED) != slot) {
            sender.send(frame(64, 0));
            assertThat(receive(port, 8, 1)).containsExactly(0);
        }
    }

    @Test
    void shouldLeaveTheQueueAloneWhileASlotIsClaimedAndNotFilled() throws Exception {
        final PacketPort port = open(9_000, 1);
        final long memory = memory(port);
        final long slot = claim(memory, 1);
        sender.send(frame(64, 1));
        sender.send(frame(5_000, 2));
        assertThat(receive(port, 8, 3)).isEmpty();
        fillWithNothing(memory, slot);
        assertThat(receive(port, 8, 3)).containsExactly(1, 2);
    }

    @Test
    void shouldLeaveTheQueueAloneWhileAbandonedSlotsTakeTheBurst() throws Exception {
        final PacketPort port = open(9_000, 1);
        final long memory = memory(port);
        final long slot = claim(memory, 1);
        fillWithNothing(memory, slot);
        sender.send(frame(64, 1));
        sender.send(frame(5_000, 2));
        assertThat(receive(port, 1, 6)).containsExactly(1, 2);
    }

    @Test
    void shouldFindItsWayBackWhereAFrameCameLaterThanItWasGivenUp() throws Exception {
        final PacketPort port = open(9_000, 1);
        final long memory = memory(port);
        // counted, and its processor is taken away before it puts it there
        add(memory + BypassCode.QUEUED, 1);
        final long[] frames = new long[8];
        assertThat(port.receive(frames, 0, 8, 10_000_000)).isZero();
        assertThat(port.receive(frames, 0, 8, 11_000_001)).isZero();
        sender.send(frame(5_000, 0));
        add(memory + BypassCode.QUEUED, -1);
        assertThat(alternately(port)).containsSubsequence(0, 1).isSorted();
    }

    /** All the while frames come, which the queue takes as long as one that it had is missing. */
    @Test
    void shouldUseTheRingAgainUnderTrafficThoughOneFrameIsLost() throws Exception {
        final PacketPort port = open(1_500, 1);
        add(memory(port) + BypassCode.QUEUED, 1);
        final long[] frames = new long[8];
        final LinuxCalls calls = new LinuxCalls();
        int received = 0;
        for (int i = 0; i < 250; i++) {
            sender.send(frame(64, i));
            final int count = port.receive(frames, 0, 8, 20_000L * i);
            received += count;
            for (int k = 0; k < count; k++) {
                port.release(frames[k]);
            }
        }
        assertThat(received).isEqualTo(250);
        sender.send(frame(64, 1));
        try (MemoryRegion buffer = MemoryRegion.allocate("frame", 1 << 14)) {
            assertThat(calls.read(port.descriptor(0), buffer.address(), buffer.length())).isEqualTo(-Errno.EAGAIN);
        }
        assertThat(receive(port, 8, 1)).containsExactly(1);
    }

    /** From before the program came, or by a way on which the kernel asks no program. */
    @Test
    void shouldKeepTheOrderBesideFramesThatNobodyCounted() throws Exception {
        final PacketPort port = open(9_000, 1);
        for (int i = 0; i < 3; i++) {
            sender.send(frame(5_000, 0));
        }
        add(memory(port) + BypassCode.QUEUED, -3);
        assertThat(alternately(port)).isSorted().hasSize(3 + 60);
    }

    /** Long and short ones in turn, as they were received. */
    private List<Integer> alternately(final PacketPort port) {
        final List<Integer> marks = new ArrayList<>();
        for (int i = 1; i < 60; i += 2) {
            sender.send(frame(5_000, i));
            marks.addAll(receive(port, 8, 20));
            sender.send(frame(64, i + 1));
            marks.addAll(receive(port, 8, 20));
        }
        return marks;
    }

    @Test
    void shouldLookAtTheQueueAfterASleep() throws Exception {
        final PacketPort port = open(1_500, 1);
        ((BypassRings) field(field(field(port, "ring"), "program"), "rings")).end(port.descriptor(0));
        // an uncounted frame, which the descriptor tells of
        assertThat(port.prepareToBlock()).isTrue();
        sender.send(frame(64, 5));
        port.onWoken();
        assertThat(receive(port, 8, 1)).containsExactly(5);
    }

    @Test
    void shouldGoOnByTheQueueWhereAnotherQueueIsClosed() throws Exception {
        final PacketPort port = open(1_500, 2);
        device.queue(1).close();
        final List<Integer> marks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sender.send(frame(64, i));
            marks.addAll(receive(port, 8, 1));
        }
        assertThat(marks).hasSize(100).isSorted();
    }

    /** A process that is killed would leave the program on it, for whoever comes next. */
    @Test
    void shouldGiveNoProgramToADeviceThatStays() throws Exception {
        namespace.exec("ip", "tuntap", "add", "tap0", "mode", "tap");
        assertThat(field(open(1_500, 1), "ring")).isNull();
        assertThat(device.findings()).extracting(PortFinding::what)
                .anyMatch(what -> what.contains("ring in memory: a device that stays"));
    }

    /** As one that was made with one queue, which several engines share. */
    @Test
    void shouldSayWhyThereIsNoRingWhereEnginesShareAQueue() throws Exception {
        namespace.exec("ip", "tuntap", "add", "tap0", "mode", "tap");
        assertThat(field(open(1_500, 2), "ring")).isNull();
        assertThat(device.findings()).extracting(PortFinding::what)
                .anyMatch(what -> what.endsWith("ring in memory: engines share a queue"));
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 8, SynSteering.MOST_ENGINES})
    void shouldHaveARingForEachOfManyEngines(final int engines) throws Exception {
        open(1_500, engines);
        assertThat(device.findings()).isEmpty();
        assertThat(field(device.queue(engines - 1), "ring")).isNotNull();
    }

    @Test
    void shouldHaveNothingToSayWhereThereIsARing() throws Exception {
        assertThat(field(open(1_500, 1), "ring")).isNotNull();
        assertThat(device.findings()).isEmpty();
    }

    @Test
    void shouldGiveEverythingBackWhereTheDeviceTakesNoProgram() throws Exception {
        final int before = programsAndMaps();
        for (int i = 0; i < 3; i++) {
            try {
                BypassRings.installedOn(9_999, 1, 1_518);
            } catch (final IOException e) {
                assertThat(e).hasMessageContaining("EBADF");
            }
        }
        assertThat(programsAndMaps()).isEqualTo(before);
    }

    private static int programsAndMaps() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (final Path descriptor : descriptors) {
                count += Files.isSymbolicLink(descriptor) && isBpf(descriptor) ? 1 : 0;
            }
        }
        return count;
    }

    private static boolean isBpf(final Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("bpf");
        } catch (final IOException e) {
            // closed meanwhile
            return false;
        }
    }
}
