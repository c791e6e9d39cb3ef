package io.millrace.cli;

import io.millrace.observe.ObservationFiles;
import io.millrace.observe.ProcessIdentity;
import java.io.IOException;
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

    private static List<Path> in(final Path directory, final @Nullable Long pid) throws IOException {
        final List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*.reload")) {
                for (final Path socket : all) {
                    if (isOf(socket, pid)) {
                        found.add(socket);
                    }
                }
            }
        }
        return found;
    }

    private static boolean isOf(final Path socket, final @Nullable Long pid) {
        final Matcher name = NAME.matcher(socket.getFileName().toString());
        if (!name.matches()) {
            return false;
        }
        final long owner = Long.parseLong(name.group(1));
        return (pid == null || pid == owner) && ProcessIdentity.startOf(owner) != ProcessIdentity.NONE;
    }
}
