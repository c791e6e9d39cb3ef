package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Raw access to memory. */
class MemoryTest {
    private static final int LONGEST = 300;
    private static final int MARGIN = 16;

    @Test
    void shouldCopyAnyLengthAndNothingBesideIt() {
        try (MemoryRegion region = MemoryRegion.allocate("test copies", 4_096)) {
            for (int length = 0; length <= LONGEST; length++) {
                for (int offset = 0; offset < Long.BYTES; offset++) {
                    final byte[] source = new byte[length];
                    final byte[] expected = new byte[LONGEST + 2 * MARGIN];
                    new Random(length * 8L + offset).nextBytes(source);
                    System.arraycopy(source, 0, expected, MARGIN + offset, length);
                    final long from = region.address() + 3;
                    final long to = region.address() + 2_048;
                    Memory.copyFromArray(source, 0, from, length);
                    Memory.zero(to, expected.length);
                    Memory.copyApart(from, to + MARGIN + offset, length);
                    final byte[] actual = new byte[expected.length];
                    Memory.copyToArray(to, actual, 0, actual.length);
                    assertThat(actual).isEqualTo(expected);
                }
            }
        }
    }
}
