package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigKeys;
import io.millrace.config.ConfigReference;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String... arguments) {
        return commandLine(false).execute(arguments);
    }

    private CommandLine commandLine(final boolean colours) {
        return Main.commandLine(colours).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    }

    @Test
    void shouldPrintHelpOfEveryCommandOnStandardOut() {
        final List<List<String>> commands = new ArrayList<>();
        collect(List.of(), Main.commandLine(false), commands);

        assertThat(commands).hasSizeGreaterThan(4).allSatisfy(command -> {
            for (final String option : List.of("--help", "-h")) {
                final StringWriter help = new StringWriter();
                final List<String> arguments = new ArrayList<>(command);
                arguments.add(option);
                final int code = Main.commandLine(false).setOut(new PrintWriter(help))
                        .execute(arguments.toArray(String[]::new));
                assertThat(code).isEqualTo(ExitCode.OK);
                assertThat(help.toString())
                        .startsWith("Usage: " + String.join(" ", "millrace " + String.join(" ", command)).strip())
                        .contains("-h, --help").doesNotContain("\u001b");
            }
        });
    }

    private static void collect(final List<String> path, final CommandLine command, final List<List<String>> into) {
        into.add(path);
        command.getSubcommands().forEach((name, subcommand) -> {
            final List<String> longer = new ArrayList<>(path);
            longer.add(name);
            collect(longer, subcommand, into);
        });
    }

    @Test
    void shouldPrintVersionCommitJdkAndPorts() {
        assertThat(run("--version")).isEqualTo(ExitCode.OK);

        assertThat(out.toString().lines()).anyMatch(line -> line.matches("millrace \\S+ \\(commit \\S+.*\\)"))
                .anyMatch(line -> line.startsWith("JDK " + Runtime.version()))
                .anyMatch(line -> line.matches(" {2}memory +available +.*"));
        assertThat(out.toString()).doesNotContain("${");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "config", "nonsense", "config chek", "config show --nonsense", "config check",
            "config check a b", "--verison", "config show --config"})
    void shouldRefuseWrongUsageWithoutStandardOut(final String line) {
        final int code = run(Arrays.stream(line.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new));

        assertThat(code).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("millrace: ").contains("--help'.");
    }

    @Test
    void shouldCheckAGoodFile() throws IOException {
        final Path file = Files.writeString(folder.resolve("good.conf"), "millrace.tcp.mss = 1000\n");

        assertThat(run("config", "check", file.toString())).isEqualTo(ExitCode.OK);
        assertThat(out).hasToString(file + ": ok" + System.lineSeparator());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldPrintEveryProblemOfABadFileOnStandardError() throws IOException {
        final Path file = Files.writeString(folder.resolve("bad.conf"),
                "millrace.tcp.mss = 20\nmillrace.tcp.rto-minn = 1s\n");

        for (final List<String> command : List.of(List.of("config", "check", file.toString()),
                List.of("config", "show", "--config", file.toString()))) {
            err.getBuffer().setLength(0);
            assertThat(run(command.toArray(String[]::new))).isEqualTo(2);
            assertThat(out.toString()).isEmpty();
            assertThat(err.toString().lines()).containsExactly(
                    file + ":1: millrace.tcp.mss = 20: must be 0 or 88 to 65495 bytes",
                    file + ":2: millrace.tcp.rto-minn: unknown key, did you mean millrace.tcp.rto-min?");
        }
    }

    @Test
    void shouldTellOfAMissingFile() {
        final Path file = folder.resolve("missing.conf");

        assertThat(run("config", "check", file.toString())).isEqualTo(2);
        assertThat(err.toString().lines()).containsExactly(file + ": no such file");
    }

    @Test
    void shouldPrintTheMemoryThatAStackMayComeTo() throws IOException {
        final Path file = Files.writeString(folder.resolve("big.conf"),
                "millrace.engine { max-connections = 1000000, memory-limit = 100MiB }\n");

        assertThat(run("memory", "--config", file.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(out.toString().lines()).anyMatch(line -> line.matches("connections +1 +428 +428 +millrace.engine.*"))
                .anyMatch(line -> line.matches("total +[0-9]+"))
                .anyMatch(line -> line.matches("limit +100 +millrace.*"));
        assertThat(err.toString()).startsWith("the stack may come to ");
        assertThat(run("memory")).isEqualTo(ExitCode.OK);
    }

    @Test
    void shouldShowEveryValueAndWhereItComesFromAsAConfiguration() throws IOException {
        final Path file = Files.writeString(folder.resolve("my.conf"), "\nmillrace.tcp.delayed-ack = 10ms\n");

        assertThat(run("config", "show", "--config", file.toString())).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).hasSize(ConfigKeys.ALL.size())
                .anyMatch(line -> line.matches("millrace\\.tcp\\.delayed-ack = 10ms +# .*my\\.conf:2"))
                .anyMatch(line -> line.matches("millrace\\.tcp\\.mss = 0 +# default"));

        final Path shown = Files.writeString(folder.resolve("shown.conf"), out.toString());
        out.getBuffer().setLength(0);
        assertThat(run("config", "check", shown.toString())).isEqualTo(ExitCode.OK);
    }

    @Test
    void shouldShowTheDefaultsWithoutAFile() {
        assertThat(run("config", "show")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).hasSize(ConfigKeys.ALL.size()).allMatch(line -> line.endsWith("# default"));
    }

    @Test
    void shouldUseColoursOnlyWhereToldTo() throws IOException {
        final Path file = Files.writeString(folder.resolve("my.conf"), "millrace.tcp.delayed-ack = 10ms\n");

        commandLine(true).execute("config", "show", "--config", file.toString());
        assertThat(out.toString()).contains("\u001b[1mmillrace.tcp.delayed-ack = 10ms");
        out.getBuffer().setLength(0);
        run("config", "show", "--config", file.toString());
        assertThat(out.toString()).doesNotContain("\u001b");
    }

    @Test
    void shouldPrintTheReference() {
        assertThat(run("config", "reference")).isEqualTo(ExitCode.OK);
        assertThat(out).hasToString(ConfigReference.render());
    }
}
