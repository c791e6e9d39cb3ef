package io.millrace.nativeports.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sides at the same time, each on a thread of its own: every frame comes once, whole and in its order. */
class ShmTwoThreadsTest {
    private static final int MTU = 1_500;
    private static final int BURST = 8;
    private static final int COUNT = 300_000;

    /** Sends as many frames as it receives; both sides know what the other one's random numbers are. */
    private static final class End implements Runnable {
        private final PacketPort port;
        private final int frames;
        private final SplittableRandom out;
        private final SplittableRandom in;
        private final SplittableRandom own;
        private final AtomicBoolean stopped;
        private final Deque<Long> held = new ArrayDeque<>();
        private final long[] burst = new long[BURST];
        private int sent;
        private int received;
        private @Nullable String wrong;

        End(final PacketPort port, final int frames, final int side, final AtomicBoolean stopped) {
            this.port = port;
            this.frames = frames;
            this.stopped = stopped;
            out = new SplittableRandom(side);
            in = new SplittableRandom(1L - side);
            own = new SplittableRandom(side + 2L);
        }

        @Override
        public void run() {
            while (!stopped.get() && (sent < COUNT || received < COUNT)) {
                send();
                receive();
                Thread.yield();
            }
            held.forEach(port::release);
            SharedPair.turn(port);
        }

        private void send() {
            int count = 0;
            final int most = Math.min(own.nextInt(own.nextInt(4) == 0 ? BURST + 1 : 2), COUNT - sent);
            while (count < most) {
                final long frame = port.acquire();
                if (frame == 0) {
                    break;
                }
                final int length = length(out);
                final int what = out.nextInt();
                Frame.dataOffset(frame, Frame.roomOffset(frame) + 32 + own.nextInt(40));
                Frame.length(frame, length);
                for (int i = 0; i < length; i++) {
                    Memory.putByte(Frame.data(frame) + i, what + i);
                }
                burst[count++] = frame;
            }
            sent += count;
            port.transmit(burst, 0, count, 0);
        }

        private void receive() {
            final int count = port.receive(burst, 0, Math.clamp(frames / 2 - held.size(), 1, BURST), 0);
            for (int i = 0; i < count; i++) {
                final long frame = burst[i];
                final int length = length(in);
                final int what = in.nextInt();
                if (Frame.length(frame) != length) {
                    onWrong(received + ": " + Frame.length(frame) + " bytes, not " + length);
                }
                for (int j = 0; j < Math.min(length, Frame.length(frame)); j++) {
                    if (Memory.getByte(Frame.data(frame) + j) != (byte) (what + j)) {
                        onWrong(received + ": another byte at " + j + " of " + length);
                        break;
                    }
                }
                received++;
                held.add(frame);
            }
            while (held.size() > own.nextInt(frames)) {
                port.release(held.remove());
            }
        }

        private void onWrong(final String what) {
            wrong = wrong == null ? what : wrong;
            stopped.set(true);
        }

        private static int length(final SplittableRandom random) {
            return 1 + random.nextInt(random.nextInt(3) == 0 ? 1_000 : Entry.ROOM + 8);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 16, 256})
    void shouldBringEachFrameOnceAndWhole(final int frames) throws IOException {
        try (SharedPair pair = new SharedPair(MTU, frames, true)) {
            final AtomicBoolean stopped = new AtomicBoolean();
            final End near = new End(pair.near.queue(0), frames, 0, stopped);
            final End far = new End(pair.far.queue(0), frames, 1, stopped);
            final CompletableFuture<Void> other = CompletableFuture.runAsync(far,
                    task -> Thread.ofPlatform().daemon().start(task));
            near.run();
            other.join();
            assertThat(near.wrong).isNull();
            assertThat(far.wrong).isNull();
            assertThat(near.port.dropped() + far.port.dropped()).isZero();
            pair.join();
            assertThat(SharedPair.framesThatAreThere(near.port)).isEqualTo(frames);
            assertThat(SharedPair.framesThatAreThere(far.port)).isEqualTo(frames);
        }
    }
}
