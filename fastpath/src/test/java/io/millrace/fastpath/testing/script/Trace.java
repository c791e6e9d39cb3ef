package io.millrace.fastpath.testing.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened so far, in the notation of scripts. Thread: the runner's. */
final class Trace {
    private record Entry(long timeNs, String text) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(final long timeNs, final String text) {
        entries.add(new Entry(timeNs, text));
    }

    /** Seconds with microseconds. */
    static String time(final long ns) {
        return String.format(Locale.ROOT, "%.6f", ns / 1e9);
    }

    /** A line an event, in the order of time. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        entries.stream().sorted((a, b) -> Long.compare(a.timeNs, b.timeNs))
                .forEach(entry -> text.append("  ").append(time(entry.timeNs)).append(' ').append(entry.text)
                        .append('\n'));
        return text.toString();
    }
}
