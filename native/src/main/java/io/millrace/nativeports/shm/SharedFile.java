package io.millrace.nativeports.shm;

import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.FileCalls;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The file that both processes have open. Locks of the kernel's on three of its bytes say who attaches now, and which
 * side has a process that lives: the kernel undoes them with the process, whatever namespaces it was in.
 * <p>
 * Thread: one at a time; each engine that looks at it has calls of its own.
 */
final class SharedFile implements AutoCloseable {
    private static final int TRIES = 400;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final FileCalls calls = new FileCalls();
    private final Path path;
    private final int fd;
    private boolean closed;

    private SharedFile(final Path path, final int fd) {
        this.path = path;
        this.fd = fd;
    }

    /**
     * Opens the file, which is made empty where it is missing, and keeps others from attaching until
     * {@link #endAttaching}.
     */
    static SharedFile beginAttaching(final Path path) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            final SharedFile file = open(path);
            boolean done = false;
            try {
                final int result = file.calls.lock(file.fd, ShmLayout.LOCK_ATTACHING);
                if (result == 0 && file.isStillNamed()) {
                    done = true;
                    return file;
                }
                if (result != 0 && result != -Errno.EAGAIN && result != -Errno.EACCES) {
                    throw new IOException(ShmFailure.onOpen(path, -result));
                }
            } finally {
                if (!done) {
                    file.close();
                }
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        throw new IOException(ShmFailure.busy(path));
    }

    private static SharedFile open(final Path path) throws IOException {
        final LinuxCalls linux = new LinuxCalls();
        final int flags = TunDescriptor.O_RDWR | TunDescriptor.O_CLOEXEC | FileCalls.O_NOFOLLOW;
        int fd = linux.open(path.toString(), flags);
        if (fd == -Errno.ENOENT) {
            try {
                Files.createFile(path,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } catch (final FileAlreadyExistsException e) {
                // the other process was faster
            }
            fd = linux.open(path.toString(), flags);
        }
        if (fd < 0) {
            throw new IOException(ShmFailure.onOpen(path, -fd));
        }
        if (!Files.isRegularFile(Path.of("/proc/self/fd/" + fd))) {
            linux.close(fd);
            throw new IOException(ShmFailure.foreign(path));
        }
        return new SharedFile(path, fd);
    }

    /** The last one out removes the file: who has opened it meanwhile has one without a name. */
    private boolean isStillNamed() throws IOException {
        try {
            return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS)
                    .equals(Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:ino"));
        } catch (final NoSuchFileException e) {
            return false;
        }
    }

    void endAttaching() {
        calls.unlock(fd, ShmLayout.LOCK_ATTACHING);
    }

    int descriptor() {
        return fd;
    }

    Path path() {
        return path;
    }

    /** Bytes that the file has now. */
    long length() {
        return calls.length(fd);
    }

    /** Empties the file. */
    void empty() throws IOException {
        final int result = calls.truncate(fd, 0);
        if (result < 0) {
            throw new IOException(ShmFailure.onOpen(path, -result));
        }
    }

    /** Makes the file longer by what is all zero. */
    void extend(final long length) throws IOException {
        final int result = calls.allocate(fd, length);
        if (result < 0) {
            calls.truncate(fd, 0);
            throw new IOException(ShmFailure.onRoom(path, -result, length));
        }
    }

    /** @return false where another process has the side. */
    boolean lockSide(final int side) {
        return calls.lock(fd, ShmLayout.LOCK_SIDE + side) == 0;
    }

    /** True while a process has the side, this one excepted. */
    boolean isTaken(final int side) {
        return isTaken(calls, side);
    }

    /** The same with calls of the thread's own. */
    boolean isTaken(final FileCalls own, final int side) {
        return own.isLocked(fd, ShmLayout.LOCK_SIDE + side) != 0;
    }

    /** Removes the file's name and what is beside it where nobody has the other side; nobody can attach meanwhile. */
    void removeUnlessTaken(final int otherSide, final int queues) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            if (calls.lock(fd, ShmLayout.LOCK_ATTACHING) == 0) {
                try {
                    if (isStillNamed() && !isTaken(otherSide)) {
                        Doorbell.remove(path, queues);
                        Files.delete(path);
                    }
                } finally {
                    endAttaching();
                }
                return;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        throw new IOException(ShmFailure.busy(path));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            new LinuxCalls().close(fd);
        }
    }
}
