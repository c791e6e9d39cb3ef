package io.millrace.fastpath.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * As many seeds as {@code -Dmillrace.test.seeds=N} says, from {@code -Dmillrace.test.from=M} on. Goes on after a
 * failure, up to a few of them; all are named in the end.
 */
class SoakTest {
    private static final int MOST_FAILURES = 10;
    private static final long REPORT_NS = TimeUnit.SECONDS.toNanos(60);

    @Test
    @EnabledIfSystemProperty(named = Seeds.COUNT, matches = "\\d+", disabledReason = "runs for as long as it is told")
    void shouldHoldForManySeeds() {
        final long from = Long.getLong(Seeds.FROM, 0);
        final long to = from + Long.getLong(Seeds.COUNT, 0);
        final List<String> failures = new ArrayList<>();
        final Tally tally = new Tally();
        long reportedNs = System.nanoTime();
        for (long seed = from; seed < to && failures.size() < MOST_FAILURES; seed++) {
            try {
                Seeds.run(seed, tally, Seeds.UNDISTURBED);
            } catch (final AssertionError e) {
                failures.add(e.getMessage());
                System.out.println(e.getMessage());
            }
            if (System.nanoTime() - reportedNs > REPORT_NS) {
                reportedNs = System.nanoTime();
                System.out.println("seeds " + from + " to " + seed + ": " + failures.size() + " failures");
            }
        }
        System.out.println(tally);
        assertThat(failures).as("failures of seeds %d to %d", from, to - 1).isEmpty();
    }
}
