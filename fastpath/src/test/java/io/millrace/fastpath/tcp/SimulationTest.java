package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.StackSimulation;
import org.junit.jupiter.api.Test;

/** A thousand seeds; {@code -Dmillrace.test.seed=N} replays one. */
class SimulationTest {
    private static final int SEEDS = 1_000;
    private static final int LARGEST = 300_000;

    @Test
    void shouldDeliverEveryByteInOrderOrFailWithAReason() {
        final Long only = Long.getLong("millrace.test.seed");
        long bytes = 0;
        for (long seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            final StackSimulation simulation = new StackSimulation(seed, LARGEST);
            simulation.run();
            bytes += simulation.bytes();
        }
        assertThat(bytes).isPositive();
    }
}
