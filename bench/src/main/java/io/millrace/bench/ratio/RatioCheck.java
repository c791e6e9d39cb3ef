package io.millrace.bench.ratio;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures all ratios of a baseline, and prints a line for each as it goes. Thread: the command's. */
public final class RatioCheck {
    private final RatioMeter meter;
    private final PrintWriter out;

    RatioCheck(final RatioMeter meter, final PrintWriter out) {
        this.meter = meter;
        this.out = out;
    }

    /** On this machine, in JVMs of their own. */
    public static RatioCheck of(final PrintWriter out) {
        return new RatioCheck(RatioMeter.ofJvms(), out);
    }

    /** Returns whether all are within their bands. */
    public boolean holds(final RatioBaseline baseline) throws IOException {
        final List<String> outside = new ArrayList<>();
        for (final Ratio ratio : baseline.ratios()) {
            final double measured = meter.measure(ratio);
            final boolean holds = ratio.holds(measured);
            out.printf(Locale.ROOT, "%s %7.2f  usual %.2f, %.2f to %.2f  %s%n", holds ? "   " : "out", measured,
                    ratio.usual(), ratio.low(), ratio.high(), ratio.name());
            out.flush();
            if (!holds) {
                outside.add(String.format(Locale.ROOT, "%s is %.2f, and should be %.2f to %.2f", ratio.name(), measured,
                        ratio.low(), ratio.high()));
            }
        }
        outside.forEach(out::println);
        out.printf("%d of %d ratios are within their bands%n", baseline.ratios().size() - outside.size(),
                baseline.ratios().size());
        out.flush();
        return outside.isEmpty();
    }
}
