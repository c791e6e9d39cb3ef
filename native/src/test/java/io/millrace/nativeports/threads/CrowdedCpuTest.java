package io.millrace.nativeports.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.nativeports.linux.ThreadCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CrowdedCpuTest {
    private final CrowdedCpu place = new CrowdedCpu();
    /** Of the same loop, with the same looks. */
    private final CrowdedCpu ofAnotherPort = new CrowdedCpu();
    private final BitSet shared = new BitSet();
    private long nowNs = 1;
    private volatile boolean done;

    /** Of this thread, as the kernel tells it. */
    private static long involuntarySwitches() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("nonvoluntary_ctxt_switches:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1])).findFirst().orElseThrow();
    }

    private Void share() throws IOException {
        Affinity.ofThread(shared);
        while (!done) {
            Thread.yield();
        }
        return null;
    }

    /** A look a millisecond after the last one, by the loop's clock, with so many switches at least in between. */
    private boolean lookAfterSwitches(final int count) throws IOException {
        final long before = involuntarySwitches();
        while (involuntarySwitches() < before + count) {
            Thread.yield();
        }
        nowNs += Crowding.LOOK_NS;
        return place.onTurn(nowNs);
    }

    private boolean crowd(final BitSet stay) throws Exception {
        shared.set(new ThreadCalls().cpu());
        final FutureTask<Void> other = new FutureTask<>(this::share);
        Thread.ofPlatform().start(other);
        try {
            Affinity.ofThread(shared);
            place.onTurn(nowNs);
            ofAnotherPort.onTurn(nowNs);
            Affinity.ofThread(stay);
            boolean moved = false;
            // balancing may have moved it first
            for (int i = 0; i < 100 && !moved; i++) {
                Affinity.ofThread(shared);
                Affinity.ofThread(stay);
                moved = lookAfterSwitches(Crowding.CROWDED);
                assertThat(ofAnotherPort.onTurn(nowNs) && moved).as("gone twice in a turn").isFalse();
            }
            return moved;
        } finally {
            done = true;
            other.get();
        }
    }

    private <T> T onAThreadOfItsOwn(final Callable<T> what) throws Exception {
        final FutureTask<T> task = new FutureTask<>(what);
        Thread.ofPlatform().start(task);
        return task.get();
    }

    @Test
    void shouldLeaveACpuThatItSharesAndMayRunWhereItMightBefore() throws Exception {
        final BitSet allowed = Affinity.ofThread();
        assumeTrue(allowed.cardinality() > 1, "one CPU");
        onAThreadOfItsOwn(() -> {
            assertThat(crowd(allowed)).isTrue();
            assertThat(Affinity.ofThread()).isEqualTo(allowed);
            return null;
        });
    }

    @Test
    void shouldStayOnTheOnlyCpuItMayRunOn() throws Exception {
        onAThreadOfItsOwn(() -> {
            final BitSet only = new BitSet();
            only.set(new ThreadCalls().cpu());
            assertThat(crowd(only)).isFalse();
            assertThat(Affinity.ofThread()).isEqualTo(only);
            return null;
        });
    }
}
