package io.millrace.fastpath.port;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@link Faults} in words: {@code 1 % lost, delay 10 ms}. Nothing is rounded but the share of bursts. Pure functions. */
final class FaultsText {
    private static final int DECIMALS_OF_MS = 6;
    private static final int DECIMALS_OF_MBIT = 6;
    private static final int DECIMALS_OF_PERCENT = 2;
    private static final double PERCENT = 100;

    private FaultsText() {}

    static String of(final Faults faults) {
        if (faults.isNone()) {
            return "nothing goes wrong";
        }
        final List<String> parts = new ArrayList<>();
        addChances(faults, parts);
        addTimes(faults, parts);
        if (faults.markAboveBytes() != Long.MAX_VALUE) {
            parts.add("marked above " + faults.markAboveBytes() + " bytes");
        }
        if (faults.mtu() != Integer.MAX_VALUE) {
            parts.add("MTU " + faults.mtu());
        }
        return String.join(", ", parts);
    }

    private static void addChances(final Faults faults, final List<String> parts) {
        if (faults.loss() > 0) {
            parts.add(percent(faults.loss()) + " lost");
        }
        if (faults.burstEnter() > 0) {
            final double share = faults.burstEnter() / (faults.burstEnter() + faults.burstLeave());
            parts.add(String.format(Locale.ROOT, "%.3g %% lost in bursts of %.3g frames",
                    PERCENT * share * faults.lossInBurst(), 1 / faults.burstLeave()));
        }
        if (faults.duplication() > 0) {
            parts.add(percent(faults.duplication()) + " twice");
        }
        if (faults.corruption() > 0) {
            parts.add(percent(faults.corruption()) + " corrupted");
        }
        if (faults.reordering() > 0) {
            parts.add(percent(faults.reordering()) + " held back by up to " + millis(faults.reorderDelayNs()));
        }
    }

    private static void addTimes(final Faults faults, final List<String> parts) {
        if (faults.bitsPerSecond() > 0) {
            parts.add(plain(BigDecimal.valueOf(faults.bitsPerSecond(), DECIMALS_OF_MBIT)) + " Mbit/s"
                    + (faults.queueBytes() == Long.MAX_VALUE
                            ? ""
                            : " with a queue of " + faults.queueBytes() + " bytes"));
        }
        if (faults.delayNs() > 0) {
            parts.add("delay " + millis(faults.delayNs()));
        }
        if (faults.jitterNs() > 0) {
            parts.add("jitter " + millis(faults.jitterNs()));
        }
    }

    private static String percent(final double probability) {
        return plain(BigDecimal.valueOf(probability).movePointRight(DECIMALS_OF_PERCENT)) + " %";
    }

    private static String millis(final long ns) {
        return plain(BigDecimal.valueOf(ns, DECIMALS_OF_MS)) + " ms";
    }

    private static String plain(final BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
