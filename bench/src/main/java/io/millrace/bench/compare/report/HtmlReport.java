package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.Results;
import java.util.List;

/** A run as one HTML page that needs nothing else: tables, and plots as SVG within. Pure functions. */
public final class HtmlReport {
    private static final String STYLE = """
            body { font-family: sans-serif; margin: 2em auto; max-width: 1200px; padding: 0 1em; color: #222 }
            table { border-collapse: collapse; margin: 1em 0; font-size: 14px }
            th, td { border: 1px solid #ccc; padding: 4px 8px; text-align: left; vertical-align: top }
            th { background: #f2f2f2 }
            .yes { background: #dff0d8 } .no { background: #f8dcd8 }
            .plots { display: flex; flex-wrap: wrap; gap: 12px }
            .plots svg { width: 560px; max-width: 100%; border: 1px solid #eee }
            pre { background: #f6f6f6; padding: 8px; overflow-x: auto }
            """;

    private HtmlReport() {}

    /** The whole page. */
    public static String render(final Results results) {
        final StringBuilder page = new StringBuilder(
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n"
                        + "<title>Millrace beside the kernel's transports</title>\n<style>\n")
                .append(STYLE)
                .append("</style></head>\n<body>\n<h1>Millrace beside the kernel's transports</h1>\n<p>")
                .append(escape(MarkdownReport.where(results))).append("</p>\n<pre>").append(escape(results.command()))
                .append("</pre>\n");
        targets(page, results);
        page.append("<p>").append(escape(TextReport.flags() + " " + TextReport.disturbance(results))).append("</p>\n");
        plots(page, "Latency by percentile", Charts.latencies(results));
        plots(page, "Throughput and cost by connections", Charts.byConnections(results));
        page.append("<h2>All cells</h2>\n");
        CellTables.of(results).forEach(table -> cells(page, table));
        return page.append("</body>\n</html>\n").toString();
    }

    private static void targets(final StringBuilder page, final Results results) {
        page.append("<h2>Targets</h2>\n<table>\n");
        row(page, "th", "", List.of("what", "target", "measured (medians of the rounds)", "ratio", "met"));
        for (final Target target : Targets.of(results)) {
            row(page, "td", target.met() == null ? "" : TextReport.met(target), List.of(target.name(), target.target(),
                    target.value(), TextReport.ratio(target), TextReport.met(target)));
        }
        page.append("</table>\n<p>Ratio: what was measured against what is asked for, of the part that is furthest from"
                + " it; 1 is just met. †: rests on rounds that other load disturbed.</p>\n");
    }

    private static void plots(final StringBuilder page, final String title, final List<Chart> charts) {
        if (!charts.isEmpty()) {
            page.append("<h2>").append(escape(title)).append("</h2>\n<div class=\"plots\">\n");
            charts.forEach(chart -> page.append(chart.draw()));
            page.append("</div>\n");
        }
    }

    private static void cells(final StringBuilder page, final CellTables.Table table) {
        page.append("<h3>").append(escape(table.title())).append("</h3>\n");
        if (!table.rows().isEmpty()) {
            page.append("<table>\n");
            row(page, "th", "", table.head());
            table.rows().forEach(fields -> row(page, "td", "", fields));
            page.append("</table>\n");
        }
        table.notes().forEach(note -> page.append("<p>Not measured: ").append(escape(note)).append(".</p>\n"));
    }

    private static void row(final StringBuilder page, final String tag, final String style,
            final List<String> fields) {
        page.append(style.isEmpty() ? "<tr>" : "<tr class=\"" + style + "\">");
        fields.forEach(field -> page.append('<').append(tag).append('>').append(escape(field)).append("</").append(tag)
                .append('>'));
        page.append("</tr>\n");
    }

    private static String escape(final String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
