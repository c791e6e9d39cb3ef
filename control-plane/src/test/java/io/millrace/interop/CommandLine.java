package io.millrace.interop;

import io.millrace.nativeports.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real command line, {@code io.millrace.cli.Main}, as a process. Thread: one. */
final class CommandLine implements AutoCloseable {
    private static final List<String> JAVA = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "io.millrace.cli.Main");

    final Process process;
    private final Path output;
    private final Path errors;

    private CommandLine(final Process process, final Path output, final Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts it inside a namespace; what it prints goes to files of the folder. */
    static CommandLine start(final NetworkNamespace namespace, final Path folder, final String... arguments)
            throws IOException {
        return start(List.of("ip", "netns", "exec", namespace.name()), folder, arguments);
    }

    /** Starts it where the tests run; what it prints goes to files of the folder. */
    static CommandLine startHere(final Path folder, final String... arguments) throws IOException {
        return start(List.of(), folder, arguments);
    }

    /** Starts it by another command, which ends by running its last arguments. */
    static CommandLine start(final List<String> prefix, final Path folder, final String... arguments)
            throws IOException {
        final Path output = Files.createTempFile(folder, "out", ".txt");
        final Path errors = Files.createTempFile(folder, "err", ".txt");
        final List<String> line = new ArrayList<>(prefix);
        line.addAll(JAVA);
        line.addAll(List.of(arguments));
        return new CommandLine(new ProcessBuilder(line).redirectOutput(output.toFile()).redirectError(errors.toFile())
                .start(), output, errors);
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    /** Waits until it has printed this. */
    void awaitOutput(final String text) throws Exception {
        try {
            Await.until("it prints '" + text + "'", () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("ended with " + process.exitValue());
                }
                return output().contains(text);
            });
        } catch (final AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + output() + errors(), e);
        }
    }

    /** The exit code, for which it has so many seconds. */
    int exitCode(final int seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + seconds + " s");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
