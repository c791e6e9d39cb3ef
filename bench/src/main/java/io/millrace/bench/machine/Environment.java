package io.millrace.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where and when something was measured.
 *
 * @param date   UTC.
 * @param cpu    model, and how many.
 * @param kernel release of Linux.
 * @param jdk    version of Java.
 * @param load   load of the machine over the last minute, before and after.
 */
public record Environment(String date, String cpu, String kernel, String jdk, String load) {
    private static final String UNKNOWN = "unknown";

    /** @param loadBefore {@link #currentLoad} when it began. */
    public static Environment now(final String loadBefore) {
        final String model = read("/proc/cpuinfo").lines().filter(line -> line.startsWith("model name")).findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(UNKNOWN);
        return new Environment(Instant.now().truncatedTo(ChronoUnit.MINUTES).toString(),
                Runtime.getRuntime().availableProcessors() + " × " + model, read("/proc/sys/kernel/osrelease"),
                Runtime.version().toString(), loadBefore + " before, " + currentLoad() + " after");
    }

    /** Load of the machine over the last minute. */
    public static String currentLoad() {
        return read("/proc/loadavg").split(" ", 2)[0];
    }

    private static String read(final String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (final IOException e) {
            return UNKNOWN;
        }
    }
}
