package io.millrace.config;

import io.millrace.config.QuantityType.Quantity;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The units of HOCON for sizes and times. Unlike HOCON's own reading, a time without unit is refused (is it seconds or
 * milliseconds?), and nothing is rounded: {@code 1.5KiB} is 1,536 bytes, {@code 0.3B} is refused. Pure functions.
 */
public final class Units {
    private static final Pattern NUMBER = Pattern.compile("([+-]?[0-9]+(?:\\.[0-9]+)?)\\s*([a-zA-Zµμ]*)");

    private static final Map<String, Long> NANOS = Map.ofEntries(Map.entry("ns", 1L), Map.entry("us", 1_000L),
            Map.entry("µs", 1_000L), Map.entry("μs", 1_000L), Map.entry("ms", 1_000_000L),
            Map.entry("s", 1_000_000_000L), Map.entry("m", 60_000_000_000L), Map.entry("h", 3_600_000_000_000L),
            Map.entry("d", 86_400_000_000_000L), Map.entry("nanosecond", 1L), Map.entry("microsecond", 1_000L),
            Map.entry("millisecond", 1_000_000L), Map.entry("second", 1_000_000_000L),
            Map.entry("minute", 60_000_000_000L), Map.entry("hour", 3_600_000_000_000L),
            Map.entry("day", 86_400_000_000_000L));

    private static final String[] TIME_NAMES = {"d", "h", "m", "s", "ms", "us", "ns"};
    private static final long[] TIME_SIZES = {86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L,
            1_000_000L, 1_000L, 1L};
    private static final String BINARY = "KMGTPE";

    private Units() {}

    /** Nanoseconds of a time such as {@code 40ms}; empty where it is none or has no unit. Saturates. */
    public static Optional<Long> nanos(final String text) {
        final Matcher matcher = NUMBER.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        final String unit = matcher.group(2);
        final Long size = NANOS.getOrDefault(unit, NANOS.get(unit.replaceAll("(?<=..)s$", "")));
        if (size == null) {
            final boolean zero = unit.isEmpty() && new BigDecimal(matcher.group(1)).signum() == 0;
            return zero ? Optional.of(0L) : Optional.empty();
        }
        return exact(matcher.group(1), size);
    }

    /** Bytes of a size such as {@code 64KiB} or {@code 1500}; empty where it is none. Saturates. */
    public static Optional<Long> bytes(final String text) {
        final Matcher matcher = NUMBER.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        final String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        if (unit.isEmpty() || unit.equals("b") || unit.equals("byte") || unit.equals("bytes")) {
            return exact(matcher.group(1), 1);
        }
        final int power = BINARY.indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
        return switch (unit.substring(1)) {
            case "", "i", "ib" -> power == 0 ? Optional.empty() : exact(matcher.group(1), 1L << 10 * power);
            case "b" -> power == 0 ? Optional.empty() : exact(matcher.group(1), Math.powExact(1_000L, power));
            default -> Optional.empty();
        };
    }

    private static Optional<Long> exact(final String number, final long size) {
        final BigDecimal units = new BigDecimal(number).multiply(BigDecimal.valueOf(size));
        if (units.stripTrailingZeros().scale() > 0) {
            return Optional.empty();
        }
        return Optional.of(units.min(BigDecimal.valueOf(Long.MAX_VALUE)).max(BigDecimal.valueOf(Long.MIN_VALUE))
                .longValueExact());
    }

    /** The shortest exact way to write a size: the largest binary unit that leaves no fraction. */
    static Quantity ofBytes(final long bytes) {
        for (int power = bytes == 0 ? 0 : BINARY.length(); power > 0; power--) {
            if ((bytes & (1L << 10 * power) - 1) == 0) {
                return new Quantity(Long.toString(bytes >> 10 * power), BINARY.charAt(power - 1) + "iB");
            }
        }
        return new Quantity(Long.toString(bytes), "bytes");
    }

    /** The shortest exact way to write a time: the largest unit that leaves no fraction and a number above 1. */
    static Quantity ofNanos(final long nanos) {
        if (nanos == 0) {
            return new Quantity("0", "ms");
        }
        int best = TIME_NAMES.length - 1;
        while (best > 0 && nanos % TIME_SIZES[best - 1] == 0 && !isOddMinute(nanos, best - 1)) {
            best--;
        }
        return new Quantity(Long.toString(nanos / TIME_SIZES[best]), TIME_NAMES[best]);
    }

    /** People write 60 s and 120 s, not 1 min and 2 min: minutes only from ten up. */
    private static boolean isOddMinute(final long nanos, final int unit) {
        return TIME_NAMES[unit].equals("m") && nanos < 10 * TIME_SIZES[unit];
    }
}
