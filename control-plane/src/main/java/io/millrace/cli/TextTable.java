package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, each as wide as its widest cell; columns of numbers stand to the right. Thread: one. */
final class TextTable {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(final List<String> header) {
        this.header = List.copyOf(header);
    }

    TextTable row(final List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    /** Header and rows; no line ends with a space. */
    List<String> lines() {
        final int[] widths = new int[header.size()];
        final boolean[] numbers = new boolean[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = header.get(column).length();
            numbers[column] = !rows.isEmpty();
            for (final List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
                numbers[column] &= row.get(column).matches("-?\\d+(/\\d+)?");
            }
        }
        final List<String> lines = new ArrayList<>();
        lines.add(line(header, widths, numbers));
        rows.forEach(row -> lines.add(line(row, widths, numbers)));
        return lines;
    }

    private static String line(final List<String> cells, final int[] widths, final boolean[] numbers) {
        final StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            final String space = " ".repeat(widths[column] - cells.get(column).length());
            line.append(column == 0 ? "" : "  ").append(numbers[column] ? space : "").append(cells.get(column))
                    .append(numbers[column] ? "" : space);
        }
        return line.toString().stripTrailing();
    }
}
