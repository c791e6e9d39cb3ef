package io.millrace.cli;

import io.millrace.config.Units;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The value of an option of both directions of a wire: {@code VALUE}, or {@code LEFT-TO-RIGHT,RIGHT-TO-LEFT}.
 * Immutable.
 */
final class TwoWays {
    private static final Pattern RATE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([kKMG]?)(?:bit(?:/s)?)?");
    private static final String PREFIXES = "kMG";
    private static final double PERCENT = 100;
    private static final String AT_LEAST_ONE = "a number of frames, at least 1";

    private final String option;
    private final String[] texts;

    /**
     * @param option its name, for messages.
     * @throws IllegalArgumentException where there are more than two values.
     */
    TwoWays(final String option, final String text) {
        this.option = option;
        texts = text.split(",", -1);
        if (texts.length > 2) {
            throw refused(text, "one value, or two separated by a comma");
        }
    }

    /** @param direction 0 from left to right, 1 from right to left. */
    String text(final int direction) {
        return texts[Math.min(direction, texts.length - 1)].strip();
    }

    /** {@code VALUE:MORE}, or {@code VALUE} with the default of the second. */
    String[] pair(final int direction, final String second) {
        final String[] parts = text(direction).split(":", -1);
        if (parts.length > 2) {
            throw refused(text(direction), "one value, or two separated by a colon");
        }
        return parts.length == 2 ? parts : new String[]{parts[0], second};
    }

    /** Percent as a probability. */
    double probability(final int direction) {
        return probability(text(direction));
    }

    double probability(final String text) {
        final double percent;
        try {
            percent = Double.parseDouble(text);
        } catch (final NumberFormatException e) {
            throw refused(text, "percent, 0 to 100");
        }
        if (!(percent >= 0 && percent <= PERCENT)) {
            throw refused(text, "percent, 0 to 100");
        }
        return percent / PERCENT;
    }

    /** A number, e.g. {@code 8}. */
    double atLeastOne(final String text) {
        final double number;
        try {
            number = Double.parseDouble(text);
        } catch (final NumberFormatException e) {
            throw refused(text, AT_LEAST_ONE);
        }
        if (!(number >= 1 && number < Double.POSITIVE_INFINITY)) {
            throw refused(text, AT_LEAST_ONE);
        }
        return number;
    }

    /** A time such as {@code 10ms}. */
    long nanos(final int direction) {
        return nanos(text(direction), 0);
    }

    long nanos(final String text, final long least) {
        return read(text, Units::nanos, least, "a time with its unit, e.g. 10ms");
    }

    /** A size such as {@code 64KiB}, at least 1. */
    long bytes(final int direction) {
        return read(text(direction), Units::bytes, 1, "a size, e.g. 64KiB");
    }

    /** Bits a second, e.g. {@code 200Mbit}; 0 means no limit. */
    long bitsPerSecond(final int direction) {
        return read(text(direction), TwoWays::bits, 0, "bits a second, e.g. 200Mbit; 0 is no limit");
    }

    private static Optional<Long> bits(final String text) {
        final Matcher matcher = RATE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        final String prefix = matcher.group(2).replace('K', 'k');
        final int power = prefix.isEmpty() ? 0 : PREFIXES.indexOf(prefix) + 1;
        return Optional.of(Math.round(Double.parseDouble(matcher.group(1)) * Math.pow(1_000, power)));
    }

    private long read(final String text, final Function<String, Optional<Long>> parser, final long least,
            final String what) {
        return parser.apply(text).filter(value -> value >= least).orElseThrow(() -> refused(text, what));
    }

    private IllegalArgumentException refused(final String text, final String what) {
        return new IllegalArgumentException(option + ' ' + text + ": must be " + what);
    }
}
