package io.millrace.bench;

import io.millrace.bench.shm.Speed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the port {@code shm} between two processes without a stack, and the kernel's loopback beside it. */
@Command(name = "SharedMemorySpeed", showDefaultValues = true, description = "Round trips and streams of frames between two processes over shared memory, and over the kernel's loopback"
        + " beside it. Both processes spin: they want a core each.")
public final class SharedMemorySpeed implements Callable<Integer> {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Option(names = "--rounds", defaultValue = "3", description = "How often everything is measured.")
    private int rounds;

    @Option(names = "--trips", defaultValue = "50000", description = "Round trips of each, and as many before that.")
    private int trips;

    @Option(names = "--frames", defaultValue = "20000000", description = "Small frames of a stream; a tenth full, a hundredth large.")
    private long frames;

    @Option(names = "--file", description = "Shared; made in /dev/shm where it is not given.")
    private @Nullable Path file;

    @Option(names = "--answer", hidden = true, description = "The other process.")
    private @Nullable Integer port;

    /** Runs it and ends the JVM. */
    public static void main(final String... arguments) {
        CommandLineTool.run(SharedMemorySpeed::new, "warn", arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        final Speed speed = new Speed(rounds, trips, frames);
        if (port != null && file != null) {
            speed.answer(port, file);
            return 0;
        }
        final Path folder = Path.of("/dev/shm");
        final Path shared = file != null
                ? file
                : Files.isWritable(folder)
                        ? folder.resolve("millrace-speed-" + ProcessHandle.current().pid())
                        : Files.createTempFile("millrace", "speed");
        speed.measure(SharedMemorySpeed.class, shared);
        return 0;
    }
}
