package io.millrace.bench.compare.net;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What wrk has measured.
 *
 * @param durationNs as long as it ran.
 * @param requests   that were answered.
 * @param bytes      of the answers, headers included.
 * @param cpuNs      processor time of wrk.
 * @param latencyNs  in steps of a microsecond, from when a request was sent. A connection's next request waits for the answer;
 *                   for those that it would have sent meanwhile, at its mean pace, wrk counts what they would have waited.
 *                   So there are more of them than requests, and the 99th percentile is the hundredth of the time, not of
 *                   the requests, in which it was slowest.
 */
record WrkFigures(long durationNs, long requests, long bytes, long cpuNs, Histogram latencyNs) {
    private static final String FIGURES = "figures ";
    private static final String LATENCY = "latency ";
    private static final int DIGITS = 3;
    private static final double SECOND = 1e9;

    /**
     * Reads what {@code wrk.lua} prints.
     *
     * @throws IOException where requests failed, or there are no figures: what wrk says.
     */
    static WrkFigures parse(final String output) throws IOException {
        final List<String> lines = output.lines().toList();
        final String[] figures = lines.stream().filter(line -> line.startsWith(FIGURES)).findFirst()
                .orElseThrow(() -> new IOException("wrk: " + output.strip().replace('\n', ';'))).split(" ");
        if (!"0".equals(figures[4])) {
            throw new IOException("wrk had " + figures[4] + " errors, and " + figures[2] + " requests were answered");
        }
        final Histogram latency = new Histogram(DIGITS);
        for (final String line : lines) {
            if (line.startsWith(LATENCY)) {
                final String[] fields = line.split(" ");
                latency.recordValueWithCount(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(fields[1])),
                        Long.parseLong(fields[2]));
            }
        }
        return new WrkFigures(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(figures[1])), Long.parseLong(figures[2]),
                Long.parseLong(figures[3]), Math.round(Double.parseDouble(figures[5]) * SECOND), latency);
    }
}
