package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each congestion control over a {@link BottleneckModel} of 100 Mbit/s and 40 ms. */
class ControlOnPathTest {
    private static final long RATE = 12_500_000;
    private static final long RTT_NS = 40_000_000;
    private static final int BDP = 500_000;

    private static BottleneckModel path(final String control, final int buffer) {
        return new BottleneckModel(control, RATE, RTT_NS, buffer);
    }

    @ParameterizedTest
    @CsvSource({"newreno, 0.98", "cubic, 0.98", "bbr, 0.95"})
    void shouldFillThePathWithABufferOfItsProduct(final String control, final double least) {
        try (BottleneckModel model = path(control, BDP)) {
            model.run(5);
            assertThat(model.run(30)).isGreaterThan(least);
        }
    }

    @ParameterizedTest
    @CsvSource({"newreno, 0.75", "cubic, 0.8", "bbr, 0.9"})
    void shouldUseMostOfThePathWithATenthOfThat(final String control, final double least) {
        try (BottleneckModel model = path(control, BDP / 10)) {
            model.run(5);
            assertThat(model.run(30)).isGreaterThan(least);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"newreno", "cubic", "bbr"})
    void shouldStartWithinASecond(final String control) {
        try (BottleneckModel model = path(control, BDP)) {
            model.run(1);
            assertThat(model.run(1)).isGreaterThan(0.7);
        }
    }

    @ParameterizedTest
    @CsvSource({"newreno, 0.9", "cubic, 0.9", "bbr, 0.9"})
    void shouldUseBandwidthThatIsThereAtOnce(final String control, final double least) {
        try (BottleneckModel model = path(control, 2 * BDP)) {
            model.run(10);
            model.rate(2 * RATE);
            model.run(5);
            assertThat(model.run(5)).isGreaterThan(least);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"newreno", "cubic", "bbr"})
    void shouldGiveWayToBandwidthThatIsGone(final String control) {
        try (BottleneckModel model = path(control, BDP)) {
            model.run(10);
            model.rate(RATE / 4);
            model.run(10);
            final long before = model.drops();
            final double used = model.run(10);
            assertThat(used).isGreaterThan(0.9);
            final double sent = used * 10 * RATE / 4 / ModelSender.MSS;
            assertThat((model.drops() - before) / sent).as("part lost").isLessThan(0.03);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"newreno", "cubic", "bbr"})
    void shouldSurviveAnOutage(final String control) {
        try (BottleneckModel model = path(control, BDP)) {
            model.run(5);
            model.loss(1);
            assertThat(model.run(3)).isLessThan(0.05);
            model.loss(0);
            model.run(5);
            assertThat(model.run(10)).isGreaterThan(0.9);
        }
    }

    @ParameterizedTest
    @CsvSource({"newreno, 0.1", "cubic, 0.1", "bbr, 0.8"})
    void shouldBearOneLossInAThousand(final String control, final double least) {
        try (BottleneckModel model = path(control, BDP)) {
            model.loss(0.001);
            model.run(5);
            assertThat(model.run(30)).isGreaterThan(least);
        }
    }

    @ParameterizedTest
    @CsvSource({"newreno, 1000, 3000", "cubic, 0, 700", "bbr, 0, 0"})
    void shouldNotLoseAllThatItSendsTooMuchAtTheStart(final String control, final long least, final long most) {
        try (BottleneckModel model = path(control, 4 * BDP)) {
            model.run(3);
            assertThat(model.drops()).as("lost: HyStart++ grows slowly once it is warned, BBR stops").isBetween(least,
                    most);
        }
    }

    /** The second comes five seconds later; 20 ms and a buffer of half the product. */
    @ParameterizedTest
    @CsvSource({"newreno, newreno, 0.4", "cubic, cubic, 0.4", "bbr, bbr, 0.4", "cubic, newreno, 0.4",
            "newreno, cubic, 0.35", "cubic, bbr, 0.3", "bbr, cubic, 0.3", "bbr, newreno, 0.15"})
    void shouldShareThePath(final String first, final String second, final double least) {
        try (BottleneckModel model = new BottleneckModel(first, RATE, RTT_NS / 2, BDP / 4)) {
            model.run(5);
            final ModelSender other = model.join(second);
            model.run(25);
            final long before = other.delivered();
            final double used = model.run(60);
            assertThat(used).isGreaterThan(0.95);
            assertThat((other.delivered() - before) / (used * 60 * RATE)).isBetween(least, 1 - least);
        }
    }
}
