package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, in a project of its own, with a Maven and JDKs that only look like them. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    private Path temp;
    private Path root;
    private Path log;
    private Path jdk;
    private final Map<Process, Path> outputs = new HashMap<>();

    /** What a run of the script left. */
    private record Outcome(int code, List<String> out, String err) {}

    @BeforeEach
    void makeProject() throws IOException {
        root = temp.resolve("a project");
        for (final String module : List.of("fastpath", "native", "control-plane", "bench")) {
            Files.createDirectories(root.resolve(module).resolve("src/main/java"));
            Files.createFile(root.resolve(module).resolve("pom.xml"));
        }
        Files.createFile(root.resolve("pom.xml"));
        Files.copy(Path.of("..", "millrace"), root.resolve("millrace"), StandardCopyOption.COPY_ATTRIBUTES);
        log = temp.resolve("mvn.log");
        jdk = fakeJdk("jdk 25", "25.0.1");
        fakeMaven("");
        // A source as new as the stamp of the same moment would hide what the tests are about.
        touchSources(Instant.now().minusSeconds(100));
    }

    private void fakeMaven(final String extra) throws IOException {
        script(temp.resolve("bin/mvn"), """
                echo "$JAVA_HOME" >> '%s'
                echo "output of Maven"
                %s
                mkdir -p control-plane/target/lib
                echo jar > control-plane/target/lib/dependency.jar
                echo jar > control-plane/target/millrace-control-plane.jar
                mkdir -p bench/target
                echo jar > bench/target/benchmarks.jar
                echo "$@" > '%s.arguments'
                """.formatted(log, extra, log));
    }

    private Path fakeJdk(final String name, final String version) throws IOException {
        final Path home = temp.resolve(name);
        script(home.resolve("bin/java"), "for argument in \"$@\"; do printf '%s\\n' \"$argument\"; done\n");
        script(home.resolve("bin/javac"), "exit 0\n");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void script(final Path file, final String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void touchSources(final Instant time) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (final Path file : files.filter(path -> !path.toString().contains("target")).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(time));
            }
        }
    }

    private Process start(final Map<String, String> environment, final List<String> command) throws IOException {
        final Path output = Files.createTempFile(temp, "run", "");
        final ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(output.toFile())
                .redirectError(Path.of(output + ".err").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", temp.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().put("MILLRACE_JDK_SEARCH", "");
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().putAll(environment);
        final Process process = builder.start();
        outputs.put(process, output);
        return process;
    }

    private Outcome outcome(final Process process) throws IOException, InterruptedException {
        final int code = process.waitFor();
        final Path output = outputs.get(process);
        return new Outcome(code, Files.readAllLines(output), Files.readString(Path.of(output + ".err")));
    }

    private Outcome run(final Map<String, String> environment, final String... arguments)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of("/bin/sh", root.resolve("millrace").toString()));
        command.addAll(List.of(arguments));
        return outcome(start(environment, command));
    }

    private long builds() throws IOException {
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    @Test
    void shouldBuildOnFirstUseAndPassTheArgumentsOn() throws IOException, InterruptedException {
        final Outcome outcome = run(Map.of(), "config", "a b", "*", "");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).doesNotContain("output of Maven").containsSubsequence("-cp",
                root.toRealPath().resolve("control-plane/target/dist") + "/*", "io.millrace.cli.Main", "config", "a b",
                "*", "");
        assertThat(outcome.err()).isEqualTo("millrace: building Millrace (first use)...\n");
        assertThat(Files.readAllLines(log)).containsExactly(jdk.toString());
        assertThat(root.resolve("control-plane/target/build.lock")).doesNotExist();
        assertThat(root.resolve("control-plane/target/dist/dependency.jar")).exists();
    }

    @Test
    void shouldBuildAndRunTheBenchmarksByThemselves() throws IOException, InterruptedException {
        final Outcome outcome = run(Map.of(), "bench", "--quick", "a b");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.err()).isEqualTo("millrace: building the benchmarks (first use)...\n");
        assertThat(outcome.out()).containsSubsequence("-cp", root.toRealPath().resolve("bench/target/dist") + "/*",
                "io.millrace.bench.compare.Bench", "--quick", "a b").doesNotContain("bench");
        assertThat(Files.readString(Path.of(log + ".arguments"))).contains("-pl bench -am");
        assertThat(root.resolve("bench/target/dist/benchmarks.jar")).exists();
        assertThat(root.resolve("control-plane/target/dist")).doesNotExist();
        assertThat(root.resolve("control-plane/target/build.lock")).doesNotExist();
        assertThat(run(Map.of(), "bench").err()).isEmpty();
        assertThat(builds()).isEqualTo(1);

        final Path source = Files.createFile(root.resolve("bench/src/main/java/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(100)));

        assertThat(run(Map.of(), "config").err()).isEqualTo("millrace: building Millrace (first use)...\n");
        assertThat(run(Map.of(), "bench").err())
                .isEqualTo("millrace: building the benchmarks (sources have changed)...\n");
    }

    @Test
    void shouldTellItsJdkAndBuildNothing() throws IOException, InterruptedException {
        final Outcome outcome = run(Map.of(), "jdk");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).containsExactly(jdk.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(builds()).isZero();
    }

    @Test
    void shouldBuildAgainOnlyWhereASourceIsNewer() throws IOException, InterruptedException {
        run(Map.of());
        assertThat(run(Map.of()).err()).isEmpty();
        assertThat(builds()).isEqualTo(1);

        final Path source = Files.createFile(root.resolve("fastpath/src/main/java/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(100)));

        assertThat(run(Map.of()).err()).startsWith("millrace: building Millrace (sources have changed)...\n");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void shouldLeaveNothingOfABuildThatFails() throws IOException, InterruptedException {
        fakeMaven("echo broken; exit 1");
        final Outcome outcome = run(Map.of());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("broken").endsWith("millrace: the build failed, see above\n");
        assertThat(root.resolve("control-plane/target")).isEmptyDirectory();

        fakeMaven("");
        assertThat(run(Map.of()).code()).isZero();
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void shouldLeaveNothingOfABuildThatIsInterrupted() throws IOException, InterruptedException {
        final Path started = temp.resolve("started");
        fakeMaven("mkfifo '" + started + ".fifo' && : > '" + started + "' && exec cat '" + started + ".fifo'");
        final Process process = start(Map.of(), List.of("/bin/sh", root.resolve("millrace").toString()));
        while (!Files.exists(started)) {
            Thread.onSpinWait();
        }
        process.destroy();

        assertThat(outcome(process).code()).isEqualTo(143);
        assertThat(root.resolve("control-plane/target")).isEmptyDirectory();
    }

    @Test
    void shouldBuildOnceForSeveralFirstUses() throws IOException, InterruptedException {
        final List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(start(Map.of(), List.of("/bin/sh", root.resolve("millrace").toString(), "use" + i)));
        }
        for (int i = 0; i < processes.size(); i++) {
            final Outcome outcome = outcome(processes.get(i));
            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(outcome.out()).endsWith("use" + i);
        }
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void shouldTakeOverTheLockOfAProcessThatIsGone() throws IOException, InterruptedException {
        final Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        final Path lock = Files.createDirectories(root.resolve("control-plane/target/build.lock"));
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");

        assertThat(run(Map.of()).code()).isZero();
        assertThat(lock).doesNotExist();
    }

    @Test
    void shouldSayWhatToInstallWhereThereIsNoJdk() throws IOException, InterruptedException {
        final Outcome outcome = run(
                Map.of("JAVA_HOME", fakeJdk("jdk 17", "17.0.15").toString(), "PATH", "/nowhere:" + coreutils()));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("millrace: needs a JDK 25 or newer and found none").contains("Install")
                .hasLineCount(1);
        assertThat(builds()).isZero();
    }

    @Test
    void shouldSayWhatToInstallWhereThereIsNoMaven() throws IOException, InterruptedException {
        final Outcome outcome = run(Map.of("PATH", coreutils()));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("needs Maven").hasLineCount(1);
    }

    /** A folder with the few programs that the script needs, and neither a java nor a mvn. */
    private String coreutils() throws IOException {
        final Path folder = Files.createDirectories(temp.resolve("coreutils"));
        for (final String program : List.of("sh", "readlink", "dirname", "sed", "find", "head", "mkdir", "rm", "mv",
                "cp",
                "cat", "sleep")) {
            final Path file = folder.resolve(program);
            if (!Files.exists(file)) {
                final Path real = Path.of("/usr/bin", program);
                Files.createSymbolicLink(file, Files.exists(real) ? real : Path.of("/bin", program));
            }
        }
        return folder.toString();
    }

    @Test
    void shouldFindAJdkInThePlacesToSearch() throws IOException, InterruptedException {
        fakeJdk("jdks/a 17", "17.0.15");
        final Path newer = fakeJdk("jdks/b 26", "26");
        final String search = temp.resolve("nothing*") + ":" + temp.resolve("jdks") + "/*";

        assertThat(run(Map.of("JAVA_HOME", "", "MILLRACE_JDK_SEARCH", search)).code()).isZero();
        assertThat(Files.readAllLines(log)).containsExactly(newer.toString());
    }

    @Test
    void shouldRunThroughSymbolicLinks() throws IOException, InterruptedException {
        final Path absolute = Files.createSymbolicLink(temp.resolve("absolute"), root.resolve("millrace"));
        final Path relative = Files.createSymbolicLink(temp.resolve("relative"), Path.of("absolute"));

        final Outcome outcome = outcome(start(Map.of(), List.of("/bin/sh", relative.toString(), "x")));

        assertThat(absolute).exists();
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains(root.toRealPath().resolve("control-plane/target/dist") + "/*");
    }

    @Test
    void shouldHonourOptionsForTheJvm() throws IOException, InterruptedException {
        final Outcome outcome = run(Map.of("MILLRACE_JAVA_OPTS", "-Xmx2g -Dmillrace.tcp.mss=1400"));

        assertThat(outcome.out()).containsSubsequence("-XX:+UseSerialGC", "-Xmx2g", "-Dmillrace.tcp.mss=1400", "-cp");
    }
}
