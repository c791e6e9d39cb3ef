package io.millrace.bench.compare.node;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.CloseHelper;

/**
 * A name in {@code /dev/shm} for two processes that share memory: the file, and those beside it whose names go on with a
 * point, are removed by {@link #close}, or where this process is interrupted. What runs have left that were killed is
 * removed by the next one. Thread: any.
 */
final class SharedFile implements AutoCloseable {
    private static final Path FOLDER = Path.of("/dev/shm");
    private static final String PREFIX = "millrace-bench-";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Set<SharedFile> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> CloseHelper.quietCloseAll(OPEN), "shared-files"));
        sweep();
    }

    private final String name = PREFIX + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();

    SharedFile() {
        OPEN.add(this);
    }

    Path path() {
        return FOLDER.resolve(name);
    }

    /** Of processes that are gone. */
    static void sweep() {
        delete(PREFIX + "*", file -> {
            final String pid = file.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
            return pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
        });
    }

    @Override
    public void close() {
        delete(name + "*", file -> {
            final String rest = file.getFileName().toString().substring(name.length());
            return rest.isEmpty() || rest.charAt(0) == '.';
        });
        OPEN.remove(this);
    }

    private static void delete(final String glob, final DirectoryStream.Filter<Path> which) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(FOLDER, glob)) {
            for (final Path file : files) {
                if (which.accept(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (final IOException e) {
            // left to the next run
        }
    }
}
