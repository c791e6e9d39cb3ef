package io.millrace.bench.ratio;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.engine.JmhCase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** With benchmarks that take as long as they are told. */
class RatioCheckTest {
    private static final JmhCase ONE = new JmhCase("A.one", Map.of());
    private static final JmhCase OTHER = new JmhCase("A.other", Map.of("size", "7"));

    private final Deque<Double> ofOne = new ArrayDeque<>();
    private final StringWriter text = new StringWriter();
    private int open;
    private int opened;

    /** The other one always takes a nanosecond; what the one takes is the same in all rounds of a JVM. */
    private RatioMeter.Bench open(final JmhCase benchmark) {
        open++;
        opened++;
        final double ns = benchmark.equals(ONE) ? ofOne.remove() : 1;
        return new RatioMeter.Bench() {
            @Override
            public double nsPerOperation(final long forNs) {
                return ns;
            }

            @Override
            public void close() {
                open--;
            }
        };
    }

    private boolean check(final double... one) throws IOException {
        Arrays.stream(one).forEach(ofOne::add);
        final boolean holds = new RatioCheck(new RatioMeter(this::open), new PrintWriter(text))
                .holds(new RatioBaseline(List.of(new Ratio(ONE, OTHER, 2, 1.5, 3))));
        assertThat(open).isZero();
        return holds;
    }

    @Test
    void shouldNeedOnePairOfJvmsForARatioThatIsAsItShouldBe() throws IOException {
        assertThat(check(2.9)).isTrue();
        assertThat(opened).isEqualTo(2);
        assertThat(text.toString()).contains("2.90  usual 2.00, 1.50 to 3.00  A.one / A.other(size=7)",
                "1 of 1 ratios are within");
    }

    @Test
    void shouldAskOtherJvmsWhereOneIsOut() throws IOException {
        assertThat(check(9, 2, 2.5)).isTrue();
        assertThat(opened).isEqualTo(6);
        assertThat(text.toString()).contains("   2.50  usual");
    }

    @Test
    void shouldSayWhatStaysOut() throws IOException {
        assertThat(check(3.5, 2, 4)).isFalse();
        assertThat(text.toString()).contains("out    3.50",
                "A.one / A.other(size=7) is 3.50, and should be 1.50 to 3.00",
                "0 of 1 ratios are within");
    }
}
