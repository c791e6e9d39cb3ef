package io.millrace.bench.machine;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a drawing. Coordinates are pixels. Thread: one. */
public final class Svg {
    /** Colours that people with any colour vision can tell apart (Okabe and Ito, 2008). */
    private static final String[] COLOURS = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00",
            "#000000"};

    private final StringBuilder text = new StringBuilder();

    /** An empty drawing on white. */
    public Svg(final int width, final int height) {
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\""
                + ">%n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", width, height, width, height);
    }

    /** One of few colours, by number; they come round. */
    public static String colour(final int number) {
        return COLOURS[number % COLOURS.length];
    }

    /** A straight line. */
    public void line(final double x1, final double y1, final double x2, final double y2, final String colour,
            final double width) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>", x1, y1, x2,
                y2, colour, width);
    }

    /**
     * A line through points.
     *
     * @param points each an x and a y.
     */
    public void path(final List<double[]> points, final String colour, final double width) {
        final String coordinates = points.stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", point[0], point[1]))
                .collect(Collectors.joining(" "));
        add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\"/>", coordinates, colour, width);
    }

    /** A dot. */
    public void dot(final double x, final double y, final String colour) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x, y, colour);
    }

    /**
     * A line of text.
     *
     * @param anchor {@code start}, {@code middle} or {@code end}.
     */
    public void text(final double x, final double y, final String anchor, final String content) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor,
                content.replace("&", "&amp;").replace("<", "&lt;"));
    }

    /** The whole. */
    public String end() {
        return text + "</svg>\n";
    }

    private void add(final String format, final Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
