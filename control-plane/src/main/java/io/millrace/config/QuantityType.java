package io.millrace.config;

import com.typesafe.config.ConfigValue;
import java.time.Duration;

/**
 * Whole numbers, bytes and durations: a {@code long} of the smallest unit, between two limits.
 *
 * @param <T> {@link Integer}, {@link Long} or {@link Duration}.
 */
abstract class QuantityType<T> extends ValueType<T> {
    private final long min;
    private final long max;
    private final boolean orZero;
    private final boolean powerOfTwo;

    QuantityType(final long min, final long max, final boolean orZero, final boolean powerOfTwo) {
        this.min = min;
        this.max = max;
        this.orZero = orZero;
        this.powerOfTwo = powerOfTwo;
    }

    /** A number and its unit, e.g. 64 and KiB. */
    record Quantity(String number, String unit) {
        String spaced() {
            return unit.isEmpty() ? number : number + ' ' + unit;
        }
    }

    /** The smallest units that a text stands for. */
    abstract long units(String text) throws RefusedValueException;

    abstract long toUnits(T value);

    abstract T fromUnits(long units);

    /** An exact and short way to write it. */
    abstract Quantity quantity(long units);

    @Override
    final T parse(final ConfigValue value) throws RefusedValueException {
        return fromUnits(units(scalar(value)));
    }

    @Override
    final void check(final T value) throws RefusedValueException {
        final long units = toUnits(value);
        if (orZero && units == 0) {
            return;
        }
        if (units < min || units > max) {
            throw refused();
        }
        if (powerOfTwo && Long.bitCount(units) != 1) {
            final long below = Long.highestOneBit(units);
            throw new RefusedValueException("must be " + allowed() + "; the nearest are " + quantity(below).spaced()
                    + " and " + quantity(below << 1).spaced());
        }
    }

    @Override
    final String allowed() {
        final Quantity low = quantity(min);
        final Quantity high = quantity(max);
        final String from = low.unit().equals(high.unit()) || min == 0 ? low.number() : low.spaced();
        return (orZero ? "0 or " : "") + (powerOfTwo ? "a power of two, " : "") + from + " to " + high.spaced();
    }

    /** Counts. */
    static final class Whole extends QuantityType<Integer> {
        Whole(final int min, final int max, final boolean powerOfTwo) {
            super(min, max, false, powerOfTwo);
        }

        @Override
        long units(final String text) throws RefusedValueException {
            try {
                return Long.parseLong(text);
            } catch (final NumberFormatException e) {
                throw refused();
            }
        }

        @Override
        long toUnits(final Integer value) {
            return value;
        }

        @Override
        Integer fromUnits(final long units) {
            // Saturates: what lies outside of an int lies outside of every range.
            return Math.clamp(units, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }

        @Override
        Quantity quantity(final long units) {
            return new Quantity(Long.toString(units), "");
        }

        @Override
        String render(final Integer value) {
            return value.toString();
        }
    }

    /** Sizes in bytes. */
    static final class Bytes extends QuantityType<Long> {
        Bytes(final long min, final long max, final boolean orZero, final boolean powerOfTwo) {
            super(min, max, orZero, powerOfTwo);
        }

        @Override
        long units(final String text) throws RefusedValueException {
            return Units.bytes(text).orElseThrow(this::refused);
        }

        @Override
        long toUnits(final Long value) {
            return value;
        }

        @Override
        Long fromUnits(final long units) {
            return units;
        }

        @Override
        Quantity quantity(final long units) {
            return Units.ofBytes(units);
        }

        @Override
        String render(final Long value) {
            final Quantity quantity = quantity(value);
            return quantity.unit().equals("bytes") ? quantity.number() : quantity.number() + quantity.unit();
        }
    }

    /** Times, to the nanosecond, up to 292 years. */
    static final class Time extends QuantityType<Duration> {
        Time(final Duration min, final Duration max, final boolean powerOfTwo) {
            super(min.toNanos(), max.toNanos(), false, powerOfTwo);
        }

        @Override
        long units(final String text) throws RefusedValueException {
            return Units.nanos(text)
                    .orElseThrow(() -> new RefusedValueException("must be " + allowed() + ", with its unit"));
        }

        @Override
        long toUnits(final Duration value) {
            try {
                return value.toNanos();
            } catch (final ArithmeticException e) {
                // 292 years and more, set by a program: outside of every range.
                return value.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
            }
        }

        @Override
        Duration fromUnits(final long units) {
            return Duration.ofNanos(units);
        }

        @Override
        Quantity quantity(final long units) {
            return Units.ofNanos(units);
        }

        @Override
        String render(final Duration value) {
            final Quantity quantity = quantity(toUnits(value));
            return quantity.number() + quantity.unit();
        }
    }
}
