package io.millrace.control.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.StringJoiner;

/**
 * The CPUs that loops may have.
 *
 * @param allowed  that this process may use.
 * @param isolated that the scheduler gives to nobody who does not ask for them (boot parameter {@code isolcpus}).
 * @param noTick   that have no timer tick while one thread runs there ({@code nohz_full}).
 */
public record CpuFacts(BitSet allowed, BitSet isolated, BitSet noTick) {
    private static final Path DIRECTORY = Path.of("/sys/devices/system/cpu");

    /**
     * Of this machine, and the calling thread, now.
     *
     * @throws IOException one sentence: nobody can tell, and no loop can be kept on a CPU.
     */
    public static CpuFacts look() throws IOException {
        return new CpuFacts(LoopThreads.discover().allowedCpus(), read("isolated"), read("nohz_full"));
    }

    private static BitSet read(final String name) {
        try {
            return parse(Files.readString(DIRECTORY.resolve(name)).strip());
        } catch (final IOException | NumberFormatException e) {
            // not every kernel has it; "(null)" where it is off
            return new BitSet();
        }
    }

    /** Of {@code 0-1,4}. */
    static BitSet parse(final String list) {
        final BitSet cpus = new BitSet();
        for (final String part : list.isEmpty() ? new String[0] : list.split(",")) {
            final int dash = part.indexOf('-');
            final int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            cpus.set(first, 1 + (dash < 0 ? first : Integer.parseInt(part.substring(dash + 1))));
        }
        return cpus;
    }

    /** {@code ; isolated (isolcpus): 2-3}; empty where the kernel keeps none. */
    public String describe() {
        return (isolated.isEmpty() ? "" : "; isolated (isolcpus): " + text(isolated))
                + (noTick.isEmpty() ? "" : "; without a timer tick (nohz_full): " + text(noTick));
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
