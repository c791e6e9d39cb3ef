package io.millrace.bench.ratio;

import io.millrace.bench.compare.engine.JmhCase;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one operation of a benchmark takes against one of another: {@code ONE / OTHER = USUAL, LOW to HIGH}.
 *
 * @param usual when it was written down.
 * @param low   below it something has changed,
 * @param high  and above it: wide enough for what compilers make of the same code from one JVM to the next.
 */
public record Ratio(JmhCase one, JmhCase other, double usual, double low, double high) {
    private static final String NUMBER = "(\\d+(?:\\.\\d+)?)";
    private static final Pattern LINE = Pattern
            .compile("(\\S+) / (\\S+) = " + NUMBER + ", " + NUMBER + " to " + NUMBER);

    /** @throws IllegalArgumentException where the usual is not within. */
    public Ratio {
        if (!(0 < low && low < usual && usual < high)) {
            throw new IllegalArgumentException(
                    one + " / " + other + ": " + usual + " is not within " + low + " to " + high);
        }
        if (one.equals(other)) {
            throw new IllegalArgumentException(one + " against itself");
        }
    }

    /** @throws IllegalArgumentException where it is not written as one. */
    static Ratio parse(final String line) {
        final Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no ratio: \"" + line + "\"");
        }
        return new Ratio(JmhCase.parse(parts.group(1)), JmhCase.parse(parts.group(2)),
                Double.parseDouble(parts.group(3)), Double.parseDouble(parts.group(4)),
                Double.parseDouble(parts.group(5)));
    }

    /** Whether it is as it should be. */
    boolean holds(final double measured) {
        return measured >= low && measured <= high;
    }

    /** Without the figures. */
    String name() {
        return one + " / " + other;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s = %.3f, %.3f to %.3f", name(), usual, low, high);
    }
}
