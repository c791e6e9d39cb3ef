package io.millrace.nativeports.dpdk;

import io.millrace.nativeports.linux.LinuxCalls;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A function of C that is called seldom: up to seven integers or addresses in, one out. One handle serves them all, as on
 * the 64-bit architectures of Linux each of them travels in a register or eight bytes of the stack of its own, whatever its
 * width, and those too many are not looked at.
 * <p>
 * Thread: any that the function allows.
 */
@SuppressWarnings("restricted")
final class NativeFunction {
    private static final int MOST = 7;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(
            FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG));

    private final String name;
    private final MemorySegment address;

    private NativeFunction(final String name, final MemorySegment address) {
        this.name = name;
        this.address = address;
    }

    /** @throws java.util.NoSuchElementException where the library has no such function. */
    static NativeFunction of(final SymbolLookup library, final String name) {
        return new NativeFunction(name, library.findOrThrow(name));
    }

    /** Calls what returns an {@code int}, or nothing. */
    int call(final long... arguments) {
        return (int) callForLong(arguments);
    }

    /** Calls what returns an address or another 64-bit number. */
    long callForLong(final long... arguments) {
        final long[] all = new long[MOST];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        try {
            return (long) CALL.invokeExact(address, all[0], all[1], all[2], all[3], all[4], all[5],
                    all[6]);
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected(name, e);
        }
    }
}
