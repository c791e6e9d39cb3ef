package io.millrace.cli;

import io.millrace.ReloadReport;
import io.millrace.observe.ObservationFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers `millrace reload` at this process's {@link ReloadSocket}, until it is closed. Thread: its own ones. */
final class ReloadService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadService.class);

    private final Path socket;
    private final ServerSocketChannel server;
    private final Supplier<ReloadReport> reload;
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    private ReloadService(final Path socket, final ServerSocketChannel server, final Supplier<ReloadReport> reload) {
        this.socket = socket;
        this.server = server;
        this.reload = reload;
        thread = Thread.ofPlatform().name("millrace-reload").daemon().start(this::accept);
    }

    /**
     * Begins to answer.
     *
     * @param reload reads and applies the configuration; called by one thread at a time or by several.
     * @throws IOException one sentence: why there can be no socket.
     */
    static ReloadService open(final Path directory, final Supplier<ReloadReport> reload) throws IOException {
        ObservationFiles.prepare(directory);
        ReloadSocket.removeStale(directory);
        final Path socket = ReloadSocket.of(directory, ProcessHandle.current().pid());
        Files.deleteIfExists(socket); // of a process that had this id before, and ended without a word
        final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            return new ReloadService(socket, server, reload);
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietClose(server);
            throw new IOException("cannot listen on " + socket + ": " + e.getMessage(), e);
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                final SocketChannel client = server.accept();
                clients.add(client);
                Thread.ofVirtual().name("millrace-reload-client").start(() -> answer(client));
            } catch (final IOException e) {
                LOG.debug("{} is closed", socket, e);
                return;
            }
        }
    }

    private void answer(final SocketChannel client) {
        try (client) {
            final String asked = new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8)).readLine();
            final OutputStream out = Channels.newOutputStream(client);
            out.write(answerTo(asked).getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            LOG.debug("who asked for a reload has gone", e);
        } finally {
            clients.remove(client);
        }
    }

    private String answerTo(final String asked) {
        if (!ReloadSocket.REQUEST.equals(asked)) {
            return ExitCode.FAILED + "\nmillrace: the process does not know what is asked of it: another version?\n";
        }
        final ReloadReport report = reload.get();
        return (report.isRefused() ? ExitCode.REFUSED : ExitCode.OK) + "\n" + String.join("\n", report.lines()) + "\n";
    }

    @Override
    public void close() throws IOException {
        server.close();
        CloseHelper.quietCloseAll(clients);
        Files.deleteIfExists(socket);
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
