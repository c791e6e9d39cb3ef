package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultInjectionPortTest {
    private static final int COUNT = 2_000;
    private static final int LENGTH = 100;
    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;

    private final long[] frames = new long[Wire.QUEUE];
    private long bytesBefore;

    @BeforeEach
    void rememberBytes() {
        bytesBefore = MemoryRegion.bytesInUse();
    }

    @AfterEach
    void expectAllBytesBack() {
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldLoseAboutAsManyAsItWasTold() {
        try (Wire wire = new Wire(Faults.builder().loss(0.2).build(), Faults.NONE, 1)) {
            wire.send(COUNT, IPV4);
            final List<Integer> received = wire.receive(0);
            assertThat(received).hasSizeBetween(COUNT * 7 / 10, COUNT * 9 / 10).isSorted();
            assertThat(wire.port.received().lost()).isEqualTo(COUNT - received.size());
            assertThat(wire.port.dropped()).isEqualTo(COUNT - received.size());
            assertThat(wire.port.received().frames()).isEqualTo(COUNT);
        }
    }

    @Test
    void shouldDoTheSameFromTheSameSeed() {
        final Faults faults = Faults.builder().loss(0.1).duplication(0.1).reordering(0.1, 50).build();
        final List<Integer> first = run(faults, 42);
        assertThat(run(faults, 42)).isEqualTo(first);
        assertThat(run(faults, 43)).isNotEqualTo(first);
    }

    @Test
    void shouldLoseTheSameFramesWhateverElseHappens() {
        final List<Integer> lossOnly = run(Faults.builder().loss(0.1).build(), 7);
        final List<Integer> all = run(
                Faults.builder().loss(0.1).duplication(0.3).reordering(0.2, 50).jitter(9).delay(5).build(), 7);
        assertThat(all.stream().distinct().sorted()).isEqualTo(lossOnly);
    }

    @Test
    void shouldLoseTheSameLongFramesHoweverManyShortOnesThereAre() {
        final List<Integer> without = longOnes(0);
        assertThat(without).hasSizeBetween(COUNT / 2, COUNT - 1);
        assertThat(longOnes(1)).isEqualTo(without);
        assertThat(longOnes(3)).isEqualTo(without);
    }

    private static List<Integer> longOnes(final int shortOnes) {
        try (Wire wire = new Wire(Faults.builder().loss(0.1).build(), Faults.NONE, 7)) {
            final List<Integer> received = new ArrayList<>();
            for (int i = 1; i <= COUNT; i++) {
                for (int k = 0; k < shortOnes; k++) {
                    wire.send(-1, IPV4, LENGTH);
                }
                wire.send(i, IPV4, 10 * LENGTH);
                received.addAll(wire.poll(0));
            }
            received.removeIf(number -> number < 0);
            return received;
        }
    }

    @Test
    void shouldDuplicate() {
        try (Wire wire = new Wire(Faults.builder().duplication(0.5).build(), Faults.NONE, 3)) {
            wire.send(COUNT, IPV4);
            final List<Integer> received = wire.receive(0);
            assertThat(received.stream().distinct()).hasSize(COUNT);
            assertThat(wire.port.received().duplicated()).isEqualTo(received.size() - COUNT).isPositive();
            assertThat(wire.port.received().notDuplicated()).isZero();
        }
    }

    @Test
    void shouldCountACopyForWhichThereIsNoFrame() {
        try (Wire wire = new Wire(Faults.builder().duplication(1).build(), Faults.NONE, 3)) {
            while (wire.port.acquire() != 0) {
                assertThat(wire.port.dropped()).isZero();
            }
            wire.send(1, IPV4);
            assertThat(wire.receive(0)).containsExactly(0);
            assertThat(wire.port.received().notDuplicated()).isEqualTo(1);
        }
    }

    @Test
    void shouldLetLaterFramesOvertake() {
        try (Wire wire = new Wire(Faults.builder().reordering(0.3, 1_000).build(), Faults.NONE, 3)) {
            wire.send(10, IPV4);
            final List<Integer> received = wire.receive(0);
            assertThat(received).hasSizeLessThan(10);
            assertThat(wire.port.nextDeadlineNs()).isBetween(1L, 1_000L);
            received.addAll(wire.receive(1_000));
            assertThat(received).hasSize(10).doesNotHaveDuplicates().isNotEqualTo(received.stream().sorted().toList());
            assertThat(wire.port.received().reordered()).isPositive();
            assertThat(wire.port.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldFlipExactlyOneBitBehindTheLinkHeader() {
        try (Wire wire = new Wire(Faults.builder().corruption(1).build(), Faults.NONE, 3)) {
            for (int i = 0; i < 200; i++) {
                wire.send(1, IPV4);
                assertThat(wire.port.receive(frames, 0, 1, 0)).isEqualTo(1);
                assertThat(bitsSet(frames[0], 0, 14)).isEqualTo(bitsSet(IPV4));
                assertThat(bitsSet(frames[0], 14, LENGTH)).isEqualTo(1);
                wire.port.release(frames[0]);
            }
            assertThat(wire.port.received().corrupted()).isEqualTo(200);
        }
    }

    @Test
    void shouldLeaveArpWhole() {
        try (Wire wire = new Wire(Faults.builder().corruption(1).build(), Faults.NONE, 3)) {
            wire.send(1, ARP);
            assertThat(wire.port.receive(frames, 0, 1, 0)).isEqualTo(1);
            assertThat(bitsSet(frames[0], 0, LENGTH)).isEqualTo(bitsSet(ARP));
            assertThat(wire.port.received().corrupted()).isZero();
        }
    }

    @Test
    void shouldDelayByAConstant() {
        try (Wire wire = new Wire(Faults.builder().delay(500).build(), Faults.NONE, 3)) {
            wire.send(5, IPV4);
            assertThat(wire.receive(100)).isEmpty();
            assertThat(wire.port.nextDeadlineNs()).isEqualTo(600);
            assertThat(wire.receive(599)).isEmpty();
            assertThat(wire.receive(600)).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void shouldKeepOrderUnderJitter() {
        try (Wire wire = new Wire(Faults.builder().delay(10).jitter(1_000).build(), Faults.NONE, 3)) {
            wire.send(100, IPV4);
            assertThat(wire.receive(0)).isEmpty();
            assertThat(wire.port.nextDeadlineNs()).isBetween(10L, 1_010L);
            assertThat(wire.receive(1_010)).hasSize(100).isSorted();
        }
    }

    @Test
    void shouldServeFramesAtTheBottlenecksRate() {
        // 100 bytes at 8 Gbit/s take 100 ns.
        try (Wire wire = new Wire(Faults.builder().bottleneck(8_000_000_000L, 1_000).build(), Faults.NONE, 3)) {
            wire.send(12, IPV4);
            assertThat(wire.receive(0)).isEmpty();
            assertThat(wire.port.received().overflowed()).as("the queue holds ten").isEqualTo(2);
            assertThat(wire.receive(99)).isEmpty();
            assertThat(wire.receive(100)).containsExactly(0);
            assertThat(wire.receive(450)).containsExactly(1, 2, 3);
            assertThat(wire.receive(1_000)).hasSize(6);
        }
    }

    @Test
    void shouldHurtTransmittedFramesToo() {
        final Faults faults = Faults.builder().loss(0.5).delay(100).build();
        try (Wire wire = new Wire(Faults.NONE, faults, 3)) {
            assertThat(wire.transmit(20, 0)).isEqualTo(20);
            assertThat(wire.port.transmitted().lost()).isBetween(3L, 17L);
            assertThat(wire.port.nextDeadlineNs()).isEqualTo(100);
            assertThat(wire.far.receive(frames, 0, 32, 0)).isZero();
            wire.port.receive(frames, 0, 32, 100);
            assertThat(wire.far.receive(frames, 0, 32, 0))
                    .isEqualTo(20 - (int) wire.port.transmitted().lost());
            assertThat(wire.port.received().frames()).isZero();
        }
    }

    @Test
    void shouldTakeNoMoreWhileTheWrappedPortIsFull() {
        try (Wire wire = new Wire(Faults.NONE, Faults.builder().duplication(1).build(), 3)) {
            assertThat(wire.transmit(Wire.QUEUE, 0)).isEqualTo(Wire.QUEUE);
            assertThat(wire.transmit(1, 9)).isZero();
            assertThat(wire.port.nextDeadlineNs()).isEqualTo(9);
            assertThat(wire.far.receive(frames, 0, Wire.QUEUE, 0)).isEqualTo(Wire.QUEUE);
            assertThat(wire.transmit(1, 9)).isEqualTo(1);
        }
    }

    @Test
    void shouldOfferNoOffloadsWhereItHasFaults() {
        final Faults some = Faults.builder().loss(0.1).build();
        try (MemoryLink link = MemoryLink.builder().offloads(true).build()) {
            final PacketPort port = link.side(0).queue(0);
            assertThat(new FaultInjectionPort(port, Faults.NONE, Faults.NONE, 1).capabilities())
                    .isEqualTo(port.capabilities());
            assertThat(new FaultInjectionPort(port, Faults.NONE, some, 1).capabilities())
                    .isEqualTo(port.capabilities().withoutOffloads());
        }
    }

    @Test
    void shouldCompleteAPartialChecksum() {
        try (MemoryLink link = MemoryLink.builder().offloads(true).build()) {
            final PacketPort far = link.side(1).queue(0);
            frames[0] = far.acquire();
            Frame.length(frames[0], 14 + 7);
            Memory.zero(Frame.data(frames[0]), 21);
            Memory.putShortBE(Frame.data(frames[0]) + 14, 0x1234);
            Memory.putShortBE(Frame.data(frames[0]) + 16, 0xF000);
            Memory.putByte(Frame.data(frames[0]) + 20, 0x80);
            Frame.flags(frames[0], Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frames[0], 14, 4);
            far.transmit(frames, 0, 1, 0);
            final Faults some = Faults.builder().loss(Double.MIN_VALUE).build();
            final PacketPort port = new FaultInjectionPort(link.side(0).queue(0), some, Faults.NONE, 1);
            assertThat(port.receive(frames, 0, 1, 0)).isEqualTo(1);
            assertThat(Frame.flags(frames[0])).isZero();
            // 0x1234 + 0xF000 + 0x8000 = 0x18234, folded 0x8235, inverted 0x7DCA.
            assertThat(Memory.getShortBE(Frame.data(frames[0]) + 18)).isEqualTo(0x7DCA);
        }
    }

    @Test
    void shouldReturnHeldFramesOnClose() {
        final Faults slow = Faults.builder().delay(1_000).build();
        try (Wire wire = new Wire(slow, slow, 3)) {
            wire.send(5, IPV4);
            assertThat(wire.receive(0)).isEmpty();
            assertThat(wire.transmit(5, 0)).isEqualTo(5);
            wire.port.close();
            wire.port.close();
            int home = 0;
            while (wire.far.acquire() != 0) {
                home++;
            }
            assertThat(home).isEqualTo(Wire.FRAMES);
        }
    }

    @Test
    void shouldRefuseWhatIsNoProbability() {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Faults.builder().loss(1.5))
                .withMessage("loss 1.5, must be 0 to 1");
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Faults.builder().loss(Double.NaN));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Faults.builder().delay(-1));
    }

    private static List<Integer> run(final Faults faults, final long seed) {
        try (Wire wire = new Wire(faults, Faults.NONE, seed)) {
            wire.send(COUNT, IPV4);
            final List<Integer> received = wire.receive(0);
            received.addAll(wire.receive(1_000));
            return received;
        }
    }

    private static int bitsSet(final long frame, final int from, final int to) {
        int bits = 0;
        for (int i = from; i < to; i++) {
            bits += bitsSet(Memory.getUnsignedByte(Frame.data(frame) + i));
        }
        return bits;
    }

    private static int bitsSet(final int value) {
        return Integer.bitCount(value);
    }

    /** A faulty port and the other end of its link. */
    static final class Wire implements AutoCloseable {
        static final int FRAMES = 16_384;
        static final int QUEUE = 4_096;

        private final MemoryLink link = MemoryLink.builder().framesPerSide(FRAMES).queueLength(QUEUE).build();
        final PacketPort far = link.side(1).queue(0);
        final FaultInjectionPort port;
        private final long[] one = new long[1];

        Wire(final Faults receive, final Faults transmit, final long seed) {
            port = new FaultInjectionPort(link.side(0).queue(0), receive, transmit, seed);
        }

        /** The far end sends numbered frames, all zero but for their type and, where more than one, their number. */
        void send(final int count, final int type) {
            for (int i = 0; i < count; i++) {
                send(i, type, LENGTH);
            }
        }

        private void send(final int number, final int type, final int length) {
            one[0] = numbered(far, number, type);
            Frame.length(one[0], length);
            assertThat(far.transmit(one, 0, 1, 0)).isEqualTo(1);
        }

        int transmit(final int count, final long nowNs) {
            final long[] burst = new long[count];
            for (int i = 0; i < count; i++) {
                burst[i] = numbered(port, i, IPV4);
            }
            return port.transmit(burst, 0, count, nowNs);
        }

        /** Numbers of all frames that are there at the time. */
        List<Integer> receive(final long nowNs) {
            final List<Integer> numbers = new ArrayList<>();
            for (int polls = 0; polls < COUNT; polls++) {
                numbers.addAll(poll(nowNs));
            }
            return numbers;
        }

        private List<Integer> poll(final long nowNs) {
            final List<Integer> numbers = new ArrayList<>();
            final long[] burst = new long[32];
            final int count = port.receive(burst, 0, burst.length, nowNs);
            for (int i = 0; i < count; i++) {
                numbers.add(Memory.getInt(Frame.data(burst[i]) + 20));
                port.release(burst[i]);
            }
            return numbers;
        }

        private static long numbered(final PacketPort from, final int number, final int type) {
            final long frame = from.acquire();
            assertThat(frame).as("a frame of the pool").isNotZero();
            Memory.zero(Frame.data(frame), LENGTH);
            Memory.putShortBE(Frame.data(frame) + 12, type);
            Memory.putInt(Frame.data(frame) + 20, number);
            Frame.length(frame, LENGTH);
            return frame;
        }

        @Override
        public void close() {
            port.close();
            link.close();
        }
    }
}
