package io.millrace.nativeports.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

    /** Of version 1, which takes single threads; null: there is none to be changed. */
    private static Path cpuset() throws IOException {
        final Path cpuset = Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                .filter(line -> line.contains(":cpuset:"))
                .map(line -> Path.of("/sys/fs/cgroup/cpuset", line.substring(line.lastIndexOf(':') + 1))).findFirst()
                .orElse(null);
        return cpuset != null && Files.isWritable(cpuset.resolve("tasks")) ? cpuset : null;
    }

    private static String list(final BitSet cpus) {
        return cpus.toString().replaceAll("[{} ]", "");
    }

    @Test
    void shouldLetAThreadFollowACpusetThatGrows() throws Exception {
        final Path parent = cpuset();
        assumeTrue(parent != null, "no cpuset (version 1) of ours");
        onAThreadOfItsOwn(() -> {
            final BitSet allowed = host.allowedCpus();
            assumeTrue(allowed.cardinality() > 1, "one CPU");
            final int first = allowed.nextSetBit(0);
            final String thread = Path.of("/proc/thread-self").toRealPath().getFileName().toString();
            final Path cpuset = Files.createDirectory(parent.resolve("millrace-test-" + thread));
            try {
                Files.writeString(cpuset.resolve("cpuset.mems"), Files.readString(parent.resolve("cpuset.mems")));
                Files.writeString(cpuset.resolve("cpuset.cpus"), Integer.toString(first));
                Files.writeString(cpuset.resolve("tasks"), thread);
                assertThat(kernel()).isEqualTo(Integer.toString(first));
                host.pin(first).run();
                Files.writeString(cpuset.resolve("cpuset.cpus"), list(allowed));
                assertThat(host.allowedCpus()).isEqualTo(allowed);
            } finally {
                Files.writeString(parent.resolve("tasks"), thread);
                Files.delete(cpuset);
            }
            return null;
        });
    }

    @Test
    void shouldLeaveAThreadTheMaskThatItHad() throws Exception {
        onAThreadOfItsOwn(() -> {
            final BitSet allowed = host.allowedCpus();
            assumeTrue(allowed.cardinality() > 1, "one CPU");
            final BitSet own = new BitSet();
            own.set(allowed.nextSetBit(0));
            Affinity.ofThread(own);
            host.pin(allowed.nextSetBit(allowed.nextSetBit(0) + 1)).run();
            assertThat(host.allowedCpus()).isEqualTo(own);
            assertThatThrownBy(() -> host.pin(NO_CPU)).isInstanceOf(IOException.class);
            assertThat(host.allowedCpus()).as("nothing has come of it").isEqualTo(own);
            return null;
        });
    }
}
