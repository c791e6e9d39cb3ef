package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameRingTest {
    private static final int STEPS = 20_000;
    private static final long FRAME = 64;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64})
    void shouldGiveWhatWasPublishedInOrderAndNothingElse(final int capacity) {
        final FrameRing ring = new FrameRing(capacity);
        final Deque<Long> put = new ArrayDeque<>();
        final Deque<Long> published = new ArrayDeque<>();
        final SplittableRandom random = new SplittableRandom(capacity);
        final long[] taken = new long[capacity + 2];
        long next = FRAME;
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    final boolean room = put.size() + published.size() < capacity;
                    assertThat(ring.put(next)).isEqualTo(room);
                    if (room) {
                        put.add(next);
                    }
                    next += FRAME;
                }
                case 1 -> {
                    ring.publish();
                    published.addAll(put);
                    put.clear();
                }
                default -> {
                    final int limit = random.nextInt(capacity + 2);
                    final int count = ring.take(taken, 1, limit);
                    assertThat(count).isEqualTo(Math.min(limit, published.size()));
                    for (int i = 0; i < count; i++) {
                        assertThat(taken[1 + i]).isEqualTo(published.remove());
                    }
                }
            }
            assertThat(ring.isEmpty()).isEqualTo(published.isEmpty());
            assertThat(ring.isDrained()).isEqualTo(published.isEmpty() && put.isEmpty());
        }
    }

    @Test
    void shouldPassEveryFrameBetweenTwoThreads() {
        final FrameRing ring = new FrameRing(16);
        final long most = 200_000;
        final CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> {
            for (long i = 1; i <= most;) {
                // batches of every length, also longer than the ring
                for (long end = i + i % 19; i <= Math.min(end, most) && ring.put(i * FRAME);) {
                    i++;
                }
                ring.publish();
                Thread.onSpinWait();
            }
        });
        final long[] taken = new long[8];
        long seen = 0;
        while (seen < most) {
            final int count = ring.take(taken, 0, taken.length);
            for (int i = 0; i < count; i++) {
                assertThat(taken[i]).isEqualTo(++seen * FRAME);
            }
            if (count == 0) {
                assertThat(producer.isCompletedExceptionally()).isFalse();
                Thread.onSpinWait();
            }
        }
        assertThat(producer.orTimeout(10, TimeUnit.SECONDS)).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void shouldRefuseALengthThatIsNoPowerOfTwo() {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new FrameRing(12))
                .withMessageContaining("12");
    }
}
