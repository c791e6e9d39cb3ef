package io.millrace.bench.compare.node;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What Java has no call for. Linux, 64 bits. Thread: any. */
@SuppressWarnings("restricted")
final class Posix {
    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    private static final long NS_PER_S = 1_000_000_000L;

    private static final MethodHandle KILL = function("kill",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle PRCTL = function("prctl", FunctionDescriptor.of(ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG), Linker.Option.firstVariadicArg(1));
    private static final MethodHandle CLOCK_GETTIME = function("clock_gettime",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private Posix() {}

    private static MethodHandle function(final String name, final FunctionDescriptor type,
            final Linker.Option... options) {
        final Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    /** Stops a process (SIGSTOP). */
    static void stop(final long pid) throws IOException {
        kill(pid, SIGSTOP);
    }

    /** Lets it go on (SIGCONT). */
    static void resume(final long pid) throws IOException {
        kill(pid, SIGCONT);
    }

    private static void kill(final long pid, final int signal) throws IOException {
        try {
            if ((int) KILL.invokeExact((int) pid, signal) != 0) {
                throw new IOException("process " + pid + " is gone");
            }
        } catch (final RuntimeException | Error | IOException e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** This process ends when the thread that has started it ends, in whatever way, even while it is stopped. */
    static void dieWithParent() {
        try {
            if ((int) PRCTL.invokeExact(PR_SET_PDEATHSIG, (long) SIGKILL) != 0) {
                throw new IllegalStateException("prctl");
            }
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Processor time of all threads of this process, user and system, in nanoseconds. */
    static long cpuNs() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2);
            if ((int) CLOCK_GETTIME.invokeExact(CLOCK_PROCESS_CPUTIME_ID, time) != 0) {
                throw new IllegalStateException("clock_gettime");
            }
            return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * NS_PER_S + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
