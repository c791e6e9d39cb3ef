package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortGroup;
import io.millrace.fastpath.testing.QueuePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue of frames that wait for the port, or for the stack itself, is bounded. */
class TransmitQueueTest {
    private static final int CAPACITY = 256;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDropAndCountWhatFindsNoPlace(final boolean local) {
        try (QueuePort port = new QueuePort(1_500); EngineCounters counters = new EngineCounters()) {
            final TransmitQueue queue = new TransmitQueue(port, counters, 64, CAPACITY);
            for (int i = 0; i < CAPACITY + 3; i++) {
                final long frame = port.acquire();
                if (local) {
                    queue.addLocal(frame);
                } else {
                    queue.add(frame);
                }
            }
            assertThat(queue.hasRoom(0)).isFalse();
            assertThat(counters.get(Counter.TRANSMIT_QUEUE_FULL)).isEqualTo(3);
            queue.clear();
            assertThat(port.available()).as("frames that are given back").isEqualTo(port.frames());
        }
    }

    @Test
    void shouldCountTheBytesThatThePortTook() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(128).queueLength(32).build();
                EngineCounters counters = new EngineCounters()) {
            final PacketPort port = link.side(0).queue(0);
            final TransmitQueue queue = new TransmitQueue(port, counters, 16, CAPACITY);
            final Random random = new Random(5);
            final List<Integer> lengths = new ArrayList<>();
            int taken = 0;
            for (int turn = 0; turn < 500; turn++) {
                for (int i = random.nextInt(40); i > 0; i--) {
                    final long frame = port.acquire();
                    if (frame != 0) {
                        Frame.length(frame, 14 + random.nextInt(1_000));
                        lengths.add(Frame.length(frame));
                        queue.add(frame);
                    }
                }
                taken += queue.flush(turn);
                assertThat(counters.get(Counter.FRAMES_TRANSMITTED)).isEqualTo(taken);
                assertThat(counters.get(Counter.BYTES_TRANSMITTED))
                        .isEqualTo(lengths.stream().limit(taken).mapToLong(Integer::longValue).sum());
                receiveSome(link.side(1).queue(0), random.nextInt(40));
            }
            assertThat(counters.get(Counter.TRANSMIT_PORT_FULL)).isPositive();
            assertThat(taken).isLessThan(lengths.size());
        }
    }

    private static void receiveSome(final PacketPort port, final int most) {
        final long[] frames = new long[most];
        final int count = port.receive(frames, 0, most, 0);
        for (int i = 0; i < count; i++) {
            port.release(frames[i]);
        }
    }

    @Test
    void shouldHaveRoomForOneLinkWhereThatOfAnotherIsUsedUp() {
        try (MemoryLink first = MemoryLink.builder().build();
                MemoryLink second = MemoryLink.builder().build();
                PortGroup group = new PortGroup(List.of(first.side(0), second.side(0)));
                EngineCounters counters = new EngineCounters()) {
            final PacketPort port = group.queue(0);
            final TransmitQueue queue = new TransmitQueue(port, counters, 64, CAPACITY);
            for (int link = 0; link < 2; link++) {
                for (int i = 0; i < CAPACITY; i++) {
                    queue.add(port.acquire(link));
                }
                assertThat(queue.hasRoom(link)).isFalse();
                assertThat(queue.hasRoom(1 - link)).isTrue();
                queue.clear();
                assertThat(queue.isEmpty()).isTrue();
            }
            assertThat(counters.get(Counter.TRANSMIT_QUEUE_FULL)).isZero();
        }
    }
}
