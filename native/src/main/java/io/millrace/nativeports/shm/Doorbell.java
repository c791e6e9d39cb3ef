package io.millrace.nativeports.shm;

import io.millrace.nativeports.linux.FileCalls;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Two pipes with names beside the file: a byte in one of them wakes the side that sleeps on it. Thread: the engine's, but
 * for opening and closing.
 */
final class Doorbell implements AutoCloseable {
    private static final int MODE = 0600;
    private static final int MOST = 64;

    private final LinuxCalls calls = new LinuxCalls();
    private final MemorySegment bytes = Arena.ofAuto().allocate(MOST);
    private final int own;
    private final int peer;

    private Doorbell(final int own, final int peer) {
        this.own = own;
        this.peer = peer;
    }

    /** Opens the pipes, which are made where they are missing; null where that cannot be: then nobody can sleep. */
    static @Nullable Doorbell open(final Path file, final int queue, final int side) {
        final int own = open(pipe(file, queue, side), file);
        if (own < 0) {
            return null;
        }
        final int peer = open(pipe(file, queue, 1 - side), file);
        if (peer < 0) {
            new LinuxCalls().close(own);
            return null;
        }
        return new Doorbell(own, peer);
    }

    private static int open(final Path pipe, final Path file) {
        if (new FileCalls().makeFifo(pipe.toString(), MODE) == 0) {
            try {
                Files.setPosixFilePermissions(pipe, Files.getPosixFilePermissions(file));
            } catch (final IOException e) {
                return -1;
            }
        }
        // Read and write, so that the pipe has an end to be written to whoever else has it open.
        final int fd = new LinuxCalls().open(pipe.toString(),
                TunDescriptor.O_RDWR | TunDescriptor.O_NONBLOCK | TunDescriptor.O_CLOEXEC | FileCalls.O_NOFOLLOW);
        if (fd >= 0 && !isPipe(Path.of("/proc/self/fd/" + fd))) {
            new LinuxCalls().close(fd);
            return -1;
        }
        return fd;
    }

    private static boolean isPipe(final Path path) {
        try {
            // S_IFIFO of S_IFMT
            return ((int) Files.getAttribute(path, "unix:mode") & 0170000) == 0010000;
        } catch (final IOException e) {
            return false;
        }
    }

    private static Path pipe(final Path file, final int queue, final int side) {
        return file.resolveSibling(file.getFileName() + ".wake" + side + "-" + queue);
    }

    /** Removes the pipes' names. */
    static void remove(final Path file, final int queues) throws IOException {
        for (int queue = 0; queue < queues; queue++) {
            for (int side = 0; side < 2; side++) {
                final Path pipe = pipe(file, queue, side);
                if (Files.exists(pipe, LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(pipe);
                }
            }
        }
    }

    /** What poll(2) reports readable when the other side has rung. */
    int descriptor() {
        return own;
    }

    /** Wakes the other side. A pipe that is full does so already. */
    void ring() {
        calls.write(peer, bytes.address(), 1);
    }

    /** Takes what rang. */
    void silence() {
        calls.read(own, bytes.address(), MOST);
    }

    @Override
    public void close() {
        calls.close(own);
        calls.close(peer);
    }
}
