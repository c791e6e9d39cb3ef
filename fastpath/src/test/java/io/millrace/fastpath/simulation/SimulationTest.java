package io.millrace.fastpath.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Five hundred seeds; {@code -Dmillrace.test.seed=N} replays one. */
class SimulationTest {
    private static final int SEEDS = 500;

    @Test
    void shouldDeliverEveryByteInOrderOrFailWithAReason() {
        assertThat(Seeds.run(0, SEEDS)).isPositive();
    }
}
