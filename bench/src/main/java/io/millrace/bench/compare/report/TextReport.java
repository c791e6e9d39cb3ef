package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Disturbance;
import io.millrace.bench.compare.result.Results;
import java.util.ArrayList;
import java.util.List;

/** The table of targets for a terminal. Pure functions. */
public final class TextReport {
    private static final List<Integer> WIDTHS = List.of(40, 36, 56, 5, 3);
    private static final String GAP = "  ";

    private TextReport() {}

    /** The whole. */
    public static String render(final Results results) {
        final StringBuilder table = new StringBuilder();
        row(table, "what", "target", "measured (medians of the rounds)", "ratio", "met");
        for (final Target target : Targets.of(results)) {
            table.append("-".repeat(WIDTHS.stream().mapToInt(width -> width + GAP.length()).sum() - GAP.length()))
                    .append('\n');
            row(table, target.name(), target.target(), target.value(), ratio(target), met(target));
        }
        return table + "\nratio: measured against target, of the part that is furthest from it; 1 is just met. met: no"
                + " where any part falls short,\n– where none falls short, but one was not measured, or rests on rounds that other load disturbed (†).\n"
                + disturbance(results);
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
        return Double.isNaN(target.ratio()) ? "–" : Quantity.digits(target.ratio());
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
