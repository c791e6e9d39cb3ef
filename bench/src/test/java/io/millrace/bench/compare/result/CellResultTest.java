package io.millrace.bench.compare.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class CellResultTest {
    private static final long SECOND = 1_000_000_000;

    private static CellResult result(final int rate, final Sample... samples) {
        return new CellResult(new Cell(rate == 0 ? Workload.PING_PONG_64 : Workload.OPEN_LOOP, Placement.PROCESSES,
                Contender.EPOLL, rate), List.of(samples), 0, false, null, false);
    }

    /** A round whose messages take {@code ns}, but for some that take a millisecond. */
    private static Sample round(final long ns, final long messages, final long slow) {
        final Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(ns, messages - slow);
        histogram.recordValueWithCount(1_000_000, slow);
        return new Sample(SECOND, messages, 0, histogram, 0, -1, 0, 0, 0);
    }

    @Test
    void shouldTakeTheMiddleByTheRoundAndTheTailOfAllRoundsTogether() {
        // slow in one round only: a median of three would know nothing of it
        final CellResult result = result(0, round(1_000, 1_000, 0), round(2_000, 1_000, 0), round(3_000, 1_000, 31));

        assertThat(result.latencyNs(50)).isEqualTo(2_000, within(2.0));
        assertThat(result.latencyNs(90)).isEqualTo(2_000, within(2.0));
        assertThat(result.latencyNs(99)).isEqualTo(1_000_000, within(1_000.0));
    }

    @Test
    void shouldTellNoTailOfTooFewMessages() {
        assertThat(result(0, round(1_000, 500, 0), round(1_000, 500, 0)).latencyNs(99)).isPositive();
        assertThat(result(0, round(1_000, 500, 0), round(1_000, 499, 0)).latencyNs(99)).isNaN();
        assertThat(result(0, round(1_000, 50_000, 0), round(1_000, 50_000, 0)).latencyNs(99.99)).isPositive();
        assertThat(result(0, round(1_000, 50_000, 0)).latencyNs(99.99)).isNaN();
        assertThat(result(0, new Sample(SECOND, 1, 1, null, 0, -1, 0, 0, 0)).latencyNs(99)).isNaN();
    }

    @Test
    void shouldCountRoundsOfAnOpenLoopThatDidNotKeepUp() {
        assertThat(result(1_000, round(1, 990, 0), round(1, 989, 0), round(1, 500, 0)).roundsBelowRate()).isEqualTo(2);
        assertThat(result(0, round(1, 1, 0)).roundsBelowRate()).isZero();
    }
}
