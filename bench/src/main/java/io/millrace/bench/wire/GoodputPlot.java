package io.millrace.bench.wire;

import io.millrace.bench.machine.Svg;
import java.util.List;

/** Goodput by loss: a panel for each round trip and reordering, on a logarithmic scale. Pure functions. */
public final class GoodputPlot {
    private static final int PANEL_WIDTH = 270;
    private static final int PANEL_HEIGHT = 210;
    private static final int TOP = 40;
    private static final int LEFT = 45;
    private static final int PLOT_WIDTH = 205;
    private static final int PLOT_HEIGHT = 150;
    private static final double LEAST = 0.05;
    private static final double SHIFT = 5;
    private static final String GRID = "#dddddd";

    private final MatrixReport report;
    private final Svg svg;
    private final double decades;

    private GoodputPlot(final MatrixReport report) {
        this.report = report;
        svg = new Svg(report.rtts().size() * PANEL_WIDTH, TOP + report.reorderings().size() * PANEL_HEIGHT);
        decades = Math.log10(report.settings().bitsPerSecond() / 1e6 / LEAST);
    }

    public static String render(final MatrixReport report) {
        return new GoodputPlot(report).draw();
    }

    private String draw() {
        for (int i = 0; i < report.contenders().size(); i++) {
            svg.dot(LEFT + i * 170, 16, Svg.colour(i));
            svg.text(LEFT + 8 + i * 170, 20, "start", report.contenders().get(i).toString());
        }
        for (int row = 0; row < report.reorderings().size(); row++) {
            for (int column = 0; column < report.rtts().size(); column++) {
                final double reordering = report.reorderings().get(row);
                final int rtt = report.rtts().get(column);
                panel(LEFT + column * PANEL_WIDTH, TOP + row * PANEL_HEIGHT + 20,
                        "RTT " + rtt + " ms, reordering " + Cell.number(reordering) + " %",
                        report.panel(reordering, rtt));
            }
        }
        return svg.end();
    }

    private void panel(final double x, final double y, final String title, final List<CellResult> results) {
        svg.text(x + PLOT_WIDTH / 2.0, y - 6, "middle", title);
        for (double tick = 0.1; tick <= report.settings().bitsPerSecond() / 1e6; tick *= 10) {
            svg.line(x, y + height(tick), x + PLOT_WIDTH, y + height(tick), GRID, 1);
            svg.text(x - 4, y + height(tick) + 4, "end", Cell.number(Math.round(tick * 10) / 10.0));
        }
        svg.line(x, y, x, y + PLOT_HEIGHT, "black", 1);
        svg.line(x, y + PLOT_HEIGHT, x + PLOT_WIDTH, y + PLOT_HEIGHT, "black", 1);
        svg.text(x - 4, y - 6, "end", "Mbit/s");
        for (int i = 0; i < results.size(); i++) {
            svg.text(x + place(i, results.size()), y + PLOT_HEIGHT + 14, "middle",
                    Cell.number(results.get(i).cell().loss()) + " %");
        }
        svg.text(x + PLOT_WIDTH / 2.0, y + PLOT_HEIGHT + 27, "middle", "loss each way");
        for (int i = 0; i < report.contenders().size(); i++) {
            series(x + SHIFT * (i - (report.contenders().size() - 1) / 2.0), y, results, i);
        }
    }

    /** The contenders stand a little beside each other, so that none hides another. */
    private void series(final double x, final double y, final List<CellResult> results, final int index) {
        final Contender contender = report.contenders().get(index);
        final String colour = Svg.colour(index);
        for (int i = 0; i < results.size(); i++) {
            final CellResult result = results.get(i);
            final double at = x + place(i, results.size());
            final double median = y + height(result.goodput(contender));
            svg.line(at, y + height(result.least(contender)), at, y + height(result.most(contender)), colour, 1);
            svg.dot(at, median, colour);
            if (i > 0) {
                svg.line(x + place(i - 1, results.size()), y + height(results.get(i - 1).goodput(contender)), at,
                        median, colour, 1.5);
            }
        }
    }

    private static double place(final int index, final int count) {
        return (index + 0.5) * PLOT_WIDTH / count;
    }

    /** From the top of a panel; what is below the scale lies on its floor. */
    private double height(final double megabits) {
        return PLOT_HEIGHT * (1 - Math.max(0, Math.log10(megabits / LEAST)) / decades);
    }
}
