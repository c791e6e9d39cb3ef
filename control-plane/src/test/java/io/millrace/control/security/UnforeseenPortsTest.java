package io.millrace.control.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnforeseenPortsTest {
    private static final int RANGE = 100;
    private static final int DRAWS = 2_000;

    private static int[] draw(final long seed) {
        final UnforeseenPorts ports = new UnforeseenPorts(Secret.ofSeed(seed));
        return IntStream.generate(() -> ports.applyAsInt(RANGE)).limit(DRAWS).toArray();
    }

    @Test
    void shouldReachEveryPortOfARange() {
        final BitSet reached = new BitSet();
        for (final int port : draw(1)) {
            assertThat(port).isBetween(0, RANGE - 1);
            reached.set(port);
        }
        assertThat(reached.cardinality()).isEqualTo(RANGE);
    }

    @Test
    void shouldRepeatItselfWithTheSameSecretAlone() {
        assertThat(draw(1)).isEqualTo(draw(1)).isNotEqualTo(draw(2));
    }

    /** Who has seen a port knows nothing of the next: steps are as various as the range. */
    @Test
    void shouldNotGoInSteps() {
        final int[] drawn = draw(3);
        final BitSet steps = new BitSet();
        for (int i = 1; i < drawn.length; i++) {
            steps.set(Math.floorMod(drawn[i] - drawn[i - 1], RANGE));
        }
        assertThat(steps.cardinality()).isEqualTo(RANGE);
    }
}
