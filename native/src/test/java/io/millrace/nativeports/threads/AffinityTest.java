package io.millrace.nativeports.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.idle.HostThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class AffinityTest {
    private static final int NO_CPU = 8_000;

    private final HostThreads host = new LinuxThreads();

    /** As the kernel tells it of this thread. */
    private static String kernel() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:")).findFirst().orElseThrow().split("\\s+")[1];
    }

    private static <T> T onAThreadOfItsOwn(final Callable<T> what) throws Exception {
        final FutureTask<T> task = new FutureTask<>(what);
        Thread.ofPlatform().start(task);
        try {
            return task.get();
        } catch (final ExecutionException e) {
            throw e.getCause() instanceof final Exception cause ? cause : e;
        }
    }

    @Test
    void shouldKeepAThreadOnACpuAndLetItGo() throws Exception {
        final String after = onAThreadOfItsOwn(() -> {
            final String before = kernel();
            final BitSet allowed = host.allowedCpus();
            assertThat(allowed.cardinality()).isEqualTo(Runtime.getRuntime().availableProcessors());
            for (int cpu = allowed.nextSetBit(0); cpu >= 0; cpu = allowed.nextSetBit(cpu + 1)) {
                final Runnable exit = host.pin(cpu);
                assertThat(kernel()).isEqualTo(Integer.toString(cpu));
                exit.run();
                assertThat(kernel()).isEqualTo(before);
            }
            host.pin(allowed.nextSetBit(0));
            return before;
        });
        assertThat(kernel()).as("of other threads").isEqualTo(after);
    }

    @Test
    void shouldSayWhyAThreadCannotBeThere() throws Exception {
        assertThatThrownBy(() -> onAThreadOfItsOwn(() -> host.pin(NO_CPU))).isInstanceOf(IOException.class)
                .hasMessage("cannot keep a thread on CPU 8000: EINVAL (invalid argument)");
        assertThatThrownBy(() -> HostThreads.PLAIN.pin(0)).isInstanceOf(IOException.class);
        assertThatThrownBy(HostThreads.PLAIN::allowedCpus).isInstanceOf(IOException.class);
    }
}
