package io.millrace.bench.flood;

import io.millrace.bench.flood.FloodTrial.Listener;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Means of all rounds, the two listeners side by side. Thread: one. */
public final class FloodReport {
    private final Map<Listener, List<FloodSample>> calm = new EnumMap<>(Listener.class);
    private final Map<Listener, List<FloodSample>> flooded = new EnumMap<>(Listener.class);

    /** Adds what one trial has measured. */
    public void add(final Listener listener, final boolean underFlood, final FloodSample sample) {
        (underFlood ? flooded : calm).computeIfAbsent(listener, key -> new ArrayList<>()).add(sample);
    }

    /** The table. Ratios are Millrace's figure in parts of the kernel's, and that under the flood in parts of that without. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(1_024);
        line(text, "", "kernel", "Millrace", "ratio");
        row(text, "echoes/s, established connections", calm, FloodSample::echoes);
        row(text, "  under the flood", flooded, FloodSample::echoes);
        shares(text, FloodSample::echoes);
        row(text, "new connections/s", calm, FloodSample::connections);
        row(text, "  under the flood", flooded, FloodSample::connections);
        shares(text, FloodSample::connections);
        row(text, "  lost/s under the flood", flooded, FloodSample::lost);
        row(text, "SYNs/s of the flood", flooded, FloodSample::syns);
        row(text, "SYN cookies/s sent", flooded, FloodSample::cookiesSent);
        return text.toString();
    }

    private static void row(final StringBuilder text, final String name, final Map<Listener, List<FloodSample>> of,
            final ToDoubleFunction<FloodSample> figure) {
        final double kernel = mean(of, Listener.KERNEL, figure);
        final double ours = mean(of, Listener.MILLRACE, figure);
        line(text, name, String.format(Locale.ROOT, "%,.0f", kernel), String.format(Locale.ROOT, "%,.0f", ours),
                ratio(ours, kernel));
    }

    private void shares(final StringBuilder text, final ToDoubleFunction<FloodSample> figure) {
        line(text, "    of that without",
                ratio(mean(flooded, Listener.KERNEL, figure), mean(calm, Listener.KERNEL, figure)),
                ratio(mean(flooded, Listener.MILLRACE, figure), mean(calm, Listener.MILLRACE, figure)), "");
    }

    private static String ratio(final double part, final double whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.2f", part / whole);
    }

    private static void line(final StringBuilder text, final String name, final String kernel, final String ours,
            final String ratio) {
        text.append(String.format(Locale.ROOT, "%-36s %12s %12s %8s", name, kernel, ours, ratio).stripTrailing())
                .append('\n');
    }

    private static double mean(final Map<Listener, List<FloodSample>> of, final Listener listener,
            final ToDoubleFunction<FloodSample> figure) {
        return of.getOrDefault(listener, List.of()).stream().mapToDouble(figure).average().orElse(0);
    }
}
