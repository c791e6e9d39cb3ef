package io.millrace.nativeports.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The files of sysfs as the network namespace of the calling thread has them. What is mounted at {@code /sys} is that of the
 * namespace in which it was mounted, and often read-only; so this is a mount of its own that is attached nowhere. Where the
 * first mount in a namespace was read-only, as that of most containers, so is this one. Needs Linux 5.2 and CAP_SYS_ADMIN.
 * Thread: one.
 */
public final class SysFiles implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle SYSCALL = LinuxCalls.variadic("syscall", 1,
            FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG));
    /** Numbers that all architectures have in common. */
    private static final long FSOPEN = 430;
    private static final long FSCONFIG = 431;
    private static final long FSMOUNT = 432;
    private static final long CLOSE_ON_EXEC = 1;
    private static final long FSCONFIG_CMD_CREATE = 6;

    private final LinuxCalls calls = new LinuxCalls();
    private final int mount;

    /** @throws IOException where the kernel cannot do this, or lets this process not: one clause. */
    public SysFiles() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(LinuxCalls.STATE);
            final int context = checked(
                    call(state, FSOPEN, arena.allocateFrom("sysfs").address(), CLOSE_ON_EXEC, 0, 0));
            try {
                checked(call(state, FSCONFIG, context, FSCONFIG_CMD_CREATE, 0, 0));
                mount = checked(call(state, FSMOUNT, context, CLOSE_ON_EXEC, 0, 0));
            } finally {
                calls.close(context);
            }
        }
    }

    /**
     * Opens one for writing.
     *
     * @param path below {@code /sys}, e.g. {@code class/net/eth0/mtu}.
     * @return a descriptor, which is the caller's to close and outlives this object.
     * @throws IOException where there is no such file, or it may not be written: one clause.
     */
    public int openForWriting(final String path) throws IOException {
        final int fd = calls.open("/proc/self/fd/" + mount + '/' + path,
                TunDescriptor.O_WRONLY | TunDescriptor.O_CLOEXEC);
        if (fd < 0) {
            throw new IOException("cannot open /sys/" + path + ": " + Errno.describe(-fd));
        }
        return fd;
    }

    @Override
    public void close() {
        calls.close(mount);
    }

    private static int checked(final long result) throws IOException {
        if (result < 0) {
            throw new IOException("cannot look into the namespace's sysfs: " + Errno.describe((int) -result));
        }
        return (int) result;
    }

    private static long call(final MemorySegment state, final long number, final long first, final long second,
            final long third, final long fourth) {
        try {
            final long result = (long) SYSCALL.invokeExact(state, number, first, second, third, fourth, 0L);
            return result >= 0 ? result : -(int) LinuxCalls.ERRNO.get(state, 0L);
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("syscall", e);
        }
    }
}
