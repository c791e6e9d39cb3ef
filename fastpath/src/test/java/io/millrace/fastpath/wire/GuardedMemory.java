package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HexFormat;

/** Bytes that end where an inaccessible page begins: reading past them ends the JVM, and with it the test run. */
final class GuardedMemory implements AutoCloseable {
    static final int PAGE = 4096;
    private static final int PROT_NONE = 0;

    private final MemoryRegion region;
    private final long end;

    GuardedMemory(final int bytes) {
        final int usable = (bytes + PAGE - 1) / PAGE * PAGE;
        region = MemoryRegion.allocate("guarded test bytes", usable + PAGE);
        end = region.address() + usable;
        protect(end);
    }

    /** Address of the first byte. */
    long start() {
        return region.address();
    }

    /** Address after the last byte. */
    long end() {
        return end;
    }

    /** Puts the bytes right before the end. @return where they begin. */
    long place(final byte[] bytes) {
        Memory.copyFromArray(bytes, 0, end - bytes.length, bytes.length);
        return end - bytes.length;
    }

    /** The same for hexadecimal digits. */
    long place(final String hex) {
        return place(HexFormat.of().parseHex(hex));
    }

    static String hex(final long address, final int length) {
        final byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void close() {
        region.close();
    }

    @SuppressWarnings("restricted")
    private static void protect(final long address) {
        final Linker linker = Linker.nativeLinker();
        final MethodHandle mprotect = linker.downcallHandle(linker.defaultLookup().findOrThrow("mprotect"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT));
        try {
            final int result = (int) mprotect.invokeExact(address, (long) PAGE, PROT_NONE);
            if (result != 0) {
                throw new IllegalStateException("mprotect: " + result);
            }
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
