package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.machine.Environment;
import java.util.List;

/** A run as a page of Markdown: the targets, and a table for all cells that were measured in turn. Pure functions. */
public final class MarkdownReport {
    private MarkdownReport() {}

    /** The whole page. */
    public static String render(final Results results) {
        final StringBuilder page = new StringBuilder("# Millrace beside the kernel's transports\n\n");
        page.append(where(results)).append("\n\n```sh\n").append(results.command()).append("\n```\n\n")
                .append(targets(results)).append('\n').append(LEGEND).append('\n')
                .append(TextReport.flags()).append('\n').append(TextReport.disturbance(results));
        for (final CellTables.Table table : CellTables.of(results)) {
            page.append("\n## ").append(table.title()).append("\n\n");
            if (!table.rows().isEmpty()) {
                line(page, table.head());
                page.append("|---".repeat(table.head().size())).append("|\n");
                table.rows().forEach(row -> line(page, row));
            }
            table.notes().forEach(note -> page.append("\nNot measured: ").append(note).append(".\n"));
        }
        return page.toString();
    }

    private static final String LEGEND = "Ratio: what was measured against what is asked for, of the part that is"
            + " furthest from it; 1 is just met. Met: no where any part falls short, – where none falls short, but one"
            + " was not measured, or rests on rounds that other load disturbed (†). All figures are medians of the rounds;"
            + " percentiles from p99 on are those of all rounds together, – where fewer than " + CellResult.ENOUGH
            + " messages lie beyond.\n";

    /** The table of targets alone, as the README has it. */
    public static String targets(final Results results) {
        final StringBuilder table = new StringBuilder(
                "| what | target | measured | ratio | met |\n|---|---|---|---|---|\n");
        for (final Target target : Targets.of(results)) {
            line(table, List.of(target.name(), target.target(), target.value(), TextReport.ratio(target),
                    TextReport.met(target)));
        }
        return table.toString();
    }

    /** When, on what, how long. */
    static String where(final Results results) {
        final Environment machine = results.machine();
        return "Measured %s, %s (shared), Linux %s, JDK %s, load %s, congestion control: %s: at most %d rounds of %s of each cell, contenders in turn, by"
                .formatted(machine.date(), machine.cpu(), machine.kernel(), machine.jdk(), machine.load(),
                        results.congestion(), results.rounds(), Quantity.time(results.roundNs()));
    }

    private static void line(final StringBuilder page, final List<String> fields) {
        fields.forEach(field -> page.append("| ").append(field.replace("|", "\\|").replace("\n", " ")).append(' '));
        page.append("|\n");
    }
}
