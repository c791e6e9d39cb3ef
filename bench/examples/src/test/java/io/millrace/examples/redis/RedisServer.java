package io.millrace.examples.redis;

import io.millrace.nativeports.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A {@code redis-server} on the kernel's side that keeps everything in memory. */
final class RedisServer implements AutoCloseable {
    private static final String READY = "Ready to accept connections";
    private static final int EXIT_S = 20;

    private final Process process;

    private RedisServer(final Process process) {
        this.process = process;
    }

    /** Returns when it takes connections. */
    static RedisServer start(final NetworkNamespace namespace, final String address, final int port)
            throws IOException {
        final RedisServer server = new RedisServer(namespace.start("redis-server", "--bind", address, "--port",
                String.valueOf(port), "--protected-mode", "no", "--save", "", "--appendonly", "no"));
        server.awaitReady();
        return server;
    }

    private void awaitReady() throws IOException {
        final BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        final StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains(READY)) {
                Thread.ofVirtual().start(this::discardOutput);
                return;
            }
            said.append(line).append('\n');
        }
        throw new IOException("redis-server has ended: " + said);
    }

    /** So that it never waits for somebody to read. */
    private void discardOutput() {
        try (InputStream stream = process.getInputStream()) {
            stream.skip(Long.MAX_VALUE);
        } catch (final IOException e) {
            // It has ended.
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(EXIT_S, TimeUnit.SECONDS).join();
    }
}
