package io.millrace.fastpath.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Computes the throughput matrix and compares it with the one in the project, to the last digit. Where a change is
 * meant, {@code -Dmillrace.test.update=true} writes the new one.
 */
class ThroughputMatrixTest {
    private static final Path COMMITTED = Path.of("src", "test", "resources", "throughput-matrix.txt");

    @Test
    void shouldBeAsCommitted() throws IOException {
        final List<String> lines = ThroughputMatrix.lines();
        if (Boolean.getBoolean("millrace.test.update")) {
            Files.createDirectories(COMMITTED.getParent());
            Files.write(COMMITTED, lines);
        }
        final List<String> committed = Files.readAllLines(COMMITTED);
        assertThat(lines).as("""
                %s has changed:%n%sWhere that is meant: mvn test -pl fastpath -Dtest=ThroughputMatrixTest \
                -Dmillrace.test.update=true""", COMMITTED, difference(committed, lines)).isEqualTo(committed);
    }

    /** Lines that differ, old and new one below the other. */
    private static String difference(final List<String> committed, final List<String> lines) {
        final StringBuilder difference = new StringBuilder();
        for (int i = 0; i < Math.max(committed.size(), lines.size()); i++) {
            final String before = i < committed.size() ? committed.get(i) : "";
            final String after = i < lines.size() ? lines.get(i) : "";
            if (!before.equals(after)) {
                difference.append("- ").append(before).append("\n+ ").append(after).append('\n');
            }
        }
        return difference.toString();
    }
}
