package io.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every package says what it is for, and is null-marked. */
class PackageInfoTest {
    private static final List<String> MODULES = List.of("fastpath", "native", "control-plane", "bench",
            "bench/examples");
    private static final int MAX_LINES = 15;

    private static List<Path> packages() throws IOException {
        try (Stream<Path> files = sources()) {
            return files.map(Path::getParent).filter(Objects::nonNull).distinct().sorted().toList();
        }
    }

    private static Stream<Path> sources() throws IOException {
        Stream<Path> all = Stream.empty();
        for (final String module : MODULES) {
            final Path sources = Path.of("..", module, "src", "main", "java");
            if (Files.isDirectory(sources)) {
                all = Stream.concat(all, Files.walk(sources).filter(file -> file.toString().endsWith(".java")));
            }
        }
        return all;
    }

    @Test
    void shouldDescribeAndNullMarkEveryPackage() throws IOException {
        assertThat(packages()).isNotEmpty().allSatisfy(folder -> {
            final Path file = folder.resolve("package-info.java");
            assertThat(file).exists();
            assertThat(Files.readString(file)).contains("/**")
                    .containsPattern("(?m)^@(org\\.jspecify\\.annotations\\.)?NullMarked$");
            assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(MAX_LINES);
        });
    }
}
