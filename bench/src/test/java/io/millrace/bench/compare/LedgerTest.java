package io.millrace.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.Effort;
import io.millrace.bench.compare.run.Group;
import io.millrace.bench.compare.run.Plan;
import io.millrace.bench.compare.run.Schedule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Group FIRST = Group.of(Workload.PIPELINE_64, Placement.PROCESSES, 0,
            List.of(Contender.NIO, Contender.EPOLL));
    private static final Group SECOND = Group.of(Workload.CROWD, Placement.PROCESSES, 0, List.of(Contender.NIO));

    private final List<Object> told = new ArrayList<>();
    private final List<List<CellResult>> reports = new ArrayList<>();
    private final Ledger ledger = new Ledger(new Plan(List.of(FIRST, SECOND), new Effort(1, 1, 0, 1, 1, 0), 1),
            new Schedule.Progress() {
                @Override
                public void began(final int number, final Group group, final long leftNs) {
                    told.add(group);
                }

                @Override
                public void ended(final List<CellResult> results) {
                    told.add(results);
                }
            });

    private static List<CellResult> measured(final Group group) {
        return group.cells().stream().map(cell -> new CellResult(cell,
                List.of(new Sample(1, 1, 64, null, 0, -1, 0, 0, 0)), 0, false, null, false)).toList();
    }

    @Test
    void shouldReportWhatThereIsWhereARunIsInterruptedAndWhyThereIsNoMore() {
        ledger.began(1, FIRST, -1);
        ledger.ended(measured(FIRST));
        ledger.began(2, SECOND, 5);

        ledger.close(reports::add);

        assertThat(told).containsExactly(FIRST, measured(FIRST), SECOND);
        assertThat(reports).singleElement().satisfies(report -> {
            assertThat(report).extracting(CellResult::cell).containsExactly(FIRST.cells().getFirst(),
                    FIRST.cells().getLast(), SECOND.cells().getFirst());
            assertThat(report).extracting(CellResult::isMeasured).containsExactly(true, true, false);
            assertThat(report.getLast().skipped()).contains("interrupted");
            assertThat(report.getLast().failed()).isFalse();
        });
    }

    @Test
    void shouldReportOnce() {
        ledger.ended(measured(FIRST));
        ledger.ended(measured(SECOND));

        ledger.close(reports::add);
        ledger.close(reports::add);

        assertThat(reports).singleElement().satisfies(report -> assertThat(report).hasSize(3)
                .allMatch(CellResult::isMeasured));
    }
}
