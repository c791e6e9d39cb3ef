package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.testing.QueuePort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NeighbourTableTest {
    private static final int QUEUE = 4;

    private final QueuePort port = new QueuePort(1_500);
    private final EngineCounters counters = new EngineCounters();
    private final NeighbourTable table = new NeighbourTable(port, counters, 64, QUEUE, 42);

    @AfterEach
    void close() {
        table.clear();
        assertThat(port.available()).isEqualTo(port.frames());
        counters.close();
        port.close();
    }

    private long enqueue(final int neighbour) {
        final long frame = port.acquire();
        table.enqueue(table.find(0, 0, neighbour), frame);
        return frame;
    }

    private int held() {
        return port.frames() - port.available();
    }

    @Test
    void shouldDropTheOldestOfANeighbourThatHoldsTooMany() {
        enqueue(1);
        final long second = enqueue(1);
        for (int i = 2; i <= QUEUE; i++) {
            enqueue(1);
        }
        assertThat(held()).isEqualTo(QUEUE);
        assertThat(counters.get(Counter.NEIGHBOUR_QUEUE_FULL)).isEqualTo(1);
        final long first = table.resolved(table.find(0, 0, 1), 7);
        assertThat(first).isEqualTo(second);
        for (long frame = first; frame != 0;) {
            final long next = Frame.next(frame);
            port.release(frame);
            frame = next;
        }
    }

    @Test
    void shouldNotHoldMoreThanAFewQueuesForAllThatDoNotAnswer() {
        for (int neighbour = 1; neighbour <= 64; neighbour++) {
            for (int i = 0; i < QUEUE; i++) {
                enqueue(neighbour);
            }
        }
        assertThat(held()).isEqualTo(4 * QUEUE);
        assertThat(counters.get(Counter.NEIGHBOUR_QUEUE_FULL)).isEqualTo(60 * QUEUE);
    }

    @Test
    void shouldMakeRoomInTheOwnQueueWhereAllAreFull() {
        for (int neighbour = 1; neighbour <= 4; neighbour++) {
            for (int i = 0; i < QUEUE; i++) {
                enqueue(neighbour);
            }
        }
        enqueue(2);
        enqueue(5);
        assertThat(held()).isEqualTo(4 * QUEUE);
        for (long frame = table.forget(table.find(0, 0, 1)); frame != 0;) {
            final long next = Frame.next(frame);
            port.release(frame);
            frame = next;
        }
        enqueue(5);
        assertThat(held()).isEqualTo(3 * QUEUE + 1);
    }
}
