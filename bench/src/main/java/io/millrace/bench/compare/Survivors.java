package io.millrace.bench.compare;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.run.Arena;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes arenas down that are open when the command ends, by Ctrl-C for instance. Their processes are killed first: one that
 * is stopped by SIGSTOP would neither see that its parent is gone nor the Ctrl-C. Threads: the command's, and the one that
 * ends the JVM.
 */
final class Survivors {
    private final Set<Watched> open = ConcurrentHashMap.newKeySet();

    /** From now on. */
    void takeDownAtEnd() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::takeDown, "bench-survivors"));
    }

    /** Of this one too, until it is closed. */
    Arena watch(final Arena arena) {
        final Watched watched = new Watched(arena);
        open.add(watched);
        return watched;
    }

    void takeDown() {
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
            return arena.round(ns);
        }

        @Override
        public void resume() throws IOException {
            arena.resume();
            pids = Set.copyOf(arena.pids());
        }

        @Override
        public void pause() throws IOException {
            arena.pause();
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
