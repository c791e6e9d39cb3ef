package io.millrace.bench.many;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of this process, in bytes.
 *
 * @param resident   pages in memory (VmRSS), of the heap and outside of it.
 * @param pageTables what the kernel needs to find them (VmPTE); not part of {@code resident}.
 * @param huge       how much of {@code resident} is huge pages (AnonHugePages).
 * @param heap       in use after a full collection.
 */
record ProcessMemory(long resident, long pageTables, long huge, long heap) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MAPS = Path.of("/proc/self/smaps_rollup");
    private static final long KIBIBYTE = 1_024;

    /** Collects garbage, and looks. */
    static ProcessMemory now() throws IOException {
        System.gc();
        final long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        final List<String> status = Files.readAllLines(STATUS);
        return new ProcessMemory(field(status, "VmRSS:"), field(status, "VmPTE:"),
                field(Files.readAllLines(MAPS), "AnonHugePages:"), heap);
    }

    ProcessMemory minus(final ProcessMemory other) {
        return new ProcessMemory(resident - other.resident, pageTables - other.pageTables, huge - other.huge,
                heap - other.heap);
    }

    /** Bytes of memory that are free or can be made free (MemAvailable), of the whole machine. */
    static long available() throws IOException {
        return field(Files.readAllLines(Path.of("/proc/meminfo")), "MemAvailable:");
    }

    private static long field(final List<String> lines, final String name) {
        return lines.stream().filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE).findFirst().orElse(0);
    }
}
