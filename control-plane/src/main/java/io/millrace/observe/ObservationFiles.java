package io.millrace.observe;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the files are, and whose: {@code PID-N.stack}, the N-th stack of a process, in a folder that its owner alone can
 * enter. Thread: any.
 */
public final class ObservationFiles {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String PREFIX = "millrace-";
    private static final Pattern NAME = Pattern.compile("(\\d{1,18})-(\\d{1,9})\\.stack");

    private ObservationFiles() {}

    /** Where files are that are configured nowhere else, of the user of this process. */
    public static Path ownDirectory() {
        if (Files.isDirectory(SHARED_MEMORY)) {
            return SHARED_MEMORY.resolve(PREFIX + uid(Path.of("/proc/self")));
        }
        return Path.of(System.getProperty("java.io.tmpdir"), PREFIX + System.getProperty("user.name"));
    }

    /** The folders of all users that this process can look into, its own one first. */
    public static List<Path> readableDirectories() {
        final List<Path> found = new ArrayList<>();
        final Path own = ownDirectory();
        found.add(own);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(own.getParent(), PREFIX + "*")) {
            for (final Path directory : all) {
                if (!directory.equals(own) && Files.isReadable(directory) && Files.isDirectory(directory)) {
                    found.add(directory);
                }
            }
        } catch (final IOException e) {
            // then there is only one's own
        }
        return found;
    }

    /** Number of the user to whom a file or a process belongs; -1 where nobody can tell. */
    public static long uid(final Path file) {
        try {
            return ((Number) Files.getAttribute(file, "unix:uid")).longValue();
        } catch (final IOException | UnsupportedOperationException e) {
            return -1;
        }
    }

    /**
     * Makes the folder where it is missing.
     *
     * @throws IOException one sentence: why it cannot be used; also where every user could write to it.
     */
    public static void prepare(final Path directory) throws IOException {
        final Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (final FileAlreadyExistsException e) {
            // Anybody can make names in /dev/shm: what lies there may be a trap.
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    || uid(directory) != uid(Path.of("/proc/self"))) {
                throw new IOException(directory + " is not a folder of this user", e);
            }
            if (Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IOException(directory + " can be written to by every user", e);
            }
        }
    }

    /** The files of a folder, sorted by process; none where there is no such folder. */
    public static List<Path> in(final Path directory) throws IOException {
        final List<Path> files = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return files;
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            for (final Path file : all) {
                if (NAME.matcher(file.getFileName().toString()).matches()) {
                    files.add(file);
                }
            }
        }
        files.sort(null);
        return files;
    }

    /** The process that a file's name tells; -1 where it tells none. */
    public static long pidOf(final Path file) {
        final Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : -1;
    }

    /** Name of the N-th file of a process. */
    public static Path nameFor(final Path directory, final long pid, final int number) {
        return directory.resolve(pid + "-" + number + ".stack");
    }

    /** Removes the files of processes that have ended without doing so; returns how many. */
    public static int removeStale(final Path directory) throws IOException {
        int removed = 0;
        for (final Path file : in(directory)) {
            if (isStale(file) && Files.deleteIfExists(file)) {
                removed++;
            }
        }
        return removed;
    }

    /** True where the process that made the file has ended. */
    public static boolean isStale(final Path file) {
        try (ObservationMemory memory = ObservationMemory.map(file)) {
            return ProcessIdentity.hasEnded(memory.getLong(FileLayout.PID), memory.getLong(FileLayout.PROCESS_START),
                    memory.getLong(FileLayout.PID_NAMESPACE));
        } catch (final IOException e) {
            // Of another version, or not complete: then the name decides.
            return ProcessIdentity.startOf(pidOf(file)) == ProcessIdentity.NONE;
        }
    }
}
