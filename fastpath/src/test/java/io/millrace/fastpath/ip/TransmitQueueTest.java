package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.testing.QueuePort;
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
}
