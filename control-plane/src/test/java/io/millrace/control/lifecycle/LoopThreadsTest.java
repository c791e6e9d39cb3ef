package io.millrace.control.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.interop.Await;
import io.millrace.socket.MillraceSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class LoopThreadsTest {
    private static MillraceConfig config(final String threading) {
        return MillraceConfig.parse("millrace { threading { " + threading
                + " }, port.device = memory, observe.enabled = false }");
    }

    private static BitSet cpus(final int... each) {
        final BitSet cpus = new BitSet();
        for (final int cpu : each) {
            cpus.set(cpu);
        }
        return cpus;
    }

    /** As the kernel tells it of the calling thread. */
    private static String cpusOfThread() throws IOException {
        return cpusOf(Path.of("/proc/thread-self/status"));
    }

    private static String cpusOf(final Path status) throws IOException {
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("Cpus_allowed_list:")).findFirst()
                .orElseThrow().split("\\s+")[1];
    }

    @Test
    void shouldReadListsAsTheKernelWritesThem() {
        assertThat(CpuFacts.parse("0-1,4,7-9")).isEqualTo(cpus(0, 1, 4, 7, 8, 9));
        assertThat(CpuFacts.parse("")).isEqualTo(cpus());
        assertThat(CpuFacts.text(cpus(0, 1, 4, 7, 8, 9))).isEqualTo("0-1, 4, 7-9");
        assertThat(new CpuFacts(cpus(0), cpus(2, 3), cpus(3)).describe()).isEqualTo(
                "; isolated (isolcpus): 2-3; without a timer tick (nohz_full): 3");
        assertThat(new CpuFacts(cpus(0), cpus(), cpus()).describe()).isEmpty();
    }

    @Test
    void shouldRefuseACpuThatTheProcessMayNotUse() {
        final CpuFacts facts = new CpuFacts(cpus(0, 1), cpus(), cpus());
        assertThat(LoopThreads.refusal(config("cpus = \"1-2\", engines = 2"), facts)).contains(
                "millrace.threading.cpus = [\"1-2\"]: CPU 2 is not among those that this process may use, 0-1"
                        + " (taskset, or the cpuset of its container)");
        assertThat(LoopThreads.refusal(config("cpus = \"1-2\", engines = 1"), facts)).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldOpenNothingWhereACpuIsRefused() {
        final long before = MemoryRegion.bytesInUse();
        assertThatThrownBy(() -> Millrace.launch(config("cpus = [8000]"))).isInstanceOf(IOException.class)
                .hasMessageStartingWith("millrace.threading.cpus = [\"8000\"]: CPU 8000 is not among those");
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKeepEachLoopOnItsCpuInTheirOrder() throws IOException {
        final BitSet allowed = CpuFacts.look().allowed();
        final int last = allowed.length() - 1;
        final int first = allowed.nextSetBit(0);
        final List<Integer> order = first == last ? List.of(first) : List.of(last, first);
        try (Millrace stack = Millrace.launch(config("cpus = " + order + ", engines = " + order.size()))) {
            final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
            for (int i = 0; i < order.size(); i++) {
                assertThat(group.loopOf(i).submit(LoopThreadsTest::cpusOfThread).syncUninterruptibly().getNow())
                        .isEqualTo(order.get(i).toString());
            }
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldKeepTheThreadsOfSocketsOnTheirCpu() throws Exception {
        final int first = CpuFacts.look().allowed().nextSetBit(0);
        try (Millrace stack = Millrace.launch(config("cpus = [" + first + ']'));
                MillraceSockets sockets = new MillraceSockets(stack);
                var tasks = Files.list(Path.of("/proc/self/task"))) {
            assertThat(sockets.stack()).isSameAs(stack);
            final List<Path> loops = tasks.filter(LoopThreadsTest::isOfSockets).toList();
            assertThat(loops).hasSize(1);
            // the first thing that it does
            Await.until("it is on its CPU",
                    () -> cpusOf(loops.getFirst().resolve("status")).equals(Integer.toString(first)));
        }
    }

    private static boolean isOfSockets(final Path task) {
        try {
            return Files.readString(task.resolve("comm")).startsWith("millrace-socket");
        } catch (final IOException e) {
            return false;
        }
    }
}
