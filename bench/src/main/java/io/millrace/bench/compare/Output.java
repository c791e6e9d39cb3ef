package io.millrace.bench.compare;

import io.millrace.bench.compare.report.HtmlReport;
import io.millrace.bench.compare.report.JsonReport;
import io.millrace.bench.compare.report.MarkdownReport;
import io.millrace.bench.compare.report.Summary;
import io.millrace.bench.compare.report.TextReport;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Results;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a run's results go: the terminal, and files that were asked for. Thread: one at a time.
 *
 * @param out      for tables.
 * @param err      for what went wrong.
 * @param part     whether the run is a part of one: its cells are printed too then.
 * @param json     null: none.
 * @param markdown null: none.
 * @param html     null: none.
 */
record Output(PrintWriter out, PrintWriter err, boolean part, @Nullable Path json, @Nullable Path markdown,
        @Nullable Path html) {

    /** A file that cannot be written to, before minutes are spent. */
    Optional<Path> unwritable() {
        return Stream.of(Optional.ofNullable(json), Optional.ofNullable(markdown), Optional.ofNullable(html))
                .flatMap(Optional::stream).filter(file -> !isWritable(file)).findFirst();
    }

    private static boolean isWritable(final Path file) {
        final Path folder = file.toAbsolutePath().getParent();
        return folder != null && !Files.isDirectory(file)
                && Files.isWritable(Files.exists(file) ? file : folder);
    }

    /** All of it; returns whether nothing has failed: no cell, and no file, of which one that fails keeps no other back. */
    boolean put(final Results results) {
        out.print(part ? TextReport.renderCells(results) : TextReport.render(results));
        out.flush();
        final boolean written = write(json, results, JsonReport::render)
                & write(markdown, results, MarkdownReport::render) & write(html, results, HtmlReport::render);
        final List<CellResult> failed = results.cells().stream().filter(CellResult::failed).toList();
        Summary.missing(failed).forEach(err::println);
        return written && failed.isEmpty();
    }

    private boolean write(final @Nullable Path file, final Results results, final Function<Results, String> page) {
        if (file == null) {
            return true;
        }
        try {
            Files.writeString(file, page.apply(results));
            return true;
        } catch (final IOException e) {
            err.println("millrace bench: cannot write to " + file + ": " + e);
            return false;
        }
    }
}
