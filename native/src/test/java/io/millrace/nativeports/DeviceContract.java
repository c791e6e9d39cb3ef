package io.millrace.nativeports;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.Waiter;
import io.millrace.fastpath.port.PacketPortContract;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of a port that has a {@link DeviceUnderTest}. */
public abstract class DeviceContract extends PacketPortContract {
    private static final int ROUNDS = 100;
    private static final long FOR_EVER = TimeUnit.DAYS.toNanos(1);

    /** The socket that plays the far end has a buffer of its own and drops beyond it. */
    @Override
    protected final boolean mayLoseWhenFull() {
        return true;
    }

    /** A frame ends a sleep, and once it was received the next sleep is one again. */
    @Test
    @Timeout(60)
    protected final void shouldWakeADriverThatSleepsByItsDescriptors() {
        if (port.descriptors() == 0) {
            assertThat(port.wakesSleeper()).as("without descriptors and without anybody to be woken").isFalse();
            return;
        }
        try (Waiter waiter = ServiceLoader.load(HostThreads.class).findFirst().orElseThrow()
                .newWaiter(IntStream.range(0, port.descriptors()).map(port::descriptor).toArray())) {
            for (int round = 0; round < ROUNDS; round++) {
                sleepUntilNothingIsThere(waiter);
                assertThat(port.wakesSleeper()).isTrue();
                subject.inject(frameBytes(round, 60));
                assertThat(waiter.await(FOR_EVER, true)).isEqualTo(Waiter.READABLE);
                port.onWoken();
                receiveOurs(1).forEach(port::release);
            }
            sleepUntilNothingIsThere(waiter);
        }
    }

    /** Frames of the kernel's own may come in between; what hangs here is a descriptor that stays readable. */
    private void sleepUntilNothingIsThere(final Waiter waiter) {
        while (!port.prepareToBlock() || waiter.await(1, true) != Waiter.TIMED_OUT) {
            port.onWoken();
            receiveOurs(1).forEach(port::release);
        }
    }

    /** Where a frame goes through a queue of the kernel's, or a signal tells of it, and asking costs little. */
    public abstract static class OfLateFrames extends DeviceContract {
        @Override
        protected final int polls() {
            return 1_000_000;
        }
    }
}
