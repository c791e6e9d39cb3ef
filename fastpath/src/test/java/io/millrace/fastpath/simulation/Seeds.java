package io.millrace.fastpath.simulation;

import io.millrace.fastpath.port.PcapngWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs simulations by their seeds. Where one fails it is run once more, now with a capture of every packet, and the
 * failure says how to replay it and where the capture is. Thread: one.
 */
final class Seeds {
    /** Replays one seed. */
    static final String ONE = "millrace.test.seed";

    /** How many seeds {@link SoakTest} runs. */
    static final String COUNT = "millrace.test.seeds";
    /** The first of them; 0 where it is not said. */
    static final String FROM = "millrace.test.from";

    static final NetworkSimulation.Interference UNDISTURBED = (host, step) -> {};

    private static final int LARGEST = 300_000;
    private static final Path CAPTURES = Path.of("target", "simulation");

    private Seeds() {}

    /**
     * Runs the seeds of a range, or the one that {@value #ONE} names.
     *
     * @return what happened.
     * @throws AssertionError for the first that fails.
     */
    static Tally run(final long from, final long to) {
        final Long only = Long.getLong(ONE);
        final Tally tally = new Tally();
        for (long seed = only == null ? from : only; seed < (only == null ? to : only + 1); seed++) {
            run(seed, tally, UNDISTURBED);
        }
        return tally;
    }

    /** Runs one seed. */
    static void run(final long seed, final Tally tally, final NetworkSimulation.Interference interference) {
        try {
            new NetworkSimulation(seed, LARGEST).tally(tally).interfere(interference).run();
        } catch (final AssertionError e) {
            throw new AssertionError(e.getMessage() + "\nreplay: mvn test -pl fastpath -Dtest=SimulationTest -D" + ONE
                    + "=" + seed + "\n" + capture(seed, interference), e);
        }
    }

    private static String capture(final long seed, final NetworkSimulation.Interference interference) {
        final Path file = CAPTURES.resolve("seed-" + seed + ".pcapng").toAbsolutePath();
        try {
            Files.createDirectories(CAPTURES);
            try (PcapngWriter writer = PcapngWriter.create(file, "seed " + seed, false, PcapngWriter.WHOLE_FRAMES)) {
                new NetworkSimulation(seed, LARGEST).interfere(interference).capture(writer).run();
            }
            return "it did not fail again: something besides the seed decides. Capture: " + file;
        } catch (final AssertionError again) {
            return "capture: " + file;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
