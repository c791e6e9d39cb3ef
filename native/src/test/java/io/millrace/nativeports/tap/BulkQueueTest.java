package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PortCount;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import io.millrace.nativeports.threads.EngineCpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is set lies in a file one behind the other, in the place of the kernel's. */
@EnabledOnOs(OS.LINUX)
class BulkQueueTest {
    private static final int DESCRIPTOR = 77;
    private static final int LONG = TapPort.SMALL + 1;

    private final FramePool pool = new FramePool("bulk", 64, 2_048);
    private final long[] frames = new long[2 * BulkQueue.BURST];

    @TempDir
    private Path folder;
    private Path mask;

    @BeforeEach
    void makeFrames() throws IOException {
        mask = Files.createFile(folder.resolve("rps_cpus"));
        for (int i = 0; i < frames.length; i++) {
            frames[i] = pool.acquire();
        }
    }

    @AfterEach
    void releaseFrames() {
        for (final long frame : frames) {
            pool.release(frame);
        }
        pool.close();
    }

    @Test
    void shouldTakeEverythingFromABurstOfLongFramesUntilItHasBeenQuiet() throws IOException {
        try (BulkQueue queue = queue(cpusOf(1, 0, 1), 0)) {
            queue.onTurn(0);
            assertThat(takes(queue, BulkQueue.BURST - 1, 0, 1)).as("fewer").isFalse();
            assertThat(takes(queue, BulkQueue.BURST - 1, 3, 1)).as("short ones among them").isFalse();
            assertThat(takes(queue, BulkQueue.BURST, BulkQueue.BURST, 1)).as("long enough in all").isTrue();
            assertThat(takes(queue, 1, 0, BulkQueue.QUIET_NS)).as("what follows").isTrue();
            assertThat(takes(queue, BulkQueue.BURST, 0, BulkQueue.QUIET_NS)).isTrue();
            assertThat(takes(queue, 0, 1, BulkQueue.QUIET_NS + BulkQueue.PAUSE_NS)).isTrue();
            assertThat(takes(queue, 0, 1, 2 * BulkQueue.QUIET_NS - 1)).isTrue();
            assertThat(takes(queue, 0, 1, 2 * BulkQueue.QUIET_NS + BulkQueue.PAUSE_NS)).isFalse();
            assertThat(takes(queue, 0, 1, 2 * BulkQueue.QUIET_NS + BulkQueue.PAUSE_NS)).isFalse();
            assertThat(queue.descriptor()).isEqualTo(DESCRIPTOR);
        }
    }

    @Test
    void shouldNotLetAFrameOvertakeTheOneThatWasJustPutInLine() throws IOException {
        try (BulkQueue queue = queue(cpusOf(1, 0, 1), 0)) {
            queue.onTurn(0);
            takes(queue, BulkQueue.BURST, 0, 0);
            takes(queue, 0, 1, BulkQueue.QUIET_NS - 1);
            long nowNs = BulkQueue.QUIET_NS - 1;
            while (nowNs + BulkQueue.PAUSE_NS - 1 < BulkQueue.LATEST_NS) {
                nowNs += BulkQueue.PAUSE_NS - 1;
                assertThat(takes(queue, BulkQueue.BURST - 1, 0, nowNs)).as("at %d ns", nowNs).isTrue();
            }
            assertThat(takes(queue, 0, 1, BulkQueue.LATEST_NS)).as("without a pause").isFalse();
        }
    }

    @Test
    void shouldEndWhereTheEnginesHaveComeToHaveAllCpus() throws IOException {
        final EngineCpus engines = cpusOf(2, 0, 1);
        try (BulkQueue queue = queue(engines, 0)) {
            queue.onTurn(0);
            assertThat(takes(queue, BulkQueue.BURST, 0, 0)).isTrue();
            engines.onMove(1, 1);
            assertThat(takes(queue, BulkQueue.BURST, 0, BulkQueue.QUIET_NS - 1)).as("something is in line").isTrue();
            assertThat(takes(queue, BulkQueue.BURST, 0, 2 * BulkQueue.QUIET_NS)).as("bursts go on").isFalse();
        }
        assertThat(Files.readString(mask)).as("as it was").isEqualTo("00000002" + "00000000");
    }

    @Test
    void shouldSteerAwayFromWhereTheEnginesAre() throws IOException {
        final EngineCpus engines = cpusOf(2, 0, 1, 2, 33);
        try (BulkQueue queue = queue(engines, 1)) {
            queue.onTurn(-1);
            queue.onTurn(2);
            assertThat(Files.readString(mask)).as("nothing before a burst").isEmpty();
            takes(queue, BulkQueue.BURST, 0, 1);
            takes(queue, BulkQueue.BURST, 0, 2);
            assertThat(Files.readString(mask)).isEqualTo("00000002,00000003");
            engines.onMove(0, 33);
            takes(queue, BulkQueue.BURST, 0, 3);
            queue.onTurn(1);
            queue.onTurn(1);
            takes(queue, BulkQueue.BURST, 0, 4);
            assertThat(Files.readString(mask)).isEqualTo("00000002,00000003" + "00000003" + "00000005");
        }
        assertThat(Files.readString(mask)).as("as it was").endsWith("00000005" + "00000000");
    }

    @Test
    void shouldNotTakeWhereThereIsNoOtherCpuOrItCannotBeSet() throws IOException {
        try (BulkQueue queue = queue(cpusOf(1, 3), 0)) {
            queue.onTurn(3);
            assertThat(takes(queue, BulkQueue.BURST, 0, 1)).isFalse();
            assertThat(queue.counted(PortCount.BULK_WITHOUT_CPU)).isOne();
            assertThat(queue.counted(PortCount.BULK_REFUSED)).isZero();
        }
        assertThat(Files.readString(mask)).isEmpty();
        final EngineCpus engines = cpusOf(1, 0, 1);
        try (BulkQueue queue = new BulkQueue(DESCRIPTOR, new ReceiveSteering(engines, -1, "tap:mr0"), engines, 0)) {
            assertThat(takes(queue, BulkQueue.BURST, 0, 1)).isFalse();
            assertThat(takes(queue, BulkQueue.BURST, 0, 2)).isFalse();
            assertThat(queue.counted(PortCount.BULK_REFUSED)).isEqualTo(2);
            assertThat(queue.counted(PortCount.BULK_WITHOUT_CPU)).isZero();
            assertThat(queue.counted(PortCount.BULK_BEGUN)).isZero();
        }
    }

    /** A cpuset that grows, or shrinks, while nothing is in line. */
    @Test
    void shouldSteerToTheCpusThatThereAreWhenATransferBegins() throws IOException {
        final BitSet now = cpus(0);
        try (BulkQueue queue = queue(new EngineCpus(() -> (BitSet) now.clone(), 1), 0)) {
            queue.onTurn(0);
            assertThat(takes(queue, BulkQueue.BURST, 0, BulkQueue.LATEST_NS)).isFalse();
            now.set(1, 3);
            assertThat(takes(queue, BulkQueue.BURST, 0, 2 * BulkQueue.LATEST_NS - 1)).as("seldom").isFalse();
            assertThat(takes(queue, BulkQueue.BURST, 0, 2 * BulkQueue.LATEST_NS)).isTrue();
            now.clear(1);
            takes(queue, BulkQueue.BURST, 0, 3 * BulkQueue.LATEST_NS);
            assertThat(Files.readString(mask)).as("as long as it lasts").isEqualTo("00000006");
            takes(queue, 0, 1, 4 * BulkQueue.LATEST_NS);
            assertThat(takes(queue, BulkQueue.BURST, 0, 4 * BulkQueue.LATEST_NS)).isTrue();
            assertThat(Files.readString(mask)).isEqualTo("00000006" + "00000004");
        }
    }

    @Test
    void shouldCountTransfers() throws IOException {
        try (BulkQueue queue = queue(cpusOf(1, 0, 1), 0)) {
            queue.onTurn(0);
            for (int i = 1; i <= 3; i++) {
                takes(queue, BulkQueue.BURST, 0, i * BulkQueue.LATEST_NS);
                takes(queue, BulkQueue.BURST, 0, i * BulkQueue.LATEST_NS + 1);
                assertThat(queue.counted(PortCount.BULK_BEGUN)).isEqualTo(i);
                assertThat(queue.counted(PortCount.BULK_ENDED)).isEqualTo(i - 1);
                takes(queue, 0, 1, (i + 1) * BulkQueue.LATEST_NS - 1);
                assertThat(queue.counted(PortCount.BULK_ENDED)).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{} | 00000000", "{0, 1} | 00000003", "{31} | 80000000",
            "{32} | 00000001,00000000", "{0, 95} | 80000000,00000000,00000001"})
    void shouldWriteAMaskAsTheKernelReadsIt(final String set, final String mask) {
        final BitSet cpus = new BitSet();
        for (final String cpu : set.substring(1, set.length() - 1).split(", ")) {
            if (!cpu.isEmpty()) {
                cpus.set(Integer.parseInt(cpu));
            }
        }
        assertThat(ReceiveSteering.mask(cpus)).isEqualTo(mask);
    }

    private BulkQueue queue(final EngineCpus engines, final int engine) {
        final int fd = new LinuxCalls().open(mask.toString(), TunDescriptor.O_WRONLY | TunDescriptor.O_CLOEXEC);
        return new BulkQueue(DESCRIPTOR, new ReceiveSteering(engines, fd, "tap:mr0"), engines, engine);
    }

    /** Long ones first. */
    private boolean takes(final BulkQueue queue, final int longer, final int shorter, final long nowNs) {
        for (int i = 0; i < longer + shorter; i++) {
            Frame.length(frames[i], i < longer ? LONG : TapPort.SMALL);
        }
        return queue.takes(frames, 0, longer + shorter, nowNs);
    }

    private static EngineCpus cpusOf(final int engines, final int... allowed) throws IOException {
        return new EngineCpus(() -> cpus(allowed), engines);
    }

    private static BitSet cpus(final int... some) {
        final BitSet cpus = new BitSet();
        for (final int cpu : some) {
            cpus.set(cpu);
        }
        return cpus;
    }
}
