package io.millrace.cli;

import io.millrace.observe.ObservationFiles;
import io.millrace.observe.ProcessIdentity;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a process that can read its configuration anew is asked to: a socket of the file system, {@code PID.reload}, in the
 * folder of what can be looked into, which its owner alone can enter. A request is the line {@value #REQUEST}; the answer is
 * the exit code of the command in a line, then what to print. Thread: any.
 */
final class ReloadSocket {
    static final String REQUEST = "reload";
    private static final Pattern NAME = Pattern.compile("(\\d{1,18})\\.reload");

    private ReloadSocket() {}

    /** The socket of a process. */
    static Path of(final Path directory, final long pid) {
        return directory.resolve(pid + ".reload");
    }

    /**
     * The socket of the process that is meant.
     *
     * @param pid  null for the only one that runs.
     * @param file the socket, a file of the same process, or the folder; null for the usual folders.
     * @throws IOException one sentence: there is none, or there are several.
     */
    static Path find(final @Nullable Long pid, final @Nullable Path file) throws IOException {
        if (file != null && !Files.isDirectory(file)) {
            final long owner = ObservationFiles.pidOf(file);
            return owner < 0 ? file : of(file.toAbsolutePath().getParent(), owner);
        }
        final List<Path> found = new ArrayList<>();
        for (final Path directory : file == null ? ObservationFiles.readableDirectories() : List.of(file)) {
            found.addAll(in(directory, pid));
        }
        if (found.isEmpty()) {
            throw new IOException((pid == null ? "no process" : "no process " + pid)
                    + " waits here to be told to reload: only `millrace serve` does, of the same user, with"
                    + " millrace.observe.enabled; --file names the folder where millrace.observe.directory is set");
        }
        if (found.size() > 1) {
            throw new IOException("several processes run, name one with --pid or --file: "
                    + String.join(", ", found.stream().map(Path::toString).toList()));
        }
        return found.getFirst();
    }

    /** Removes the sockets of processes that ended without doing so. */
    static void removeStale(final Path directory) throws IOException {
        for (final Path socket : all(directory)) {
            // of a process that is in another namespace, nothing can be seen but that it answers
            if (ProcessIdentity.startOf(pidOf(socket)) == ProcessIdentity.NONE && !isOpen(socket)) {
                Files.deleteIfExists(socket);
            }
        }
    }

    private static List<Path> in(final Path directory, final @Nullable Long pid) throws IOException {
        return all(directory).stream().filter(socket -> pid == null || pidOf(socket) == pid)
                .filter(ReloadSocket::isOpen).toList();
    }

    private static List<Path> all(final Path directory) throws IOException {
        final List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*.reload")) {
                for (final Path socket : all) {
                    if (pidOf(socket) >= 0) {
                        found.add(socket);
                    }
                }
            }
        }
        return found;
    }

    private static long pidOf(final Path socket) {
        final Matcher name = NAME.matcher(socket.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    /** True where somebody listens: a process with the same id may be another one, long after. */
    private static boolean isOpen(final Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (final IOException e) {
            return false;
        }
    }
}
