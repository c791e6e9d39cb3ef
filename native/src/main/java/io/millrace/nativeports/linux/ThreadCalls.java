package io.millrace.nativeports.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * System calls about threads: where one runs, what it sleeps for, and how it orders what others see. A call returns what
 * the kernel returns, as in {@link LinuxCalls}.
 * <p>
 * Thread: one at a time.
 */
@SuppressWarnings("restricted")
public final class ThreadCalls {
    /** Of {@code poll.h}. */
    public static final int POLLIN = 1;
    /** {@code struct pollfd}: descriptor, what is asked for, what there is. */
    public static final int POLL_LENGTH = 8;
    public static final int POLL_EVENTS_OFFSET = 4;
    public static final int POLL_RESULT_OFFSET = 6;
    /** {@code struct timespec}. */
    public static final int TIMESPEC_LENGTH = 16;
    public static final int TIMESPEC_NS_OFFSET = 8;

    /** {@code struct rusage}: among others how often the thread had to leave its CPU to another one. */
    public static final int USAGE_LENGTH = 144;
    public static final int USAGE_INVOLUNTARY_OFFSET = 136;
    /** Of {@code sys/resource.h}. */
    public static final int RUSAGE_THREAD = 1;

    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int MEMBARRIER_PRIVATE_EXPEDITED = 1 << 3;
    private static final int MEMBARRIER_REGISTER_PRIVATE_EXPEDITED = 1 << 4;
    private static final long MEMBARRIER_X86_64 = 324;
    private static final long MEMBARRIER_OTHERS = 283;
    private static final long MEMBARRIER = "amd64".equals(System.getProperty("os.arch"))
            ? MEMBARRIER_X86_64
            : MEMBARRIER_OTHERS;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle PPOLL = LinuxCalls.call("ppoll",
            FunctionDescriptor.of(INT, LONG, LONG, LONG, LONG));
    private static final MethodHandle EVENTFD = LinuxCalls.call("eventfd", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle PRCTL = LinuxCalls.variadic("prctl", 1,
            FunctionDescriptor.of(INT, INT, LONG, LONG, LONG, LONG));
    private static final MethodHandle GET_AFFINITY = LinuxCalls.call("sched_getaffinity",
            FunctionDescriptor.of(INT, INT, LONG, LONG));
    private static final MethodHandle SET_AFFINITY = LinuxCalls.call("sched_setaffinity",
            FunctionDescriptor.of(INT, INT, LONG, LONG));
    private static final MethodHandle GET_CPU = LinuxCalls.call("sched_getcpu", FunctionDescriptor.of(INT));
    private static final MethodHandle USAGE = LinuxCalls.call("getrusage", FunctionDescriptor.of(INT, INT, LONG));
    private static final MethodHandle SYSCALL = LinuxCalls.variadic("syscall", 1,
            FunctionDescriptor.of(LONG, LONG, INT, INT, INT));

    private final MemorySegment state = Arena.ofAuto().allocate(LinuxCalls.STATE);

    public ThreadCalls() {}

    /** ppoll(2) without a mask of signals. */
    public int poll(final long descriptors, final int count, final long timespec) {
        try {
            return result((int) PPOLL.invokeExact(state, descriptors, (long) count, timespec, 0L));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("ppoll", e);
        }
    }

    /** eventfd(2), non-blocking, of the value 0. */
    public int eventDescriptor() {
        try {
            return result((int) EVENTFD.invokeExact(state, 0, EFD_NONBLOCK | EFD_CLOEXEC));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("eventfd", e);
        }
    }

    /** By how many nanoseconds the kernel may be late when it ends a sleep of this thread. */
    public int timerSlackNs() {
        return prctl(PR_GET_TIMERSLACK, 0);
    }

    /** @param ns 0: as it was when the thread began. */
    public int timerSlackNs(final long ns) {
        return prctl(PR_SET_TIMERSLACK, ns);
    }

    /** sched_getaffinity(2) of the calling thread: a mask of so many bytes at the address. */
    public int affinity(final long address, final int length) {
        return affinity(0, address, length);
    }

    /** sched_getaffinity(2) of a thread, by its number; that of a process is its first thread's. */
    public int affinity(final int thread, final long address, final int length) {
        try {
            return result((int) GET_AFFINITY.invokeExact(state, thread, (long) length, address));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("sched_getaffinity", e);
        }
    }

    /** sched_setaffinity(2) of the calling thread. */
    public int setAffinity(final long address, final int length) {
        try {
            return result((int) SET_AFFINITY.invokeExact(state, 0, (long) length, address));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("sched_setaffinity", e);
        }
    }

    /** sched_getcpu(3): the CPU of the calling thread. */
    public int cpu() {
        try {
            return result((int) GET_CPU.invokeExact(state));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("sched_getcpu", e);
        }
    }

    /** getrusage(2) of the calling thread: {@link #USAGE_LENGTH} bytes at the address. */
    public int usage(final long address) {
        try {
            return result((int) USAGE.invokeExact(state, RUSAGE_THREAD, address));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("getrusage", e);
        }
    }

    /** membarrier(2): the process says that it will call {@link #fenceOthers}. */
    public int registerFences() {
        return membarrier(MEMBARRIER_REGISTER_PRIVATE_EXPEDITED);
    }

    /** membarrier(2): every thread of the process that runs now executes a full fence. */
    public int fenceOthers() {
        return membarrier(MEMBARRIER_PRIVATE_EXPEDITED);
    }

    private int membarrier(final int command) {
        try {
            return result((int) (long) SYSCALL.invokeExact(state, MEMBARRIER, command, 0, 0));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("membarrier", e);
        }
    }

    private int prctl(final int option, final long value) {
        try {
            return result((int) PRCTL.invokeExact(state, option, value, 0L, 0L, 0L));
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("prctl", e);
        }
    }

    private int result(final int value) {
        return value >= 0 ? value : -(int) LinuxCalls.ERRNO.get(state, 0L);
    }
}
