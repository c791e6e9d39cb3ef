package io.millrace.bench.compare.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a message a second: one is due at once, the next one hardly in the time of a test. */
class OpenLoopTest {
    private static final int LENGTH = 64;

    private final Tally tally = new Tally(true);
    private final OpenLoop load = new OpenLoop(1, tally);
    private final EmbeddedChannel channel = new EmbeddedChannel(load);

    /** What it has sent, and its timer, end with its channel. */
    @AfterEach
    void close() {
        load.stop();
        channel.finishAndReleaseAll();
    }

    private Histogram marked() throws IOException {
        load.onMark();
        return tally.mark().latencyNs();
    }

    @Test
    void shouldCountWhatIsDueAndNotBackAtEveryMarkAndOnceItIsBack() throws IOException {
        final long beganNs = System.nanoTime();
        load.start();
        assertThat(channel.outboundMessages()).hasSize(1);

        final Histogram first = marked();
        assertThat(first.getTotalCount()).isPositive();
        assertThat(first.getMaxValue()).isLessThanOrEqualTo(first.highestEquivalentValue(System.nanoTime() - beganNs));
        final long before = first.getMaxValue();
        assertThat(marked().getMaxValue()).as("later, and later").isGreaterThanOrEqualTo(before);

        channel.writeInbound(Unpooled.buffer(LENGTH).writerIndex(LENGTH));
        final Mark back = tally.mark();
        assertThat(back.messages()).isEqualTo(1);
        assertThat(back.latencyNs().getTotalCount()).isEqualTo(1);
        if (System.nanoTime() - beganNs < TimeUnit.SECONDS.toNanos(1)) {
            assertThat(marked().getTotalCount()).as("none is due any more").isZero();
        }
    }

    @Test
    void shouldCountNothingOnceItIsStopped() throws IOException {
        load.start();
        load.stop();
        assertThat(marked().getTotalCount()).isZero();
        assertThat(load.isIdle()).isFalse();
        channel.writeInbound(Unpooled.buffer(LENGTH).writerIndex(LENGTH));
        assertThat(load.isIdle()).isTrue();
    }
}
