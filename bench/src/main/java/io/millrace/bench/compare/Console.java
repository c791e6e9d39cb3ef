package io.millrace.bench.compare;

import io.millrace.bench.compare.report.Summary;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.run.Group;
import io.millrace.bench.compare.run.Schedule;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Prints how far a run is, a line for each group, and what failed. Thread: the command's. */
final class Console implements Schedule.Progress {
    private final PrintStream out;
    private final int groups;

    Console(final PrintStream out, final int groups) {
        this.out = out;
        this.groups = groups;
    }

    @Override
    public void began(final int number, final Group group, final long leftNs) {
        final String left = leftNs < 0
                ? ""
                : " (%d:%02d left)".formatted(TimeUnit.NANOSECONDS.toMinutes(leftNs),
                        TimeUnit.NANOSECONDS.toSeconds(leftNs) % 60);
        out.printf("[%2d/%d] %s%s%n", number, groups, Summary.title(group.cells()), left);
        out.flush();
    }

    @Override
    public void ended(final List<CellResult> results) {
        final String figures = Summary.line(results);
        if (!figures.isEmpty()) {
            out.println("        " + figures);
        }
        for (final String reason : Summary.missing(results)) {
            out.println("        " + reason);
        }
        out.flush();
    }
}
