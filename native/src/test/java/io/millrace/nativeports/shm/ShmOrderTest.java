package io.millrace.nativeports.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small frames, which travel in the ring, and others, which go by name: what comes is what was sent, in its order. */
class ShmOrderTest {
    private static final int STEPS = 60_000;
    private static final int BURST = 8;
    private static final int MTU = 1_500;

    /** What a frame is to be when it is received. */
    private record Sent(String bytes, int flags, int checksumStart, int checksumOffset, int segment) {}

    /** One direction. */
    private final class Way {
        private final PacketPort from;
        private final PacketPort to;
        private final Deque<Sent> underWay = new ArrayDeque<>();
        private final List<Long> held = new ArrayList<>();
        private int mostHeld = BURST;
        private long withoutFrames;
        private long sent;

        Way(final PacketPort from, final PacketPort to) {
            this.from = from;
            this.to = to;
        }

        void step() {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> send();
                case 3, 4 -> receive();
                case 5 -> forward();
                case 6 -> releaseSome();
                default -> {
                    if (random.nextInt(200) == 0) {
                        mostHeld = random.nextInt(2 * pair.frames);
                    }
                }
            }
        }

        void send() {
            final long[] burst = new long[1 + random.nextInt(BURST)];
            int count = 0;
            while (count < burst.length) {
                final long frame = from.acquire();
                if (frame == 0) {
                    withoutFrames++;
                    break;
                }
                fill(frame);
                underWay.add(of(frame));
                burst[count++] = frame;
            }
            sent += count;
            assertThat(from.transmit(burst, 0, count, 0)).isEqualTo(count);
        }

        void receive() {
            final long[] frames = new long[BURST];
            final int limit = Math.clamp(mostHeld - held.size(), 0, BURST);
            final int before = underWay.size();
            final int count = to.receive(frames, 0, limit, 7);
            assertThat(count).isLessThanOrEqualTo(limit);
            if (limit > 0 && before > 0 && held.size() < pair.frames) {
                assertThat(count).isPositive();
            }
            for (int i = 0; i < count; i++) {
                assertThat(of(frames[i])).isEqualTo(underWay.remove());
                assertThat(Frame.timestampNs(frames[i])).isEqualTo(7);
                held.add(frames[i]);
            }
        }

        /** A frame goes back to whom it came from, where there is one of its own for one that is not small. */
        void forward() {
            if (!held.isEmpty() && SharedPair.framesThatAreThere(to) > 0) {
                final long frame = held.remove(random.nextInt(held.size()));
                back(this).underWay.add(of(frame));
                assertThat(to.transmit(new long[]{frame}, 0, 1, 0)).isEqualTo(1);
            }
        }

        void releaseSome() {
            for (int i = random.nextInt(held.size() + 1); i > 0; i--) {
                to.release(held.remove(random.nextInt(held.size())));
            }
        }
    }

    private SplittableRandom random;
    private SharedPair pair;
    private Way out;
    private Way in;

    private Way back(final Way way) {
        return way == out ? in : out;
    }

    @AfterEach
    void close() {
        pair.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 64})
    void shouldKeepTheOrderOfSmallAndLargeFramesWhileTheOtherSideIsSlow(final int frames) throws IOException {
        random = new SplittableRandom(frames);
        pair = new SharedPair(MTU, frames, true);
        out = new Way(pair.near.queue(0), pair.far.queue(0));
        in = new Way(pair.far.queue(0), pair.near.queue(0));
        for (int i = 0; i < STEPS; i++) {
            (random.nextBoolean() ? out : in).step();
        }
        for (final Way way : new Way[]{out, in}) {
            way.mostHeld = Integer.MAX_VALUE;
            while (!way.underWay.isEmpty()) {
                way.receive();
                way.held.forEach(way.to::release);
                way.held.clear();
            }
            way.held.forEach(way.to::release);
            SharedPair.turn(way.to);
            assertThat(way.sent).isGreaterThan(100L * frames);
            assertThat(way.withoutFrames).as("the sender had to wait").isPositive();
            assertThat(way.from.dropped()).isZero();
        }
        assertThat(SharedPair.framesThatAreThere(out.from)).isEqualTo(frames);
        assertThat(SharedPair.framesThatAreThere(in.from)).isEqualTo(frames);
    }

    /** Anything that an engine may write, small or not. */
    private void fill(final long frame) {
        final int length = 1 + random.nextInt(random.nextInt(3) == 0 ? 1_000 : Entry.ROOM + 8);
        Frame.dataOffset(frame, Frame.roomOffset(frame) + 32 + random.nextInt(40));
        Frame.length(frame, length);
        for (int i = 0; i < length; i++) {
            Memory.putByte(Frame.data(frame) + i, random.nextInt());
        }
        if (random.nextBoolean() && length > 40) {
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, random.nextInt(20), random.nextInt(18));
            if (random.nextBoolean()) {
                Frame.segmentation(frame, Frame.GSO_TCPV4, 1 + random.nextInt(1_000), random.nextInt(40));
            }
        }
    }

    private static Sent of(final long frame) {
        final byte[] bytes = new byte[Frame.length(frame)];
        Memory.copyToArray(Frame.data(frame), bytes, 0, bytes.length);
        return new Sent(HexFormat.of().formatHex(bytes), Frame.flags(frame), Frame.checksumStart(frame),
                Frame.checksumOffset(frame), Frame.gsoSize(frame));
    }
}
