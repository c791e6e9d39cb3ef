package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Arenas that write down what is done with them; each round takes its time of a clock that only they move. */
final class FakeArenas implements ArenaFactory {
    final List<String> events = new ArrayList<>();
    final Map<Contender, Exception> refused = new HashMap<>();
    final Map<Contender, Integer> failsInRound = new HashMap<>();
    final Map<Contender, Integer> silentInRound = new HashMap<>();
    long nowNs;
    long setUpNs;
    private int nextPid = 1;

    @Override
    public Arena open(final Cell cell) throws IOException, SkippedCellException {
        nowNs += setUpNs;
        final Exception refusal = refused.get(cell.contender());
        if (refusal instanceof final SkippedCellException skipped) {
            throw skipped;
        }
        if (refusal instanceof final IOException failed) {
            throw failed;
        }
        events.add("open " + cell.contender().name());
        return new FakeArena(cell, nextPid++);
    }

    static Sample sample(final long ns, final long messages) {
        return new Sample(ns, messages, 64 * messages, null, 0, -1, 0, 0, 0);
    }

    private final class FakeArena implements Arena {
        private final Cell cell;
        private final long pid;
        private int rounds;

        FakeArena(final Cell cell, final long pid) {
            this.cell = cell;
            this.pid = pid;
        }

        private void event(final String what) {
            events.add(what + " " + cell.contender().name());
        }

        @Override
        public Cell cell() {
            return cell;
        }

        @Override
        public Set<Long> pids() {
            return Set.of(pid);
        }

        @Override
        public Sample round(final long ns) throws IOException {
            event("round");
            rounds++;
            nowNs += ns;
            if (failsInRound.getOrDefault(cell.contender(), 0) == rounds) {
                throw new IOException(cell + ": gone");
            }
            return silentInRound.getOrDefault(cell.contender(), 0) == rounds
                    ? new Sample(ns, 0, 0, null, 0, -1, 0, 0, 0)
                    : sample(ns, rounds);
        }

        @Override
        public void resume() {
            event("resume");
        }

        @Override
        public void pause() {
            event("pause");
        }

        @Override
        public void close() {
            event("close");
        }
    }
}
