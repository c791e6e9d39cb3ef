package io.millrace.nativeports.threads;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CrowdingTest {
    private final Crowding crowding = new Crowding();

    private boolean look(final long switches) {
        return crowding.onLook(switches, Crowding.LOOK_NS);
    }

    /** @return looks until it goes, which the last of them says. */
    private int looksUntilItGoes() {
        int looks = 1;
        while (!look(Crowding.CROWDED)) {
            looks++;
        }
        return looks;
    }

    @Test
    void shouldStayWhileOthersTakeTimeSlicesOnly() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(look(Crowding.CROWDED - 1)).isFalse();
        }
    }

    @Test
    void shouldGoAtTheFirstLookThatFindsItCrowded() {
        assertThat(look(Crowding.CROWDED)).isTrue();
    }

    @Test
    void shouldCountByTime() {
        assertThat(crowding.onLook(2 * Crowding.CROWDED - 1, 2 * Crowding.LOOK_NS)).isFalse();
        assertThat(crowding.onLook(2 * Crowding.CROWDED, 2 * Crowding.LOOK_NS)).isTrue();
    }

    @Test
    void shouldGoLessOftenWhereGoingIsOfNoUse() {
        look(Crowding.CROWDED);
        for (int pause = Crowding.PAUSE; pause < Crowding.LONGEST_PAUSE; pause *= 2) {
            assertThat(looksUntilItGoes()).isEqualTo(pause);
        }
        assertThat(looksUntilItGoes()).isEqualTo(Crowding.LONGEST_PAUSE);
        assertThat(looksUntilItGoes()).isEqualTo(Crowding.LONGEST_PAUSE);
    }

    @Test
    void shouldGoSoonAgainWhereItHadTheCpuForItselfMeanwhile() {
        for (int i = 0; i < 10; i++) {
            looksUntilItGoes();
        }
        for (int i = 0; i < 10; i++) {
            assertThat(look(0)).isFalse();
            assertThat(looksUntilItGoes()).isLessThan(Crowding.PAUSE);
            assertThat(look(Crowding.CROWDED)).as("at once again").isFalse();
        }
    }
}
