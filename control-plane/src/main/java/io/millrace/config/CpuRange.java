package io.millrace.config;

import java.util.stream.IntStream;

/**
 * CPUs of the machine, one or several in a row.
 *
 * @param first from 0.
 * @param last  the same one, or a later one.
 */
public record CpuRange(int first, int last) {
    private static final int MOST = 8_191;

    public CpuRange {
        if (first < 0 || last < first || last > MOST) {
            throw new IllegalArgumentException();
        }
    }

    /** Of {@code 2} or {@code 2-5}. */
    static CpuRange parse(final String text) {
        if (!text.matches("[0-9]{1,4}(-[0-9]{1,4})?")) {
            throw new IllegalArgumentException();
        }
        final int dash = text.indexOf('-');
        final int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
        return new CpuRange(first, dash < 0 ? first : Integer.parseInt(text.substring(dash + 1)));
    }

    IntStream cpus() {
        return IntStream.rangeClosed(first, last);
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
