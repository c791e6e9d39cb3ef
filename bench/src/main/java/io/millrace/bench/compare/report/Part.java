package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.CellResult;
import java.util.Arrays;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One condition of a target.
 *
 * @param text    what was measured, with its figure; or what was not.
 * @param ratio   how the figure stands to what is asked for: 1 is just met, 2 is twice as good; NaN where not measured.
 * @param missing why it was not measured; null where it was.
 * @param disturbed whether it rests on rounds that other load disturbed.
 */
public record Part(String text, double ratio, @Nullable String missing, boolean disturbed) {
    /** Behind what rests on disturbed rounds. */
    static final String MARK = " †";

    /** Less is better. */
    static Part atMost(final String what, final double value, final double limit, final DoubleFunction<String> format) {
        return new Part((what + " " + format.apply(value)).strip(), limit / value, null, false);
    }

    /** More is better. */
    static Part atLeast(final String what, final double value, final double limit,
            final DoubleFunction<String> format) {
        return new Part((what + " " + format.apply(value)).strip(), value / limit, null, false);
    }

    /**
     * Bytes on the heap.
     *
     * @param slack what the measurement itself may have allocated beside so many messages, bytes each.
     */
    static Part bytesAtMost(final String what, final double bytes, final double limit, final double slack) {
        final boolean met = bytes <= limit + slack;
        return new Part((what + " " + Quantity.bytes(bytes)).strip(), met ? 1 : limit / bytes, null, false);
    }

    static Part missing(final String what, final String why) {
        return new Part(what, Double.NaN, why, false);
    }

    /** This, of which something is missing that would have to show it. */
    Part without(final String what, final String why) {
        return new Part(text + ", but " + what, Double.NaN, why, disturbed);
    }

    /** The same, resting on these cells. */
    Part of(final CellResult... cells) {
        final boolean any = Arrays.stream(cells).anyMatch(CellResult::disturbed);
        return any && !disturbed ? new Part(text + MARK, ratio, missing, true) : this;
    }

    /** Whether it was measured, and is as asked for. */
    public boolean isMet() {
        return missing == null && Double.isFinite(ratio) && ratio >= 1;
    }
}
