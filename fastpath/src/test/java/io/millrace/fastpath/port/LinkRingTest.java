package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkRingTest {
    private static final int STEPS = 20_000;
    private static final int FRAMES = 128;
    private static final int CAPACITY = 1_024;

    /** What a frame is to be when it is taken. @param name 0 where it was copied. */
    private record Sent(long name, String bytes, int flags, int checksumStart, int checksumOffset) {}

    private final SplittableRandom random = new SplittableRandom(4);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64})
    void shouldGiveSmallAndLargeFramesInTheOrderTheyWerePublishedIn(final int capacity) {
        try (MemoryRegion memory = MemoryRegion.allocate("ring", LinkRing.bytes(capacity));
                FramePool pool = new FramePool("frames", FRAMES, CAPACITY);
                FramePool copies = new FramePool("copies", capacity, LinkRing.frameCapacity())) {
            final LinkRing producer = new LinkRing(memory, capacity);
            final LinkRing consumer = new LinkRing(memory, capacity);
            final Deque<Sent> put = new ArrayDeque<>();
            final Deque<Sent> published = new ArrayDeque<>();
            final long[] taken = new long[capacity + 2];
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(3)) {
                    case 0 -> {
                        assertThat(producer.hasRoom()).isEqualTo(put.size() + published.size() < capacity);
                        if (producer.hasRoom()) {
                            put.add(put(producer, fill(pool), pool));
                        }
                    }
                    case 1 -> {
                        producer.publish();
                        published.addAll(put);
                        put.clear();
                    }
                    default -> {
                        final int limit = random.nextInt(capacity + 2);
                        final int count = consumer.take(taken, 1, limit, copies);
                        assertThat(count).isEqualTo(Math.min(limit, published.size()));
                        for (int i = 0; i < count; i++) {
                            expect(taken[1 + i], published.remove());
                            (Frame.poolId(taken[1 + i]) == pool.id() ? pool : copies).release(taken[1 + i]);
                        }
                    }
                }
                assertThat(consumer.isEmpty()).isEqualTo(published.isEmpty());
            }
            assertThat(pool.available() + (int) put.stream().filter(frame -> frame.name != 0).count()
                    + (int) published.stream().filter(frame -> frame.name != 0).count()).isEqualTo(FRAMES);
            assertThat(copies.available()).isEqualTo(capacity);
        }
    }

    /** A frame of any length, offset and marks, some of them just too long to be small. */
    private long fill(final FramePool pool) {
        final long frame = pool.acquire();
        final int offset = Frame.IP_OFFSET - random.nextInt(40);
        final int length = random.nextInt(4) == 0
                ? 170 + random.nextInt(50)
                : 1 + random.nextInt(random.nextBoolean()
                        ? 150
                        : CAPACITY - offset);
        Frame.place(frame, offset, length);
        for (int i = 0; i < length; i++) {
            Memory.putByte(Frame.data(frame) + i, random.nextInt());
        }
        Frame.flags(frame, random.nextInt(4));
        Frame.checksumPlace(frame, random.nextInt(1 << 16), random.nextInt(1 << 16));
        if (random.nextInt(8) == 0) {
            Frame.segmentation(frame, Frame.GSO_TCPV4, 1 + random.nextInt(1_000), 54);
        }
        return frame;
    }

    private static Sent put(final LinkRing ring, final long frame, final FramePool pool) {
        final boolean small = LinkRing.isSmall(frame);
        final Sent sent = new Sent(small ? 0 : frame, bytes(frame), Frame.flags(frame), Frame.checksumStart(frame),
                Frame.checksumOffset(frame));
        if (small) {
            ring.copy(frame);
            // it is the producer's again, for something else
            Memory.zero(Frame.room(frame), CAPACITY - Frame.DESCRIPTOR_LENGTH);
            pool.release(frame);
        } else {
            ring.put(frame);
        }
        return sent;
    }

    private static void expect(final long frame, final Sent sent) {
        if (sent.name != 0) {
            assertThat(frame).isEqualTo(sent.name);
        } else {
            assertThat(Frame.gsoSize(frame)).isZero();
            assertThat(Frame.dataOffset(frame)).isBetween(Frame.ETHERNET_OFFSET - 2, Frame.IP_OFFSET);
        }
        assertThat(new Sent(sent.name, bytes(frame), Frame.flags(frame), Frame.checksumStart(frame),
                Frame.checksumOffset(frame))).isEqualTo(sent);
    }

    private static String bytes(final long frame) {
        final byte[] bytes = new byte[Frame.length(frame)];
        Memory.copyToArray(Frame.data(frame), bytes, 0, bytes.length);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void shouldCopyWhatFitsIntoThreeLinesAndIsNoVirtualSegment() {
        try (FramePool pool = new FramePool("frames", 1, CAPACITY)) {
            final long frame = pool.acquire();
            // the bytes begin two behind a multiple of eight
            Frame.length(frame, LinkRing.ROOM - 2);
            assertThat(LinkRing.isSmall(frame)).isTrue();
            Frame.length(frame, LinkRing.ROOM - 1);
            assertThat(LinkRing.isSmall(frame)).isFalse();
            Frame.length(frame, 100);
            Frame.segmentation(frame, Frame.GSO_TCPV4, 20, 54);
            assertThat(LinkRing.isSmall(frame)).isFalse();
            Frame.segmentation(frame, Frame.GSO_NONE, 0, 0);
            Frame.dataOffset(frame, CAPACITY - 100);
            assertThat(LinkRing.isSmall(frame)).as("nothing behind the frame is read").isFalse();
        }
    }

    @Test
    void shouldLeaveSmallFramesWhereTheyAreWhileThereIsNothingToCopyThemInto() {
        try (MemoryRegion memory = MemoryRegion.allocate("ring", LinkRing.bytes(4));
                FramePool pool = new FramePool("frames", 4, CAPACITY);
                FramePool copies = new FramePool("copies", 1, LinkRing.frameCapacity())) {
            final LinkRing ring = new LinkRing(memory, 4);
            final long large = pool.acquire();
            Frame.length(large, 500);
            ring.put(large);
            for (int length = 60; length < 62; length++) {
                final long small = pool.acquire();
                Frame.length(small, length);
                ring.copy(small);
                pool.release(small);
            }
            ring.publish();
            final long[] taken = new long[4];
            assertThat(ring.take(taken, 0, 4, copies)).isEqualTo(2);
            assertThat(taken[0]).isEqualTo(large);
            assertThat(ring.take(taken, 2, 2, copies)).isZero();
            assertThat(ring.isEmpty()).isFalse();
            copies.release(taken[1]);
            assertThat(ring.take(taken, 2, 2, copies)).isEqualTo(1);
            assertThat(Frame.length(taken[2])).isEqualTo(61);
            assertThat(ring.isEmpty()).isTrue();
        }
    }

    @Test
    void shouldPassEveryFrameBetweenTwoThreads() {
        final int capacity = 16;
        final long most = 200_000;
        try (MemoryRegion memory = MemoryRegion.allocate("ring", LinkRing.bytes(capacity));
                FramePool pool = new FramePool("frames", FRAMES, CAPACITY);
                FramePool copies = new FramePool("copies", 8, LinkRing.frameCapacity())) {
            final LinkRing ring = new LinkRing(memory, capacity);
            final CompletableFuture<Void> producer = CompletableFuture.runAsync(
                    () -> produce(new LinkRing(memory, capacity), pool, most));
            final long[] taken = new long[8];
            long seen = 0;
            while (seen < most) {
                final int count = ring.take(taken, 0, taken.length, copies);
                for (int i = 0; i < count; i++) {
                    assertThat(isNumbered(taken[i], seen)).as("frame %d", seen).isTrue();
                    assertThat(Frame.poolId(taken[i])).isEqualTo(isLarge(seen) ? pool.id() : copies.id());
                    if (!isLarge(seen++)) {
                        copies.release(taken[i]);
                    }
                }
                if (count == 0) {
                    assertThat(producer.isCompletedExceptionally()).isFalse();
                    Thread.onSpinWait();
                }
            }
            assertThat(producer.orTimeout(10, TimeUnit.SECONDS)).succeedsWithin(10, TimeUnit.SECONDS);
            assertThat(ring.isEmpty()).isTrue();
            assertThat(copies.available()).isEqualTo(8);
        }
    }

    private static boolean isLarge(final long number) {
        return number % 7 == 0;
    }

    /** Batches of every length, also longer than the ring; a large frame is used again when the ring has gone round. */
    private static void produce(final LinkRing ring, final FramePool pool, final long most) {
        final long[] large = new long[FRAMES / 2];
        for (int i = 0; i < large.length; i++) {
            large[i] = pool.acquire();
        }
        for (long i = 0; i < most;) {
            for (long end = i + i % 19; i <= Math.min(end, most - 1) && ring.hasRoom(); i++) {
                final long frame = isLarge(i) ? large[(int) (i / 7 % large.length)] : pool.acquire();
                number(frame, i);
                if (isLarge(i)) {
                    ring.put(frame);
                } else {
                    ring.copy(frame);
                    pool.release(frame);
                }
            }
            ring.publish();
            Thread.onSpinWait();
        }
    }

    private static void number(final long frame, final long number) {
        Frame.length(frame, isLarge(number) ? 500 : 8 + 8 * (int) (number % 22));
        for (int i = 0; i < Frame.length(frame) - 7; i += Long.BYTES) {
            Memory.putLong(Frame.data(frame) + i, number + i);
        }
    }

    private static boolean isNumbered(final long frame, final long number) {
        boolean is = Frame.length(frame) == (isLarge(number) ? 500 : 8 + 8 * (int) (number % 22));
        for (int i = 0; i < Frame.length(frame) - 7; i += Long.BYTES) {
            is &= Memory.getLong(Frame.data(frame) + i) == number + i;
        }
        return is;
    }

    @Test
    void shouldWakeASleepingConsumerOnce() {
        try (MemoryRegion memory = MemoryRegion.allocate("ring", LinkRing.bytes(2))) {
            final LinkRing ring = new LinkRing(memory, 2);
            assertThat(ring.endSleep()).isFalse();
            ring.sleeping(true);
            assertThat(ring.endSleep()).isTrue();
            assertThat(ring.endSleep()).isFalse();
            assertThat(ring.isClosed()).isFalse();
            ring.close();
            assertThat(ring.isClosed()).isTrue();
        }
    }

    @Test
    void shouldRefuseALengthThatIsNoPowerOfTwo() {
        try (MemoryRegion memory = MemoryRegion.allocate("ring", LinkRing.bytes(12))) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new LinkRing(memory, 12))
                    .withMessageContaining("12");
        }
    }
}
