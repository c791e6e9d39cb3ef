package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortGroup;
import io.millrace.fastpath.testing.QueuePort;
import java.util.List;
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
