package io.millrace.nativeports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks the C compiler what constant expressions of headers come to. Thread: any. */
public final class CHeaders {
    private CHeaders() {}

    /** True where there is a compiler. */
    public static boolean hasCompiler() {
        for (final String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory, "gcc"))) {
                return true;
            }
        }
        return false;
    }

    /** Asks for each number; a test that does so is skipped where there is no compiler. */
    public static void assertAgree(final Path directory, final String headers, final List<String> options,
            final Map<String, Long> expected) throws Exception {
        assumeTrue(hasCompiler(), "gcc is not installed");
        assertThat(ask(directory, headers, options, expected.keySet())).isEqualTo(expected);
    }

    /**
     * Compiles and runs a program that prints the value of each expression; the compiler must have no complaint.
     *
     * @param directory where to put it.
     * @param headers   what comes first in its source.
     * @param options   for the compiler.
     */
    public static Map<String, Long> ask(final Path directory, final String headers, final List<String> options,
            final Iterable<String> expressions) throws Exception {
        final StringBuilder source = new StringBuilder(headers).append("int main(void) {\n");
        for (final String expression : expressions) {
            source.append("  printf(\"%s=%ld\\n\", \"").append(expression).append("\", (long) (").append(expression)
                    .append("));\n");
        }
        final Path file = directory.resolve("numbers.c");
        final Path program = directory.resolve("numbers");
        Files.writeString(file, source.append("  return 0;\n}\n"));
        final List<String> command = new ArrayList<>(List.of("gcc"));
        command.addAll(options);
        command.addAll(List.of("-o", program.toString(), file.toString()));
        assertThat(run(command.toArray(String[]::new))).as("compiler's complaints").isEmpty();
        final Map<String, Long> answers = new LinkedHashMap<>();
        for (final String line : run(program.toString()).split("\n")) {
            final int equals = line.lastIndexOf('=');
            answers.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
        }
        return answers;
    }

    private static String run(final String... command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
