package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory of the system, and what it is told about its use. */
class MemoryRegionTest {
    private static final int LARGE = 16 << 20;
    private static final int SMALL = 1 << 20;
    private static final int NO_SUCH_ADVICE = 12_345;
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage");

    /** What the kernel was told of the memory at an address: flags as proc(5) has them. */
    private static List<String> advice(final long address) throws IOException {
        boolean inside = false;
        for (final String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            final String[] words = line.split("[- ]+");
            if (words[0].matches("[0-9a-f]+")) {
                inside = Long.parseUnsignedLong(words[0], 16) <= address
                        && address < Long.parseUnsignedLong(words[1], 16);
            } else if (inside && words[0].equals("VmFlags:")) {
                return List.of(words);
            }
        }
        throw new AssertionError("no memory at " + address);
    }

    @Test
    void shouldAskForLargePagesOfALargeTable() throws IOException {
        assumeTrue(Files.exists(HUGE_PAGES), "no transparent huge pages here");
        try (MemoryRegion large = MemoryRegion.allocateTable("test table", LARGE);
                MemoryRegion small = MemoryRegion.allocateTable("test table", SMALL);
                MemoryRegion other = MemoryRegion.allocate("test region", LARGE)) {
            assertThat(advice(large.address())).contains("hg");
            assertThat(advice(small.address())).doesNotContain("hg");
            assertThat(advice(other.address())).doesNotContain("hg");
        }
    }

    @Test
    void shouldGiveATableThatIsZero() {
        try (MemoryRegion table = MemoryRegion.allocateTable("test table", LARGE)) {
            for (int at = 0; at < LARGE; at += 4_096) {
                assertThat(Memory.getLong(table.address() + at)).isZero();
            }
            Memory.putLong(table.address() + LARGE - Long.BYTES, 7);
            assertThat(Memory.getLong(table.address() + LARGE - Long.BYTES)).isEqualTo(7);
        }
    }

    @Test
    void shouldGoOnWhereAdviceIsNotTaken() {
        final long before = MemoryRegion.bytesInUse();
        try (MemoryRegion region = MemoryRegion.allocate("test region", LARGE)) {
            Memory.putLong(region.address(), 7);
            assertThat(region.advise(NO_SUCH_ADVICE)).isFalse();
            assertThat(Memory.getLong(region.address())).isEqualTo(7);
            assertThat(MemoryRegion.bytesInUse()).isGreaterThan(before);
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }
}
