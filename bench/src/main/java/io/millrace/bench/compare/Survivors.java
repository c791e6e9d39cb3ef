package io.millrace.bench.compare;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.run.Arena;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Kills the processes of arenas that are open when the command ends, by Ctrl-C for instance: one that is stopped by SIGSTOP
 * would neither see that its parent is gone nor the Ctrl-C. Threads: any.
 */
final class Survivors {
    private final Set<Long> pids = ConcurrentHashMap.newKeySet();

    /** From now on. */
    void killAtEnd() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "bench-survivors"));
    }

    /** Of this one too, until it is closed. */
    Arena watch(final Arena arena) {
        pids.addAll(arena.pids());
        return new Watched(arena);
    }

    private void kill() {
        pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    /** Its processes may come and go. */
    private final class Watched implements Arena {
        private final Arena arena;

        private Watched(final Arena arena) {
            this.arena = arena;
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
            pids.addAll(arena.pids());
        }

        @Override
        public void pause() throws IOException {
            final Set<Long> running = Set.copyOf(arena.pids());
            arena.pause();
            forget(running);
            pids.addAll(arena.pids());
        }

        @Override
        public void close() {
            final Set<Long> all = Set.copyOf(arena.pids());
            arena.close();
            forget(all);
        }

        /** A number that is free may be another process's soon. */
        private void forget(final Set<Long> processes) {
            pids.removeAll(processes);
        }
    }
}
