package io.millrace.bench.compare.net;

import io.millrace.bench.compare.run.SkippedCellException;
import io.millrace.bench.machine.Namespace;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The load generator wrk with one thread, since the server has the machine's other core. Thread: one. */
final class Wrk implements AutoCloseable {
    private static final String NAME = "wrk";
    /** An answer that takes longer is an error. */
    private static final String TIMEOUT = "10s";

    private final Path script;

    /** @throws SkippedCellException where it is not installed. */
    Wrk() throws IOException, SkippedCellException {
        if (Pattern.compile(File.pathSeparator, Pattern.LITERAL).splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .noneMatch(folder -> Files.isExecutable(Path.of(folder, NAME)))) {
            throw new SkippedCellException("wrk is not installed (apt-get install wrk)");
        }
        script = Files.createTempFile("millrace", ".lua");
        // where the run is interrupted nobody closes this
        script.toFile().deleteOnExit();
        try (InputStream text = Wrk.class.getResourceAsStream("wrk.lua")) {
            if (text == null) {
                throw new IOException("wrk.lua is missing beside " + Wrk.class);
            }
            Files.copy(text, script, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Sends requests, the next one on a connection as soon as the last one is answered.
     *
     * @param from        where it runs.
     * @param ns          rounded up to whole seconds, which is what wrk takes.
     * @param connections that are kept open.
     */
    WrkFigures run(final Namespace from, final String url, final long ns, final int connections) throws IOException {
        final long seconds = Math.max(1, Math.ceilDiv(ns, TimeUnit.SECONDS.toNanos(1)));
        return WrkFigures.parse(from.exec(NAME, "--threads", "1", "--connections", Integer.toString(connections),
                "--duration", seconds + "s", "--timeout", TIMEOUT, "--script", script.toString(), url));
    }

    @Override
    public void close() {
        script.toFile().delete();
    }
}
