package io.millrace.cli;

import io.millrace.observe.ObservationFiles;
import io.millrace.observe.Observer;
import io.millrace.observe.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that looks into a running stack: which one. Thread: one. */
final class StackTarget {
    @Option(names = "--pid", paramLabel = "PID", description = "The stack of this process. Without --pid and --file: the only one that runs.")
    private @Nullable Long pid;

    @Option(names = "--file", paramLabel = "FILE", description = "The file of the stack, or its folder, where millrace.observe.directory is set.")
    private @Nullable Path file;

    /** True where one of the options is given. */
    boolean isNamed() {
        return pid != null || file != null;
    }

    /**
     * Opens the stack that is meant.
     *
     * @throws IOException one sentence: there is none, there are several, or it may not be looked at.
     */
    Observer open() throws IOException {
        if (file != null && !Files.isDirectory(file)) {
            return Observer.open(file);
        }
        final List<Path> found = new ArrayList<>();
        for (final Path directory : file == null ? ObservationFiles.readableDirectories() : List.of(file)) {
            for (final Path candidate : ObservationFiles.in(directory)) {
                if ((pid == null || ObservationFiles.pidOf(candidate) == pid) && !ObservationFiles.isStale(candidate)) {
                    found.add(candidate);
                }
            }
        }
        return switch (found.size()) {
            case 0 -> throw new IOException(pid == null ? nobody() : nothingOf(pid));
            case 1 -> Observer.open(found.getFirst());
            default -> throw new IOException(several(found));
        };
    }

    private String nobody() {
        return "no stack runs here that can be looked into (" + (file == null ? ObservationFiles.ownDirectory() : file)
                + "); --file names one whose millrace.observe.directory is set, and root finds those of all users";
    }

    private String nothingOf(final long process) {
        if (ProcessIdentity.startOf(process) == ProcessIdentity.NONE) {
            return "there is no process " + process;
        }
        final long user = ObservationFiles.uid(Path.of("/proc", Long.toString(process)));
        final long own = ObservationFiles.uid(Path.of("/proc/self"));
        if (user != own && own != 0) {
            return "process " + process + " belongs to another user (" + user + "): ask as that user, or as root";
        }
        return "process " + process + " runs no stack that can be looked into (millrace.observe.enabled is false,"
                + " millrace.observe.directory is set and needs --file, or it is not Millrace)";
    }

    private static String several(final List<Path> found) {
        final StringBuilder text = new StringBuilder("several stacks run; name one with --file (or --pid):");
        for (final Path candidate : found) {
            text.append(System.lineSeparator()).append("  ").append(candidate);
            try (Observer observer = Observer.open(candidate)) {
                text.append("  ").append(observer.metadata().stack());
            } catch (final IOException e) {
                text.append("  ").append(e.getMessage());
            }
        }
        return text.toString();
    }
}
