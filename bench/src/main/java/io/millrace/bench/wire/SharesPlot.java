package io.millrace.bench.wire;

import io.millrace.bench.machine.Svg;

/** How two flows shared a link over time, in the first round. Pure functions. */
public final class SharesPlot {
    private static final int WIDTH = 810;
    private static final int HEIGHT = 230;
    private static final int LEFT = 45;
    private static final int TOP = 40;
    private static final int PLOT_WIDTH = 745;
    private static final int PLOT_HEIGHT = 150;
    private static final int LABELS = 10;

    private SharesPlot() {}

    public static String render(final WireSettings settings, final Fairness.Shares shares) {
        final Svg svg = new Svg(WIDTH, HEIGHT);
        final double most = settings.bitsPerSecond() / 1e6;
        final String[] names = {"kernel (" + settings.kernelCongestion() + ")",
                "Millrace (" + settings.millraceCongestion() + ")"};
        final long[][] flows = {shares.kernelIntervals(), shares.millraceIntervals()};
        for (int tick = 0; tick <= 4; tick++) {
            final double y = TOP + PLOT_HEIGHT * (1 - tick / 4.0);
            svg.line(LEFT, y, LEFT + PLOT_WIDTH, y, tick == 0 ? "black" : "#dddddd", 1);
            svg.text(LEFT - 4, y + 4, "end", Cell.number(most * tick / 4));
        }
        svg.text(LEFT - 4, TOP - 8, "end", "Mbit/s");
        for (int flow = 0; flow < flows.length; flow++) {
            svg.dot(LEFT + 60 + flow * 170, 16, Svg.colour(flow));
            svg.text(LEFT + 68 + flow * 170, 20, "start", names[flow]);
            draw(svg, flows[flow], most, Svg.colour(flow));
        }
        final int intervals = flows[0].length;
        for (int i = 0; i <= intervals; i += Math.max(1, intervals / LABELS)) {
            svg.text(LEFT + (double) PLOT_WIDTH * i / intervals, TOP + PLOT_HEIGHT + 14, "middle",
                    Cell.number(i * Meter.INTERVAL_NS / 1e9) + " s");
        }
        return svg.end();
    }

    private static void draw(final Svg svg, final long[] intervals, final double most, final String colour) {
        for (int i = 1; i < intervals.length; i++) {
            svg.line(x(i - 1, intervals.length), y(intervals[i - 1], most), x(i, intervals.length),
                    y(intervals[i], most), colour, 1.5);
        }
    }

    private static double x(final int index, final int count) {
        return LEFT + PLOT_WIDTH * (index + 0.5) / count;
    }

    private static double y(final long bytes, final double most) {
        return TOP + PLOT_HEIGHT * (1 - bytes * 8e3 / Meter.INTERVAL_NS / most);
    }
}
