package io.millrace.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** Tells a process from a later one with the same id. Thread: any. */
public final class ProcessIdentity {
    /** No such process, or none that may be looked at. */
    public static final long NONE = 0;
    /** Fields of {@code /proc/PID/stat} behind the name, up to the start time (proc(5): field 22). */
    private static final int START_FIELD = 19;

    private ProcessIdentity() {}

    /** Of this process. */
    public static long own() {
        return startOf(ProcessHandle.current().pid());
    }

    /**
     * When a process started: on Linux in clock ticks since the machine did, which no change of the time of day moves;
     * elsewhere in milliseconds since 1970. {@link #NONE} where there is no such process.
     */
    public static long startOf(final long pid) {
        final Path stat = Path.of("/proc", Long.toString(pid), "stat");
        try {
            final String text = Files.readString(stat);
            // the name, in parentheses, may hold anything
            return Long.parseLong(text.substring(text.lastIndexOf(')') + 2).split(" ")[START_FIELD]);
        } catch (final IOException e) {
            return Files.isDirectory(Path.of("/proc/self"))
                    ? NONE
                    : ProcessHandle.of(pid).flatMap(process -> process.info().startInstant())
                            .map(Instant::toEpochMilli).orElse(NONE);
        }
    }

    /**
     * The namespace of process ids that this process lives in: a container that shares {@code /dev/shm} with others knows
     * nothing of their processes. 0 where the system has none.
     */
    public static long namespace() {
        try {
            final String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return Long.parseLong(link.replaceAll("\\D", ""));
        } catch (final IOException | IllegalArgumentException e) {
            return 0;
        }
    }

    /**
     * True where the process that made a file has ended, false where it runs, or nobody here can tell.
     *
     * @param pidNamespace the one that its id belongs to.
     */
    static boolean hasEnded(final long pid, final long start, final long pidNamespace) {
        return pidNamespace == namespace() && !isAlive(pid, start);
    }

    /** True where that very process runs. */
    public static boolean isAlive(final long pid, final long start) {
        return start != NONE && startOf(pid) == start;
    }
}
