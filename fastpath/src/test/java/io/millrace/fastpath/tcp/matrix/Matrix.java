package io.millrace.fastpath.tcp.matrix;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the tables: {@code #} begins a comment, {@code [...]} names the section of the rows that follow. */
final class Matrix {
    private Matrix() {}

    /** Every cell of every table. */
    static List<Cell> cells() {
        final List<Cell> cells = new ArrayList<>();
        for (final Start start : Start.values()) {
            read(start, cells);
        }
        return cells;
    }

    private static void read(final Start start, final List<Cell> cells) {
        try (BufferedReader table = new BufferedReader(new InputStreamReader(
                Matrix.class.getResourceAsStream(start.resource()), StandardCharsets.UTF_8))) {
            String section = "";
            int line = 0;
            for (String row = table.readLine(); row != null; row = table.readLine()) {
                line++;
                if (row.startsWith("[")) {
                    section = row.substring(1, row.length() - 1);
                } else if (!row.isBlank() && !row.startsWith("#")) {
                    cells.add(Cell.parse(start, section, row, line));
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
