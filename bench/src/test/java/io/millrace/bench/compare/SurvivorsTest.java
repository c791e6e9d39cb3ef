package io.millrace.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.Arena;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SurvivorsTest {
    private final Survivors survivors = new Survivors();

    /** A process that does nothing. */
    private static final class Sleeper implements Arena {
        private final Process process;
        private int closed;

        Sleeper() throws IOException {
            process = new ProcessBuilder("sleep", "1000").start();
        }

        @Override
        public Cell cell() {
            return new Cell(Workload.CROWD, Placement.PROCESSES, Contender.NIO);
        }

        @Override
        public Set<Long> pids() {
            return Set.of(process.pid());
        }

        @Override
        public Sample round(final long ns) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void resume() {}

        @Override
        public void pause() {}

        @Override
        public void close() {
            closed++;
            process.destroyForcibly();
        }
    }

    @Test
    void shouldKillAStoppedProcessAndTakeItsArenaDownOnce() throws IOException, InterruptedException {
        final Sleeper sleeper = new Sleeper();
        final Arena watched = survivors.watch(sleeper);
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(sleeper.process.pid())).start().waitFor())
                .isZero();

        survivors.takeDown();
        watched.close();

        assertThat(sleeper.process.waitFor()).as("killed").isEqualTo(128 + 9);
        assertThat(sleeper.closed).isEqualTo(1);
    }

    @Test
    @Timeout(60)
    void shouldLetTheCommandGoNoFurtherOnceAllIsTakenDown() {
        survivors.goOn();
        survivors.takeDown();
        final Thread command = Thread.ofPlatform().daemon().start(survivors::goOn);

        while (command.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        LockSupport.unpark(command);
        while (command.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(command.isAlive()).isTrue();
    }

    @Test
    void shouldForgetWhatIsClosed() throws IOException, InterruptedException {
        final Sleeper sleeper = new Sleeper();
        survivors.watch(sleeper).close();
        sleeper.process.waitFor();

        survivors.takeDown();

        assertThat(sleeper.closed).isEqualTo(1);
    }
}
