package io.millrace.bench.compare.report;

import io.millrace.bench.machine.Svg;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A plot of curves; y is logarithmic. Thread: one.
 *
 * @param title  above it.
 * @param xName  below it.
 * @param x      along it.
 * @param yText  of a value on the other axis.
 * @param curves with the colours of their contenders, whichever of them are there.
 */
record Chart(String title, String xName, Axis x, DoubleFunction<String> yText, List<Curve> curves) {
    private static final int WIDTH = 560;
    private static final int LEFT = 70;
    private static final int RIGHT = 520;
    private static final int TOP = 26;
    private static final int BOTTOM = 256;
    private static final int LEGEND_LINE = 16;
    private static final int LEGEND_COLUMN = 240;
    private static final int LEGEND_COLUMNS = 2;
    private static final String GRID = "#dddddd";

    /**
     * The horizontal one.
     *
     * @param least   value at its left end.
     * @param most    at its right end.
     * @param ticks   where there is a line.
     * @param texts   of the ticks.
     */
    record Axis(double least, double most, List<Double> ticks, List<String> texts) {}

    /**
     * A curve.
     *
     * @param colour as of {@link Svg#colour}.
     * @param points each an x and a y, y over 0.
     */
    record Curve(String name, int colour, List<double[]> points) {}

    /** As SVG. */
    String draw() {
        final int lines = (curves.size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS;
        final Svg svg = new Svg(WIDTH, BOTTOM + 40 + lines * LEGEND_LINE);
        final double least = Math.floor(2 * Math.log10(extreme(true))) / 2;
        final double most = Math.max(least + 0.5, Math.ceil(2 * Math.log10(extreme(false))) / 2);
        svg.text(WIDTH / 2.0, 14, "middle", title);
        grid(svg, least, most);
        for (int i = 0; i < curves.size(); i++) {
            final Curve curve = curves.get(i);
            final String colour = Svg.colour(curve.colour());
            final List<double[]> places = new ArrayList<>();
            for (final double[] point : curve.points()) {
                places.add(new double[]{across(point[0]), down(Math.log10(point[1]), least, most)});
            }
            svg.path(places, colour, 1.8);
            if (places.size() < 10) {
                places.forEach(place -> svg.dot(place[0], place[1], colour));
            }
            final double legendX = LEFT + (i % LEGEND_COLUMNS) * LEGEND_COLUMN;
            final double legendY = BOTTOM + 46 + (i / LEGEND_COLUMNS) * LEGEND_LINE;
            svg.line(legendX, legendY - 4, legendX + 18, legendY - 4, colour, 2.5);
            svg.text(legendX + 24, legendY, "start", curve.name());
        }
        return svg.end();
    }

    private void grid(final Svg svg, final double least, final double most) {
        for (int i = 0; i < x.ticks().size(); i++) {
            final double at = across(x.ticks().get(i));
            svg.line(at, TOP, at, BOTTOM, GRID, 1);
            svg.text(at, BOTTOM + 14, "middle", x.texts().get(i));
        }
        for (double decade = Math.ceil(least); decade <= most; decade++) {
            tick(svg, decade, least, most);
            if (decade + Math.log10(3) <= most) {
                tick(svg, decade + Math.log10(3), least, most);
            }
        }
        svg.line(LEFT, TOP, LEFT, BOTTOM, "black", 1);
        svg.line(LEFT, BOTTOM, RIGHT, BOTTOM, "black", 1);
        svg.text((LEFT + RIGHT) / 2.0, BOTTOM + 29, "middle", xName);
    }

    private void tick(final Svg svg, final double log, final double least, final double most) {
        svg.line(LEFT, down(log, least, most), RIGHT, down(log, least, most), GRID, 1);
        svg.text(LEFT - 5, down(log, least, most) + 4, "end", yText.apply(Math.pow(10, log)));
    }

    private double extreme(final boolean least) {
        double extreme = least ? Double.MAX_VALUE : Double.MIN_VALUE;
        for (final Curve curve : curves) {
            for (final double[] point : curve.points()) {
                extreme = least ? Math.min(extreme, point[1]) : Math.max(extreme, point[1]);
            }
        }
        return extreme;
    }

    private double across(final double value) {
        return LEFT + (RIGHT - LEFT) * (value - x.least()) / (x.most() - x.least());
    }

    private static double down(final double log, final double least, final double most) {
        return BOTTOM - (BOTTOM - TOP) * (log - least) / (most - least);
    }
}
