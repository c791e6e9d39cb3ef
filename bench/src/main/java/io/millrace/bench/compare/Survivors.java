package io.millrace.bench.compare;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.run.Arena;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes arenas down that are open when the command ends, by Ctrl-C for instance. Their processes are killed first: one that
 * is stopped by SIGSTOP would neither see that its parent is gone nor the Ctrl-C. From then on the command's thread goes no
 * further: it would set up the next arena, and call those that were killed failures. Threads: the command's, and the one that
 * ends the JVM.
 */
final class Survivors {
    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    /**
     * From now on.
     *
     * @param afterwards what else is to be done at the end, once they are.
     */
    void takeDownAtEnd(final Runnable afterwards) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            takeDown();
            afterwards.run();
        }, "bench-survivors"));
    }

    /** Returns only while the run goes on. */
    void goOn() {
        while (over) {
            LockSupport.park(this);
        }
    }

    /** Of this one too, until it is closed. */
    Arena watch(final Arena arena) {
        final Watched watched = new Watched(arena);
        open.add(watched);
        return watched;
    }

    void takeDown() {
        over = true;
        open.forEach(Watched::kill);
        open.forEach(Watched::close);
    }

    private final class Watched implements Arena {
        private final Arena arena;
        /** They may come and go; the arena's own set is not for the thread that ends the JVM. */
        private volatile Set<Long> pids;
        private boolean closed;

        private Watched(final Arena arena) {
            this.arena = arena;
            pids = Set.copyOf(arena.pids());
        }

        private void kill() {
            pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        }

        @Override
        public Cell cell() {
            return arena.cell();
        }

        @Override
        public Set<Long> pids() {
            return arena.pids();
        }

        @Override
        public Sample round(final long ns) throws IOException {
            try {
                return arena.round(ns);
            } finally {
                goOn();
            }
        }

        @Override
        public void resume() throws IOException {
            try {
                arena.resume();
            } finally {
                goOn();
            }
            pids = Set.copyOf(arena.pids());
        }

        @Override
        public void pause() throws IOException {
            try {
                arena.pause();
            } finally {
                goOn();
            }
            pids = Set.copyOf(arena.pids());
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                arena.close();
                open.remove(this);
            }
        }
    }
}
