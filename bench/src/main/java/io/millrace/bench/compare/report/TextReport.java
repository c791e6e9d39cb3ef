package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Results;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.TextTable;

/** The table of targets for a terminal. Pure functions. */
public final class TextReport {
    private static final int WHAT = 38;
    private static final int TARGET = 34;
    private static final int VALUE = 46;
    private static final int RATIO = 8;
    private static final int MET = 6;

    private TextReport() {}

    /** The whole. */
    public static String render(final Results results) {
        final ColorScheme plain = new ColorScheme.Builder(Ansi.OFF).build();
        final TextTable table = TextTable.forColumns(plain, column(WHAT), column(TARGET), column(VALUE), column(RATIO),
                column(MET));
        table.addRowValues("what", "target", "measured (medians of the rounds)", "ratio", "met");
        table.addRowValues("-".repeat(WHAT - 3), "-".repeat(TARGET - 3), "-".repeat(VALUE - 3), "-----", "---");
        for (final Target target : Targets.of(results)) {
            table.addRowValues(target.name(), target.target(), target.value(), ratio(target), met(target));
            table.addEmptyRow();
        }
        return table + "ratio: measured against target, of the part that is furthest from it; 1 is just met. met: no"
                + " where any part falls short, – where one was not measured.\n" + disturbance(results);
    }

    /** What was repeated, and what counts though it was disturbed. */
    static String disturbance(final Results results) {
        final int rejected = results.cells().stream().mapToInt(CellResult::rejected).sum();
        final int kept = results.cells().stream().mapToInt(result -> result.kept().size()).sum();
        final long disturbed = results.cells().stream().filter(CellResult::disturbed).count();
        final long measured = results.cells().stream().filter(CellResult::isMeasured).count();
        return "%,d rounds count; %,d were disturbed by other load and left out. %s%n".formatted(kept, rejected,
                disturbed == 0
                        ? "None that counts was disturbed."
                        : "Of " + disturbed + " of " + measured
                                + " cells there were not enough undisturbed ones, and the least disturbed count.");
    }

    static String ratio(final Target target) {
        return Double.isNaN(target.ratio()) ? "–" : Quantity.digits(target.ratio());
    }

    static String met(final Target target) {
        final Boolean met = target.met();
        return met == null ? "–" : met ? "yes" : "no";
    }

    private static Column column(final int width) {
        return new Column(width, 1, Overflow.WRAP);
    }
}
