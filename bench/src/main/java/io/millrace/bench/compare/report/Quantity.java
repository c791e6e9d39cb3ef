package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.Workload;
import java.util.Locale;

/** Figures as people read them: three digits that count, and a unit. Pure functions. */
final class Quantity {
    private static final double THOUSAND = 1e3;
    private static final double MILLION = 1e6;
    private static final double BILLION = 1e9;
    private static final String NONE = "–";

    private Quantity() {}

    /** Nanoseconds. */
    static String time(final double ns) {
        if (Double.isNaN(ns)) {
            return NONE;
        }
        return ns < THOUSAND
                ? digits(ns) + " ns"
                : ns < MILLION
                        ? digits(ns / THOUSAND) + " µs"
                        : ns < BILLION ? digits(ns / MILLION) + " ms" : digits(ns / BILLION) + " s";
    }

    /** Bits a second. */
    static String bits(final double bitsPerSecond) {
        return bitsPerSecond < BILLION
                ? digits(bitsPerSecond / MILLION) + " Mbit/s"
                : digits(bitsPerSecond / BILLION) + " Gbit/s";
    }

    /** Things a second. */
    static String rate(final double perSecond) {
        return perSecond < MILLION
                ? String.format(Locale.ROOT, "%,.0f/s", perSecond)
                : digits(perSecond / MILLION) + " M/s";
    }

    /** Bytes. */
    static String bytes(final double bytes) {
        return Double.isNaN(bytes) ? NONE : bytes < 0.05 ? "0 B" : digits(bytes) + " B";
    }

    /** How many times. */
    static String times(final double ratio) {
        return Double.isNaN(ratio) ? NONE : digits(ratio) + " ×";
    }

    /** Measured against target: what falls short, by however little, does not show as 1. */
    static String ratio(final double ratio) {
        return digits(ratio < 1 && ratio >= 0.99 ? 0.99 : ratio);
    }

    /** What counts of a workload. */
    static String of(final Workload.Unit unit, final double value) {
        return switch (unit) {
            case LATENCY -> time(value);
            case BYTES -> bits(value);
            case MESSAGES -> rate(value);
        };
    }

    static String digits(final double value) {
        final double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f", value);
    }
}
