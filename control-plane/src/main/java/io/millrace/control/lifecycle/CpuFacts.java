package io.millrace.control.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.StringJoiner;

/**
 * Which CPUs the kernel keeps for threads that ask for them. Immutable. Thread: any.
 *
 * @param isolated that the scheduler gives to nobody else (boot parameter {@code isolcpus}), as {@code 2-3}; may be empty.
 * @param noTick   that have no timer tick while one thread runs there ({@code nohz_full}); may be empty.
 */
public record CpuFacts(String isolated, String noTick) {
    private static final Path DIRECTORY = Path.of("/sys/devices/system/cpu");

    /** Of this machine, now. */
    public static CpuFacts look() {
        return new CpuFacts(read("isolated"), read("nohz_full"));
    }

    private static String read(final String name) {
        try {
            final String text = Files.readString(DIRECTORY.resolve(name)).strip();
            return text.contains("null") ? "" : text;
        } catch (final IOException e) {
            return "";
        }
    }

    /** {@code ; isolated: 2-3; without tick: 2-3}; empty where the kernel keeps none. */
    public String describe() {
        return (isolated.isEmpty() ? "" : "; isolated (isolcpus): " + isolated)
                + (noTick.isEmpty() ? "" : "; without a timer tick (nohz_full): " + noTick);
    }

    /** {@code 0-1, 4}. */
    public static String text(final BitSet cpus) {
        final StringJoiner text = new StringJoiner(", ");
        for (int first = cpus.nextSetBit(0); first >= 0;) {
            final int end = cpus.nextClearBit(first);
            text.add(end - first == 1 ? Integer.toString(first) : first + "-" + (end - 1));
            first = cpus.nextSetBit(end);
        }
        return text.toString();
    }
}
