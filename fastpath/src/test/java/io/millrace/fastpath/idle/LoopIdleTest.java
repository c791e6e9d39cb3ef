package io.millrace.fastpath.idle;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.api.Test;

/** What a loop that spins looks at between two turns. */
class LoopIdleTest {
    private final LoopIdle idle = Idling.by(BusySpinIdleStrategy::new).newLoop();
    private final Looked source = new Looked();

    LoopIdleTest() {
        idle.begin();
        idle.start(source);
        idle.onTurn();
    }

    @Test
    void shouldLookSeveralTimesAndThenLetTheLoopGoRound() {
        assertThat(idle.isPolling()).isTrue();
        assertThat(idle.poll()).isFalse();
        assertThat(source.looks).isBetween(2, 100);
    }

    @Test
    void shouldStopLookingWhereSomethingMayHaveCome() {
        source.from = 3;
        assertThat(idle.poll()).isTrue();
        assertThat(source.looks).isEqualTo(3);
    }

    @Test
    void shouldStopLookingWhereSomebodyCalls() {
        source.calls = 2;
        assertThat(idle.poll()).isFalse();
        assertThat(source.looks).isEqualTo(2);
        assertThat(idle.poll()).as("until the next turn").isFalse();
        assertThat(source.looks).isEqualTo(2);
        idle.onTurn();
        assertThat(idle.poll()).isFalse();
        assertThat(source.looks).isGreaterThan(3);
    }

    @Test
    void shouldNotLookWhereItDrivesNothing() {
        idle.stop();
        assertThat(idle.poll()).isFalse();
        assertThat(source.looks).isZero();
    }

    @Test
    void shouldNotPollByAStrategyThatParks() {
        assertThat(Idling.by(() -> new BackoffIdleStrategy(1, 1, 1, 1)).newLoop().isPolling()).isFalse();
    }

    private final class Looked extends StandInSource {
        int looks;
        /** The look that finds something. */
        int from = Integer.MAX_VALUE;
        /** The look during which somebody wakes the loop. */
        int calls = Integer.MAX_VALUE;

        @Override
        public boolean mayReceive() {
            looks++;
            if (looks == calls) {
                idle.wakeup();
            }
            return looks >= from;
        }
    }
}
