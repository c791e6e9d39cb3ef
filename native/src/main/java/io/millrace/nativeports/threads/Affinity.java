package io.millrace.nativeports.threads;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.ThreadCalls;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/** The CPUs that a thread may run on. Thread: the one it is about. */
final class Affinity {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LinuxThreads.class);
    /** Bytes of a mask: more CPUs than a kernel can be built for. */
    private static final int MASK = 1_024;

    private Affinity() {}

    /** @throws IOException one sentence: what the system said. */
    static BitSet ofThread() throws IOException {
        try (MemoryRegion mask = MemoryRegion.allocate("mask of CPUs", MASK)) {
            Memory.zero(mask.address(), MASK);
            final int result = new ThreadCalls().affinity(mask.address(), MASK);
            if (result < 0) {
                throw new IOException("cannot ask for the CPUs of a thread: " + Errno.describe(-result));
            }
            final long[] words = new long[MASK / Long.BYTES];
            Arrays.setAll(words, i -> Memory.getLong(mask.address() + (long) i * Long.BYTES));
            return BitSet.valueOf(words);
        }
    }

    /** @throws IOException one sentence: what the system said. */
    static void ofThread(final BitSet cpus) throws IOException {
        try (MemoryRegion mask = MemoryRegion.allocate("mask of CPUs", MASK)) {
            Memory.zero(mask.address(), MASK);
            final long[] words = cpus.toLongArray();
            for (int i = 0; i < words.length; i++) {
                Memory.putLong(mask.address() + (long) i * Long.BYTES, words[i]);
            }
            final int result = new ThreadCalls().setAffinity(mask.address(), MASK);
            if (result < 0) {
                throw new IOException("cannot keep a thread on CPU " + text(cpus) + ": " + Errno.describe(-result));
            }
        }
    }

    /** Back to where it was; a cpuset may have changed meanwhile. */
    static void restore(final BitSet cpus) {
        try {
            ofThread(cpus);
        } catch (final IOException e) {
            LOGGER.warn("{}; it stays on its CPU", e.getMessage());
        }
    }

    /** {@code 0, 2-3} is {@code 0, 2, 3} here. */
    private static String text(final BitSet cpus) {
        final String set = cpus.toString();
        return set.substring(1, set.length() - 1);
    }
}
