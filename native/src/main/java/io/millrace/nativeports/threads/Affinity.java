package io.millrace.nativeports.threads;

import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.ThreadCalls;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/** The CPUs that a thread may run on. Thread: the one it is about. */
final class Affinity {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LinuxThreads.class);
    /** Bytes of a mask: more CPUs than a kernel can be built for. */
    private static final int MASK = 1_024;

    private Affinity() {}

    /** @throws IOException one sentence: what the system said. */
    static BitSet ofThread() throws IOException {
        return of(0);
    }

    /**
     * Of the thread that the process began with, which nobody keeps on a CPU of its own: what engines may have been left
     * of the process. Thread: any.
     *
     * @throws IOException one sentence: what the system said.
     */
    static BitSet ofProcess() throws IOException {
        return of((int) ProcessHandle.current().pid());
    }

    private static BitSet of(final int thread) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK, Long.BYTES);
            final int result = new ThreadCalls().affinity(thread, mask.address(), MASK);
            if (result < 0) {
                throw new IOException("cannot ask for the CPUs of a thread: " + Errno.describe(-result));
            }
            return BitSet.valueOf(mask.toArray(ValueLayout.JAVA_LONG));
        }
    }

    /** @throws IOException one sentence: what the system said. */
    static void ofThread(final BitSet cpus) throws IOException {
        final int result = set(cpus);
        if (result < 0) {
            throw new IOException("cannot keep a thread on CPU " + text(cpus) + ": " + Errno.describe(-result));
        }
    }

    /**
     * Keeps the thread on these CPUs until it is let go.
     *
     * @return lets it go: it may run wherever it might before. Thread: the one it is about.
     * @throws IOException one sentence: what the system said. The thread may run where it might before.
     */
    static Runnable keepOn(final BitSet cpus) throws IOException {
        final BitSet before = toRestore();
        ofThread(cpus);
        return () -> restore(before);
    }

    /**
     * What to set for the thread to be as it is now. Linux tells only what its mask and its cpuset have in common: where all
     * of it is the cpuset's, the mask is all CPUs, or the thread would not follow a cpuset that grows.
     */
    private static BitSet toRestore() throws IOException {
        final BitSet allowed = ofThread();
        final BitSet all = new BitSet();
        all.set(0, MASK * Byte.SIZE);
        if (set(all) < 0) {
            return allowed;
        }
        if (ofThread().equals(allowed)) {
            return all;
        }
        ofThread(allowed);
        return allowed;
    }

    /** Back to where it was; a cpuset may have changed meanwhile. */
    private static void restore(final BitSet cpus) {
        try {
            ofThread(cpus);
        } catch (final IOException e) {
            LOGGER.warn("{}; it stays on its CPU", e.getMessage());
        }
    }

    private static int set(final BitSet cpus) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK, Long.BYTES);
            final long[] words = cpus.toLongArray();
            MemorySegment.copy(words, 0, mask, ValueLayout.JAVA_LONG, 0, words.length);
            return new ThreadCalls().setAffinity(mask.address(), MASK);
        }
    }

    /** {@code 0, 2-3} is {@code 0, 2, 3} here. */
    private static String text(final BitSet cpus) {
        final String set = cpus.toString();
        return set.substring(1, set.length() - 1);
    }
}
