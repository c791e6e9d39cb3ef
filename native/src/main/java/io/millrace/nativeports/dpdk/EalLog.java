package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * What DPDK logs, kept in memory instead of written to the terminal, so that a failure can be told with DPDK's own words.
 * The stream stays for the life of the JVM: drivers may write to it at any time. Thread: any.
 */
@SuppressWarnings("restricted")
final class EalLog {
    private static final SymbolLookup C = Linker.nativeLinker().defaultLookup();
    private static final NativeFunction LOCK = NativeFunction.of(C, "flockfile");
    private static final NativeFunction UNLOCK = NativeFunction.of(C, "funlockfile");
    private static final NativeFunction FLUSH = NativeFunction.of(C, "fflush");
    private static final NativeFunction REWIND = NativeFunction.of(C, "rewind");
    private static final NativeFunction FILE = NativeFunction.of(C, "fopen");
    private static final NativeFunction CLOSE = NativeFunction.of(C, "fclose");
    private static final NativeFunction OPEN = NativeFunction.of(C, "open_memstream");
    private static final int TEXT = 0;
    private static final int LENGTH = 8;

    private final long cells;
    private final long stream;

    /** Takes over DPDK's log. */
    EalLog() {
        cells = Arena.global().allocate(LENGTH + Long.BYTES).address();
        stream = OPEN.callForLong(cells + TEXT, cells + LENGTH);
        if (stream == 0) {
            throw new OutOfMemoryError("no memory for a stream");
        }
        NativeFunction.of(Libraries.load("eal"), "rte_openlog_stream").call(stream);
    }

    /**
     * Runs what may print without asking: the start of EAL, which answers to a wrong value of an option with its whole
     * usage on the standard output of C, and repeats its last words on the standard error. The usage goes nowhere.
     */
    int inPlaceOfTheTerminal(final IntSupplier action) {
        final long nowhere;
        try (Arena arena = Arena.ofConfined()) {
            nowhere = FILE.callForLong(arena.allocateFrom("/dev/null").address(), arena.allocateFrom("w").address());
        }
        final long out = swap("stdout", nowhere == 0 ? stream : nowhere);
        final long error = swap("stderr", stream);
        try {
            return action.getAsInt();
        } finally {
            swap("stdout", out);
            swap("stderr", error);
            if (nowhere != 0) {
                CLOSE.call(nowhere);
            }
        }
    }

    /** Of C, a variable of the library; the JVM writes to the descriptors themselves. */
    private static long swap(final String variable, final long next) {
        final long address = C.findOrThrow(variable).address();
        final long before = Memory.getLong(address);
        Memory.putLong(address, next);
        return before;
    }

    /** The lines since the last call. */
    List<String> take() {
        LOCK.call(stream);
        try {
            FLUSH.call(stream);
            final byte[] text = new byte[(int) Memory.getLong(cells + LENGTH)];
            MemorySegment.copy(MemorySegment.ofAddress(Memory.getLong(cells + TEXT)).reinterpret(text.length),
                    ValueLayout.JAVA_BYTE, 0, text, 0, text.length);
            REWIND.call(stream);
            FLUSH.call(stream);
            return new String(text, StandardCharsets.UTF_8).lines().map(String::strip).filter(line -> !line.isEmpty())
                    .toList();
        } finally {
            UNLOCK.call(stream);
        }
    }
}
