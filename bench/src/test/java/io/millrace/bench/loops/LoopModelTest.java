package io.millrace.bench.loops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopModelTest {
    private static final long SEGMENT_NS = 1_000;
    private static final long ROUND_TRIP_NS = 50_000;

    private static LoopModel.Outcome run(final int engines, final int flows) {
        return new LoopModel(engines, flows, SEGMENT_NS, ROUND_TRIP_NS, 1).run();
    }

    @Test
    void shouldDoOneSegmentAfterTheOtherOnOneEngine() {
        assertThat(run(1, 1_000).perSecond()).isBetween(0.99e6, 1e6);
        assertThat(run(1, 1).perSecond()).isBetween(0.98 * 1e9 / (SEGMENT_NS + ROUND_TRIP_NS),
                1.02 * 1e9 / (SEGMENT_NS + ROUND_TRIP_NS));
    }

    /** 51 flows keep an engine busy; with some hundred of each the hash leaves none idle. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8, 16, 32, 48, 64})
    void shouldGrowWithTheEnginesWhereThereAreFlowsEnough(final int engines) {
        assertThat(run(engines, 20_000).perSecond()).isGreaterThan(0.98 * engines * run(1, 20_000).perSecond());
    }

    @Test
    void shouldShowThatFewFlowsLeaveEnginesIdle() {
        assertThat(run(64, 1_000).perSecond()).isLessThan(0.5 * 64 * run(1, 1_000).perSecond());
    }

    @Test
    void shouldComeToTheSameWithTheSameSeed() {
        assertThat(run(8, 500)).isEqualTo(run(8, 500));
    }

    @Test
    void shouldPrintATable() {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        LoopScaling.print(new PrintStream(out, true, StandardCharsets.UTF_8), 20_000, ROUND_TRIP_NS);
        assertThat(out.toString(StandardCharsets.UTF_8).lines().filter(line -> line.startsWith("| "))).hasSize(28);
    }
}
