package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Disturbance;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.machine.ChildJvm;
import java.util.ArrayList;
import java.util.List;

/** The table of targets for a terminal. Pure functions. */
public final class TextReport {
    private static final List<Integer> WIDTHS = List.of(40, 36, 56, 5, 3);
    private static final String GAP = "  ";

    private TextReport() {}

    /** The whole. */
    public static String render(final Results results) {
        return render(results, Targets.of(results));
    }

    /** Of a run of some cells: these, and the rows that they have a part in. */
    public static String renderCells(final Results results) {
        final StringBuilder text = new StringBuilder();
        for (final CellTables.Table table : CellTables.of(results)) {
            text.append(table.title()).append('\n');
            if (!table.rows().isEmpty()) {
                align(text, table);
            }
            table.notes().forEach(note -> text.append(GAP).append("not measured: ").append(note).append('\n'));
            text.append('\n');
        }
        return text + render(results, Targets.of(results).stream().filter(Target::isPartOfRun).toList());
    }

    private static void align(final StringBuilder text, final CellTables.Table table) {
        final List<List<String>> lines = new ArrayList<>(List.of(table.head()));
        lines.addAll(table.rows());
        for (final List<String> line : lines) {
            final StringBuilder padded = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                final int column = i;
                final int width = lines.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
                padded.append(GAP).append(line.get(i)).append(" ".repeat(width - line.get(i).length()));
            }
            text.append(padded.toString().stripTrailing()).append('\n');
        }
    }

    private static String render(final Results results, final List<Target> targets) {
        if (targets.isEmpty()) {
            return "No row of the table of targets rests on these.\n" + disturbance(results);
        }
        final StringBuilder table = new StringBuilder();
        row(table, "what", "target", "measured (medians of the rounds)", "ratio", "met");
        for (final Target target : targets) {
            table.append("-".repeat(WIDTHS.stream().mapToInt(width -> width + GAP.length()).sum() - GAP.length()))
                    .append('\n');
            row(table, target.name(), target.target(), target.value(), ratio(target), met(target));
        }
        return table + "\nratio: measured against target, of the part that is furthest from it; 1 is just met. met: no"
                + " where any part falls short,\n– where none falls short, but one was not measured, or rests on rounds that other load disturbed (†).\n"
                + "Congestion control: " + results.congestion() + ".\n" + flags() + "\n" + disturbance(results);
    }

    /** In what the JVMs of contenders differ. */
    static String flags() {
        return "JVMs are alike but for Millrace's, which have the launcher's flags: "
                + String.join(" ", ChildJvm.COMPILATION) + ".";
    }

    /** What was repeated, and what counts though it was disturbed. */
    static String disturbance(final Results results) {
        final int rejected = results.cells().stream().mapToInt(CellResult::rejected).sum();
        final int kept = results.cells().stream().mapToInt(result -> result.kept().size()).sum();
        final long disturbed = results.cells().stream().filter(CellResult::disturbed).count();
        final long measured = results.cells().stream().filter(CellResult::isMeasured).count();
        return "%,d rounds count; %,d were disturbed by other load (over %.0f %% of a core) and left out. %s%n"
                .formatted(
                        kept, rejected, 100 * Disturbance.LIMIT,
                        disturbed == 0
                                ? "None that counts was disturbed."
                                : "Of " + disturbed + " of " + measured
                                        + " cells there were not enough undisturbed ones, and the least disturbed count.");
    }

    static String ratio(final Target target) {
        return Double.isNaN(target.ratio()) ? "–" : Quantity.ratio(target.ratio());
    }

    static String met(final Target target) {
        final Boolean met = target.met();
        return met == null ? "–" : met ? "yes" : "no";
    }

    private static void row(final StringBuilder table, final String... fields) {
        final List<List<String>> columns = new ArrayList<>();
        for (int i = 0; i < fields.length; i++) {
            columns.add(wrap(fields[i], WIDTHS.get(i)));
        }
        final int lines = columns.stream().mapToInt(List::size).max().orElse(0);
        for (int line = 0; line < lines; line++) {
            final StringBuilder text = new StringBuilder();
            for (int i = 0; i < fields.length; i++) {
                final String part = line < columns.get(i).size() ? columns.get(i).get(line) : "";
                text.append(part).append(" ".repeat(Math.max(0, WIDTHS.get(i) - part.length()))).append(GAP);
            }
            table.append(text.toString().stripTrailing()).append('\n');
        }
    }

    /** Breaks a text between words, and behind each semicolon: parts of a target stand on lines of their own. */
    private static List<String> wrap(final String text, final int width) {
        final List<String> lines = new ArrayList<>();
        for (final String sentence : text.split("(?<=;) ")) {
            StringBuilder line = new StringBuilder();
            for (final String word : sentence.split(" ")) {
                if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                    lines.add(line.toString());
                    line = new StringBuilder("  ");
                } else if (!line.isEmpty()) {
                    line.append(' ');
                }
                line.append(word);
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
