package io.millrace.nativeports.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.idle.IdleTimes;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.idle.LoopIdle;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.Sleeper;
import io.millrace.nativeports.shm.ShmDeviceProvider;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two loops on a link in memory, or on a shared one, that sleep for ever where the other does not wake them: a lost wake-up would hang. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SleepingPairTest {
    private static final long FOR_EVER = TimeUnit.DAYS.toNanos(1);
    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, 5_000})
    void shouldWakeEachOther(final long spinNs) throws InterruptedException {
        try (MemoryLink link = MemoryLink.builder().build()) {
            wakeEachOther(link.side(0).queue(0), link.side(1).queue(0), spinNs);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, 5_000})
    void shouldWakeEachOtherOverSharedMemory(final long spinNs, @TempDir final Path folder) throws Exception {
        final ShmDeviceProvider provider = new ShmDeviceProvider();
        final DeviceRequest request = new DeviceRequest(folder.resolve("shared").toString(), 1_500, 1, 16, false, false,
                null);
        try (PacketDevice left = provider.open(request); PacketDevice right = provider.open(request)) {
            for (int i = 0; i < 3; i++) {
                left.queue(0).receive(new long[1], 0, 0, 0);
                right.queue(0).receive(new long[1], 0, 0, 0);
            }
            wakeEachOther(left.queue(0), right.queue(0), spinNs);
        }
    }

    private static void wakeEachOther(final PacketPort one, final PacketPort two, final long spinNs)
            throws InterruptedException {
        final Loop left = new Loop(one, spinNs);
        final Loop right = new Loop(two, spinNs);
        final Thread other = Thread.ofPlatform().start(() -> right.run(0));
        left.run(1);
        other.join();
        assertThat(left.received + right.received).isEqualTo(2 * ROUNDS);
        if (spinNs == 0) {
            assertThat(left.sleeps + right.sleeps).as("most rounds").isGreaterThan(ROUNDS);
        }
    }

    private static final class Loop implements IdleSource {
        private final PacketPort port;
        private final LoopIdle idle;
        private final long[] frames = new long[1];
        int received;
        int sleeps;

        Loop(final PacketPort port, final long spinNs) {
            this.port = port;
            final HostThreads host = new LinuxThreads();
            idle = Idling.sleeping(host, new IdleTimes(spinNs, 0, FOR_EVER, FOR_EVER)).newLoop();
        }

        /** @param first how many frames to send before one comes. */
        void run(final int first) {
            idle.begin();
            idle.start(this);
            for (int i = 0; i < first; i++) {
                send();
            }
            while (received < ROUNDS) {
                idle.onTurn();
                if (port.receive(frames, 0, 1, 0) == 0) {
                    idle.idle(System.nanoTime(), Long.MAX_VALUE);
                    continue;
                }
                idle.onWork();
                port.release(frames[0]);
                received++;
                if (received < ROUNDS || first == 0) {
                    send();
                }
            }
            idle.stop();
            port.sleeper(null);
        }

        private void send() {
            long frame = port.acquire();
            while (frame == 0) {
                frame = port.acquire();
            }
            Frame.length(frame, 60);
            frames[0] = frame;
            assertThat(port.transmit(frames, 0, 1, 0)).isEqualTo(1);
        }

        @Override
        public int descriptors() {
            return port.descriptors();
        }

        @Override
        public int descriptor(final int index) {
            return port.descriptor(index);
        }

        @Override
        public void sleeper(final @Nullable Sleeper sleeper) {
            port.sleeper(sleeper);
        }

        @Override
        public boolean wakesSleeper() {
            return port.wakesSleeper();
        }

        @Override
        public boolean prepareToBlock() {
            return port.prepareToBlock();
        }

        @Override
        public void onWoken(final boolean slept, final boolean early) {
            port.onWoken();
            sleeps += slept ? 1 : 0;
        }
    }
}
