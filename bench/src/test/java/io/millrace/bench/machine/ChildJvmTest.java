package io.millrace.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
    /** What is measured is what a user gets. */
    @Test
    void shouldCompileAsTheLauncherDoes() throws IOException {
        final String launcher = Files.readString(Path.of("..", "millrace"));
        final String flags = launcher.substring(launcher.indexOf("\nflags='"));
        final List<String> compiled = List
                .of(flags.substring(flags.indexOf('\'') + 1).split("'")[0].strip().split("\\s+"))
                .stream().filter(flag -> flag.startsWith("-XX:")).toList();

        assertThat(compiled).containsAll(ChildJvm.COMPILATION);
        assertThat(ChildJvm.command(ChildJvmTest.class, ChildJvm.COMPILATION, List.of()))
                .filteredOn(flag -> flag.startsWith("-XX:")).containsExactlyInAnyOrderElementsOf(compiled);
    }
}
