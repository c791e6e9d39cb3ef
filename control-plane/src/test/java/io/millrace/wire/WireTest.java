package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two memory links joined by a wire, in virtual time. */
class WireTest {
    private static final int LENGTH = 1_000;
    private static final int BURST = 64;
    private static final long MS = 1_000_000;
    private static final long SEED = 20_261_126;
    /** 8,000 bits in a millisecond. */
    private static final long FRAME_A_MS = 8_000_000;

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final MemoryLink leftLink = MemoryLink.builder().build();
    private final MemoryLink rightLink = MemoryLink.builder().build();
    private final PacketPort left = leftLink.side(0).queue(0);
    private final PacketPort right = rightLink.side(0).queue(0);
    private final long[] frames = new long[BURST];
    private Wire wire;

    @AfterEach
    void shouldLeaveNothingBehind() {
        if (wire != null) {
            wire.close();
        }
        leftLink.close();
        rightLink.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldForwardBothWaysAtOnce() {
        join(Faults.NONE, Faults.NONE);
        send(left, 1);
        send(right, 2);
        send(right, 3);
        assertThat(wire.turn(0)).isEqualTo(3);
        assertThat(receive(right)).containsExactly(1);
        assertThat(receive(left)).containsExactly(2, 3);
        assertThat(wire.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(wire.leftToRight().bytes()).isEqualTo(LENGTH);
        assertThat(wire.rightToLeft().bytes()).isEqualTo(2 * LENGTH);
    }

    @Test
    void shouldDelayEachDirectionByItsOwnTimeToTheNanosecond() {
        join(Faults.builder().delay(10 * MS).build(), Faults.builder().delay(3 * MS).build());
        send(left, 1);
        send(right, 2);
        wire.turn(0);
        assertThat(wire.nextDeadlineNs()).isEqualTo(3 * MS);
        wire.turn(3 * MS - 1);
        assertThat(receive(left)).isEmpty();
        wire.turn(3 * MS);
        assertThat(receive(left)).containsExactly(2);
        assertThat(wire.nextDeadlineNs()).isEqualTo(10 * MS);
        wire.turn(10 * MS - 1);
        assertThat(receive(right)).isEmpty();
        wire.turn(10 * MS);
        assertThat(receive(right)).containsExactly(1);
        assertThat(wire.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldNeedTheFramesOfTheSenderNoLongerThanATurn() {
        join(Faults.builder().delay(10 * MS).build(), Faults.NONE);
        for (int i = 0; i < BURST; i++) {
            send(left, i);
        }
        wire.turn(0);
        // Every frame of the sender's pool can be had, though 64 are under way.
        for (int i = 0; i < 1_024; i++) {
            assertThat(left.acquire()).isNotZero();
        }
    }

    @Test
    void shouldPassABottleneckOneFrameAfterAnother() {
        join(Faults.builder().bottleneck(FRAME_A_MS, 3 * LENGTH).build(), Faults.NONE);
        for (int i = 0; i < 5; i++) {
            send(left, i);
        }
        for (int ms = 0; ms < 3; ms++) {
            wire.turn(ms * MS);
            assertThat(wire.nextDeadlineNs()).isEqualTo((ms + 1) * MS);
            assertThat(receive(right)).hasSize(Math.min(ms, 1));
        }
        wire.turn(3 * MS);
        assertThat(receive(right)).containsExactly(2);
        assertThat(wire.leftToRight().faults().overflowed()).isEqualTo(2);
    }

    @Test
    void shouldLoseTheSameFramesFromTheSameSeed() {
        join(Faults.builder().loss(0.2).build(), Faults.builder().loss(0.2).build());
        final List<Integer> first = survivors(wire, left, right);
        final List<Integer> back = survivors(wire, right, left);
        assertThat(wire.leftToRight().faults().lost()).isEqualTo(1_000 - first.size()).isBetween(150L, 250L);
        try (MemoryLink otherLeft = MemoryLink.builder().build();
                MemoryLink otherRight = MemoryLink.builder().build();
                Wire other = new Wire(otherLeft.side(1).queue(0), otherRight.side(1).queue(0),
                        Faults.builder().loss(0.2).build(), Faults.NONE, SEED)) {
            assertThat(survivors(other, otherLeft.side(0).queue(0), otherRight.side(0).queue(0))).isEqualTo(first)
                    .isNotEqualTo(back);
        }
    }

    @Test
    void shouldDropAndCountWhatItHasNoFrameFor() {
        join(Faults.builder().delay(MS).build(), Faults.NONE);
        for (int i = 0; i < 1_100; i++) {
            send(left, i);
            wire.turn(0);
        }
        assertThat(wire.leftToRight().notForwarded()).isEqualTo(1_100 - 1_024);
        assertThat(wire.leftToRight().toString()).contains("1,100 frames", "1,100,000 bytes", "76 not forwarded");
    }

    @Test
    void shouldRefuseVirtualSegmentsAndPortsOfAnotherKind() {
        try (MemoryLink offloads = MemoryLink.builder().offloads(true).build();
                MemoryLink plain = MemoryLink.builder().ethernet(false).build()) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new Wire(offloads.side(0).queue(0), left, Faults.NONE, Faults.NONE, SEED))
                    .withMessageContaining("without offloads");
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new Wire(plain.side(0).queue(0), left, Faults.NONE, Faults.NONE, SEED))
                    .withMessageContaining("link layer");
        }
    }

    @Test
    void shouldAllocateNothingForAFrame() {
        join(Faults.builder().delay(MS).jitter(1_000).reordering(0.1, MS).duplication(0.01).loss(0.01)
                .bottleneck(1_000_000_000, 1 << 20).build(), Faults.NONE);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().threadId();
        pass(1_000, 0);
        final long before = threads.getThreadAllocatedBytes(thread);
        pass(20_000, 1_000);
        // Reading the counter itself allocates a little.
        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(4_096);
    }

    private void pass(final int count, final int from) {
        for (int i = 0; i < count; i++) {
            send(left, i);
            wire.turn((from + i) * 100_000L);
            final int there = right.receive(frames, 0, BURST, 0);
            for (int j = 0; j < there; j++) {
                right.release(frames[j]);
            }
        }
    }

    private List<Integer> survivors(final Wire through, final PacketPort from, final PacketPort to) {
        final List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            send(from, i);
            through.turn(0);
            arrived.addAll(receive(to));
        }
        return arrived;
    }

    private void join(final Faults leftToRight, final Faults rightToLeft) {
        wire = new Wire(leftLink.side(1).queue(0), rightLink.side(1).queue(0), leftToRight, rightToLeft, SEED);
    }

    private void send(final PacketPort port, final int number) {
        final long frame = port.acquire();
        Frame.length(frame, LENGTH);
        Memory.putInt(Frame.data(frame), number);
        Memory.putInt(Frame.data(frame) + LENGTH - Integer.BYTES, number);
        frames[0] = frame;
        if (port.transmit(frames, 0, 1, 0) != 1) {
            throw new AssertionError("the link is full");
        }
    }

    private List<Integer> receive(final PacketPort port) {
        final List<Integer> numbers = new ArrayList<>();
        final int count = port.receive(frames, 0, BURST, 0);
        for (int i = 0; i < count; i++) {
            assertThat(Frame.length(frames[i])).isEqualTo(LENGTH);
            final int number = Memory.getInt(Frame.data(frames[i]));
            assertThat(Memory.getInt(Frame.data(frames[i]) + LENGTH - Integer.BYTES)).isEqualTo(number);
            numbers.add(number);
            port.release(frames[i]);
        }
        return numbers;
    }
}
