package io.millrace.bench;

import io.millrace.bench.many.ShortLives;
import io.millrace.bench.many.ShortSettings;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.agrona.concurrent.SystemNanoClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Opens and closes connections as fast as it goes, the server closing first, and prints how many a second. */
@Command(name = "ShortConnections", showDefaultValues = true, description = "Connections for one byte each way between two stacks of this JVM, joined in memory and driven by one thread:"
        + " the server closes first and has TIME_WAIT, which is filled before anything is measured.")
public final class ShortConnections implements Callable<Integer> {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Option(names = "--seconds", defaultValue = "10", description = "How long is measured.")
    private int seconds;

    @Option(names = "--time-wait", defaultValue = "1000000", description = "Records of TIME_WAIT, up to 16,777,216.")
    private int timeWait;

    @Option(names = "--addresses", defaultValue = "65536", description = "Of the client; with few of them its ports come round while the server still has them in TIME_WAIT.")
    private int addresses;

    @Option(names = "--window", defaultValue = "256", description = "Connections at once, up to 2,048.")
    private int window;

    /** Runs it and ends the JVM. */
    public static void main(final String... arguments) {
        CommandLineTool.run(ShortConnections::new, "warn", arguments);
    }

    @Override
    public Integer call() throws IOException {
        final ShortSettings settings = new ShortSettings(addresses, window, timeWait);
        try (ShortLives lives = new ShortLives(settings, SystemNanoClock.INSTANCE, () -> {})) {
            System.out.printf("TIME_WAIT filled by %,d connections%n", lives.fill(Long.MAX_VALUE));
            System.out.print(lives.measure(seconds));
        }
        return 0;
    }
}
