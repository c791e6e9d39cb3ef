package io.millrace.nativeports.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * System calls on files that are memory: their length, their locks, where they are mapped. A call returns what
 * {@link LinuxCalls} do.
 * <p>
 * Thread: one at a time.
 */
@SuppressWarnings("restricted")
public final class FileCalls {
    /** Opens no symbolic link. */
    public static final int O_NOFOLLOW = noFollow();

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private static final MethodHandle FCNTL = LinuxCalls.variadic("fcntl", 2,
            FunctionDescriptor.of(INT, INT, INT, LONG));
    private static final MethodHandle LSEEK = LinuxCalls.call("lseek", FunctionDescriptor.of(LONG, INT, LONG, INT));
    private static final MethodHandle TRUNCATE = LinuxCalls.call("ftruncate", FunctionDescriptor.of(INT, INT, LONG));
    private static final MethodHandle ALLOCATE = LinuxCalls.call("posix_fallocate",
            FunctionDescriptor.of(INT, INT, LONG, LONG));
    private static final MethodHandle MMAP = LinuxCalls.call("mmap",
            FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
    private static final MethodHandle MREMAP = LinuxCalls.variadic("mremap", 4,
            FunctionDescriptor.of(LONG, LONG, LONG, LONG, INT, LONG));
    private static final MethodHandle MAKE_FIFO = LinuxCalls.call("mkfifo",
            FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT));

    private static final int OFD_GET_LOCK = 36;
    private static final int OFD_SET_LOCK = 37;
    /** {@code struct flock}: type and whence, the first byte, how many, the process, which is 0 here. */
    private static final int LOCK_LENGTH = 32;
    private static final int LOCK_START = 8;
    private static final int LOCK_BYTES = 16;
    private static final short WRITE_LOCK = 1;
    private static final short UNLOCKED = 2;
    private static final int SEEK_END = 2;
    private static final int READ_WRITE = 3;
    private static final int SHARED_FIXED_POPULATE = 0x8011;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int MAY_MOVE_FIXED = 3;

    private final MemorySegment state = Arena.ofAuto().allocate(LinuxCalls.STATE);
    private final MemorySegment lock = Arena.ofAuto().allocate(LOCK_LENGTH, Long.BYTES);

    public FileCalls() {}

    /**
     * Locks one byte of a file against everybody but this descriptor and its copies (fcntl(2), F_OFD_SETLK), without
     * waiting. The kernel undoes it when the last copy is closed, so at the latest with the process.
     */
    public int lock(final int fd, final long at) {
        return fcntl(fd, OFD_SET_LOCK, WRITE_LOCK, at);
    }

    /** Undoes {@link #lock}. */
    public int unlock(final int fd, final long at) {
        return fcntl(fd, OFD_SET_LOCK, UNLOCKED, at);
    }

    /** 1 where somebody else has locked the byte, 0 where nobody has. */
    public int isLocked(final int fd, final long at) {
        final int result = fcntl(fd, OFD_GET_LOCK, WRITE_LOCK, at);
        return result < 0 ? result : lock.get(ValueLayout.JAVA_SHORT, 0) == UNLOCKED ? 0 : 1;
    }

    private int fcntl(final int fd, final int command, final short type, final long at) {
        lock.fill((byte) 0);
        lock.set(ValueLayout.JAVA_SHORT, 0, type);
        lock.set(LONG, LOCK_START, at);
        lock.set(LONG, LOCK_BYTES, 1);
        try {
            return result((int) FCNTL.invokeExact(state, fd, command, lock.address()));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("fcntl", e);
        }
    }

    /** The file's length in bytes. */
    public long length(final int fd) {
        try {
            return result((long) LSEEK.invokeExact(state, fd, 0L, SEEK_END));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("lseek", e);
        }
    }

    /** ftruncate(2). */
    public int truncate(final int fd, final long length) {
        try {
            return result((int) TRUNCATE.invokeExact(state, fd, length));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("ftruncate", e);
        }
    }

    /** Has the file system provide so many bytes from the beginning on, so that a mapping of them never fails. */
    public int allocate(final int fd, final long length) {
        try {
            // This one returns the error number.
            return -(int) ALLOCATE.invokeExact(state, fd, 0L, length);
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("posix_fallocate", e);
        }
    }

    /** Maps a part of a file, shared, in place of what is at the address. */
    public long mapOver(final long address, final long length, final int fd, final long offset) {
        return map(address, length, SHARED_FIXED_POPULATE, fd, offset);
    }

    /** Maps memory of nobody else. */
    public long mapPrivate(final long length) {
        return map(0, length, PRIVATE_ANONYMOUS, -1, 0);
    }

    private long map(final long address, final long length, final int flags, final int fd, final long offset) {
        try {
            return result((long) MMAP.invokeExact(state, address, length, READ_WRITE, flags, fd, offset));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("mmap", e);
        }
    }

    /** Moves a mapping in place of another: who reads there meanwhile reads the one or the other (mremap(2)). */
    public long moveOver(final long from, final long length, final long to) {
        try {
            return result((long) MREMAP.invokeExact(state, from, length, length, MAY_MOVE_FIXED, to));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("mremap", e);
        }
    }

    /** mkfifo(3). */
    public int makeFifo(final String path, final int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return result((int) MAKE_FIFO.invokeExact(state, arena.allocateFrom(path), mode));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("mkfifo", e);
        }
    }

    private int result(final int value) {
        return value >= 0 ? value : -(int) LinuxCalls.ERRNO.get(state, 0L);
    }

    private long result(final long value) {
        return value >= 0 ? value : -(int) LinuxCalls.ERRNO.get(state, 0L);
    }

    /** Arm has other numbers for it than the rest. */
    private static int noFollow() {
        return System.getProperty("os.arch").equals("aarch64") ? 0x8000 : 0x20000;
    }
}
