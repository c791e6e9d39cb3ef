package io.millrace.bench.compare.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Disturbance;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Effort EFFORT = new Effort(10, 2, 0, Integer.MAX_VALUE, 100, 0);

    private final FakeArenas arenas = new FakeArenas();
    private final List<Long> left = new ArrayList<>();

    private List<CellResult> run(final Plan plan) {
        final LoadMeter calm = new LoadMeter() {
            @Override
            public void begin() {}

            @Override
            public Disturbance end(final Set<Long> ours) {
                return Disturbance.NONE;
            }
        };
        final Schedule.Progress progress = new Schedule.Progress() {
            @Override
            public void began(final int number, final Group group, final long leftNs) {
                assertThat(number).isEqualTo(left.size() + 1);
                left.add(leftNs);
            }

            @Override
            public void ended(final List<CellResult> results) {}
        };
        return new Schedule(plan, new Rounds(arenas, plan.effort(), calm, () -> arenas.nowNs), () -> arenas.nowNs)
                .run(progress);
    }

    private static Plan plan(final long budgetNs) {
        return new Plan(List.of(group(Workload.PIPELINE_64, Contender.NIO), group(Workload.CROWD, Contender.NIO),
                group(Workload.STREAM_IN_1, Contender.NIO, Contender.EPOLL)), EFFORT, budgetNs);
    }

    private static Group group(final Workload workload, final Contender... contenders) {
        return Group.of(workload, Placement.PROCESSES, 0, List.of(contenders));
    }

    @Test
    void shouldRunEverythingWhereThereIsTime() {
        assertThat(run(plan(1_000_000))).hasSize(4).allMatch(result -> result.kept().size() == 10);
        assertThat(left).containsExactly(-1L, 3_000L, 2_000L);
    }

    @Test
    void shouldGiveEachGroupItsShareOfWhatIsLeft() {
        final List<CellResult> results = run(plan(2_000));

        assertThat(results).allMatch(result -> result.kept().size() == 5);
        assertThat(arenas.nowNs).isEqualTo(2_000);
    }

    @Test
    void shouldLeaveOutWhatComesLastWhereTimeIsUpAndSayIt() {
        arenas.setUpNs = 1_000;

        final List<CellResult> results = run(plan(2_600));

        assertThat(results).filteredOn(CellResult::isMeasured).hasSize(2);
        assertThat(results.subList(2, 4)).allMatch(result -> !result.failed())
                .allSatisfy(result -> assertThat(result.skipped()).contains("time"));
    }

    @Test
    void shouldTellHowLongAPlanTakes() {
        final long second = 1_000_000_000;
        final Plan plan = new Plan(plan(1).groups(), new Effort(9, 9, 9, 3, 2 * second, 0), 1_000 * second);

        // four cells, each set up three times
        assertThat(plan.expectedNs()).isEqualTo(4 * (3 * 4 * second + 9 * (2 * second + second / 5)));
        assertThat(new Plan(plan.groups(), plan.effort(), second).expectedNs()).as("no more than it has")
                .isEqualTo(second);
    }

    @Test
    void shouldNarrowAPlan() {
        final Plan plan = plan(1);

        assertThat(plan.only(EnumSet.of(Workload.CROWD, Workload.STREAM_IN_1), Set.of(), Set.of(Contender.EPOLL))
                .groups()).containsExactly(group(Workload.STREAM_IN_1, Contender.EPOLL));
        assertThat(plan.only(Set.of(), Set.of(Placement.NAMESPACES), Set.of()).groups()).isEmpty();
        assertThat(plan.only(Set.of(), Set.of(), Set.of())).isEqualTo(plan);
    }
}
