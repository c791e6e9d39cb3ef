package io.millrace.nativeports.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.Waiter;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.ThreadCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class PollWaiterTest {
    private static final long FOR_EVER = TimeUnit.DAYS.toNanos(1);
    private static final int ROUNDS = 10_000;

    private final LinuxCalls calls = new LinuxCalls();
    private final ThreadCalls threadCalls = new ThreadCalls();
    private final MemoryRegion one = MemoryRegion.allocate("test", Long.BYTES);
    private int descriptor;
    private Waiter waiter;

    @BeforeEach
    void open() {
        Memory.putLong(one.address(), 1);
        descriptor = threadCalls.eventDescriptor();
        waiter = new LinuxThreads().newWaiter(descriptor);
    }

    @AfterEach
    void close() {
        waiter.close();
        waiter.close();
        calls.close(descriptor);
        one.close();
    }

    private void makeReadable() {
        assertThat(calls.write(descriptor, one.address(), Long.BYTES)).isEqualTo(Long.BYTES);
    }

    @Test
    void shouldBeFoundAsService() {
        assertThat(ServiceLoader.load(HostThreads.class).stream().map(ServiceLoader.Provider::type).toList())
                .containsExactly(LinuxThreads.class);
        assertThat(new LinuxThreads().unavailabilityCause()).isNull();
        assertThat(waiter).isInstanceOf(PollWaiter.class);
        assertThat(waiter.watchesDescriptors()).isTrue();
    }

    @Test
    void shouldSleepAsLongAsItIsToldTo() {
        final long startNs = System.nanoTime();
        assertThat(waiter.await(TimeUnit.MILLISECONDS.toNanos(3), true)).isEqualTo(Waiter.TIMED_OUT);
        assertThat(System.nanoTime() - startNs).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(3));
    }

    @Test
    void shouldBeWokenBeforeItSleepsAndOnceForSeveralCalls() {
        waiter.wakeup();
        waiter.wakeup();
        assertThat(waiter.await(FOR_EVER, true)).isEqualTo(Waiter.WOKEN);
        assertThat(waiter.await(1, true)).isEqualTo(Waiter.TIMED_OUT);
    }

    /** As a TAP that was removed has: it would be readable for ever. */
    @Test
    @EnabledIf("canOpenTun")
    void shouldTellOfAnErrorAtOnceAndThenAfterPauses() {
        final int gone = calls.open(TunDescriptor.PATH, TunDescriptor.O_RDWR | TunDescriptor.O_NONBLOCK);
        assertThat(gone).isNotNegative();
        try (Waiter watching = new LinuxThreads().newWaiter(descriptor, gone)) {
            assertThat(watching.await(FOR_EVER, true)).isEqualTo(Waiter.READABLE);
            final long startNs = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                assertThat(watching.await(FOR_EVER, true)).as("no news").isEqualTo(Waiter.TIMED_OUT);
            }
            assertThat(System.nanoTime() - startNs)
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1 + 2 + 4 + 8 + 16));
            watching.wakeup();
            assertThat(watching.await(FOR_EVER, true)).as("woken all the same").isEqualTo(Waiter.WOKEN);
            makeReadable();
            assertThat(watching.await(FOR_EVER, true)).as("another descriptor").isEqualTo(Waiter.READABLE);
        } finally {
            calls.close(gone);
        }
    }

    static boolean canOpenTun() {
        final Path device = Path.of(TunDescriptor.PATH);
        return Files.isReadable(device) && Files.isWritable(device);
    }

    @Test
    void shouldBeWokenByAReadableDescriptorUnlessItIsToldNotTo() {
        makeReadable();
        assertThat(waiter.await(1, false)).isEqualTo(Waiter.TIMED_OUT);
        assertThat(waiter.await(FOR_EVER, true)).isEqualTo(Waiter.READABLE);
        assertThat(waiter.await(FOR_EVER, true)).as("as long as it is").isEqualTo(Waiter.READABLE);
        waiter.wakeup();
        assertThat(waiter.await(FOR_EVER, true)).isEqualTo(Waiter.WOKEN);
    }

    @Test
    void shouldLoseNoWakeupOfAnotherThread() throws InterruptedException {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicInteger answered = new AtomicInteger();
        final Thread waker = Thread.ofPlatform().start(() -> {
            for (int i = 1; i <= ROUNDS; i++) {
                asked.set(i);
                waiter.wakeup();
                while (answered.get() < i) {
                    Thread.onSpinWait();
                }
            }
        });
        while (answered.get() < ROUNDS) {
            assertThat(waiter.await(FOR_EVER, true)).isEqualTo(Waiter.WOKEN);
            answered.set(asked.get());
        }
        waker.join();
    }

    @Test
    void shouldWriteToNobodyElsesDescriptorOnceItIsClosed() {
        final Waiter closed = new LinuxThreads().newWaiter();
        closed.close();
        final int next = threadCalls.eventDescriptor();
        closed.wakeup();
        assertThat(calls.read(next, one.address(), Long.BYTES)).as("nothing was written").isNegative();
        calls.close(next);
    }

    @Test
    void shouldLeaveTheTimersOfTheThreadAsTheyWere() {
        waiter.close();
        final int before = threadCalls.timerSlackNs();
        final Waiter other = new LinuxThreads().newWaiter();
        assertThat(threadCalls.timerSlackNs()).isLessThan(before);
        other.close();
        assertThat(threadCalls.timerSlackNs()).isEqualTo(before);
    }

    @Test
    void shouldFenceOtherThreads() {
        assertThat(waiter.fence()).as("membarrier(2), which Linux has since 4.14").isTrue();
    }
}
