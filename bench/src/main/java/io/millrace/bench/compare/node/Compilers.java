package io.millrace.bench.compare.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The JIT compilers of this JVM. Thread: any. */
final class Compilers {
    private static final Path THREADS = Path.of("/proc/self/task");

    private Compilers() {}

    /**
     * Processor time that the compilers' threads have taken, in nanoseconds: also of what is not ready yet, which the JVM
     * itself does not count; less than before where one of the threads has ended.
     */
    static long cpuNs() throws IOException {
        try (Stream<Path> listed = Files.list(THREADS)) {
            final List<Path> threads = listed.toList();
            long sum = 0;
            for (final Path thread : threads) {
                sum += cpuNs(thread);
            }
            return sum;
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static long cpuNs(final Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).contains("Compiler")
                    ? Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0])
                    : 0;
        } catch (final IOException e) {
            // it has just ended
            return 0;
        }
    }
}
