package io.millrace.nativeports.threads;

import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** On which CPUs the engines of a device run, as each of them has said last. Thread: any. */
public final class EngineCpus {
    private static final int UNKNOWN = -1;

    private final Cpus source;
    private volatile BitSet allowed;
    private final AtomicIntegerArray places;
    private final AtomicInteger moves = new AtomicInteger();

    /** The CPUs that there are now. */
    @FunctionalInterface
    public interface Cpus {
        /** Not changed by who has it. @throws IOException one sentence: what the system said. */
        BitSet now() throws IOException;
    }

    /**
     * Of so many engines that have said nothing yet, among these CPUs.
     *
     * @throws IOException as {@link Cpus#now}.
     */
    public EngineCpus(final Cpus source, final int engines) throws IOException {
        this.source = source;
        allowed = source.now();
        places = new AtomicIntegerArray(engines);
        for (int i = 0; i < engines; i++) {
            places.set(i, UNKNOWN);
        }
    }

    /**
     * Of engines that have said nothing yet, among the CPUs that the process may use.
     *
     * @throws IOException one sentence: what the system said.
     */
    public static EngineCpus of(final int engines) throws IOException {
        return new EngineCpus(Affinity::ofProcess, engines);
    }

    /** An engine is on another CPU than before. */
    public void onMove(final int engine, final int cpu) {
        places.set(engine, cpu);
        moves.incrementAndGet();
    }

    /** Looks whether there are other CPUs than before, as a cpuset may change: a system call, and some objects. */
    public void lookAgain() {
        try {
            final BitSet now = source.now();
            if (!now.equals(allowed)) {
                allowed = now;
                moves.incrementAndGet();
            }
        } catch (final IOException e) {
            // as they were
            return;
        }
    }

    /** How often an engine has moved, or the CPUs have changed: while it stays, so does {@link #others}. */
    public int moves() {
        return moves.get();
    }

    /** The CPUs that no engine is known to run on; a copy. */
    public BitSet others() {
        final BitSet others = (BitSet) allowed.clone();
        for (int i = 0; i < places.length(); i++) {
            if (places.get(i) != UNKNOWN) {
                others.clear(places.get(i));
            }
        }
        return others;
    }
}
