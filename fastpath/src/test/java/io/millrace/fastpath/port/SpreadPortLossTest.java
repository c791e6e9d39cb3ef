package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a device lost is asked of its port by who holds the queue alone: the answer takes memory that others use meanwhile. */
class SpreadPortLossTest {
    private final MemoryLink link = MemoryLink.builder().framesPerSide(16).build();
    private long lost;
    private int asked;
    private final SharedQueue queue = new SharedQueue(0, new PortFilter(link.side(0).queue(0)) {
        @Override
        public long dropped() {
            asked++;
            return lost;
        }

        @Override
        public long synsDropped() {
            asked++;
            return lost;
        }
    }, new FlowReader(RssPlacement.spread(RssKey.EXAMPLE, 2), true), 2, 16);
    private final SpreadPort first = new SpreadPort(new SharedQueue[]{queue}, 0, 2);
    private final SpreadPort second = new SpreadPort(new SharedQueue[]{queue}, 1, 2);

    @AfterEach
    void close() {
        first.close();
        second.close();
        link.close();
    }

    @Test
    void shouldAskNobodyWhileAnotherHoldsTheQueue() {
        lost = 3;
        assertThat(first.dropped()).isEqualTo(3);
        assertThat(first.synsDropped()).isEqualTo(3);
        lost = 5;
        asked = 0;
        queue.hold();
        assertThat(first.dropped()).as("as last seen").isEqualTo(3);
        assertThat(first.synsDropped()).isEqualTo(3);
        assertThat(asked).isZero();
        queue.letGo();
        assertThat(first.dropped()).isEqualTo(5);
        assertThat(first.synsDropped()).isEqualTo(5);
        assertThat(second.dropped()).as("counted once").isZero();
        assertThat(second.synsDropped()).isZero();
    }
}
