package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Frames that are out: how many, and how they come back. */
class LentFramesTest {
    private static final int FRAMES = 64;

    private final AtomicInteger returned = new AtomicInteger();

    private final class Lent implements LentFrame {
        private final long frame;

        Lent(final long frame) {
            this.frame = frame;
        }

        @Override
        public long frame() {
            return frame;
        }

        @Override
        public void onReturned() {
            returned.incrementAndGet();
        }
    }

    private static long receive(final PacketPort from, final PacketPort to) {
        final long[] frames = {from.acquire()};
        Frame.length(frames[0], 100);
        assertThat(from.transmit(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(to.receive(frames, 0, 1, 0)).isEqualTo(1);
        return frames[0];
    }

    private Lent lend(final LentFrames frames, final PacketPort from, final PacketPort to) {
        final long frame = receive(from, to);
        frames.begin(frame);
        final long taken = frames.take();
        assertThat(frames.end()).isEqualTo(taken != 0);
        if (taken == 0) {
            to.release(frame);
        }
        return new Lent(taken);
    }

    @Test
    void shouldLendAQuarterOfThePortsFrames() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(FRAMES).build()) {
            final PacketPort port = link.side(0).queue(0);
            final PacketPort peer = link.side(1).queue(0);
            final LentFrames frames = new LentFrames(port, 1_000);
            frames.onTurn();
            final List<Lent> out = new ArrayList<>();
            for (int i = 0; i < FRAMES / 4; i++) {
                out.add(lend(frames, peer, port));
                assertThat(out.getLast().frame).isNotZero();
            }
            assertThat(lend(frames, peer, port).frame).isZero();
            out.forEach(frames::giveBack);
            assertThat(frames.lent()).isZero();
            assertThat(returned).hasValue(FRAMES / 4);
        }
    }

    @Test
    void shouldTakeBackWithTheNextTurnWhatAnotherThreadGivesBack() throws InterruptedException {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(FRAMES).build()) {
            final PacketPort port = link.side(0).queue(0);
            final LentFrames frames = new LentFrames(port, 2);
            frames.onTurn();
            final Lent first = lend(frames, link.side(1).queue(0), port);
            final Lent second = lend(frames, link.side(1).queue(0), port);
            final Thread other = new Thread(() -> {
                frames.giveBack(first);
                frames.giveBack(second);
            });
            other.start();
            other.join();
            assertThat(frames.lent()).isEqualTo(2);
            frames.onTurn();
            assertThat(frames.lent()).isZero();
            assertThat(returned).hasValue(2);
        }
    }

    @Test
    void shouldKeepTheMemoryUntilTheLastFrameIsGivenBack() throws InterruptedException {
        final long before = MemoryRegion.bytesInUse();
        final MemoryLink link = MemoryLink.builder().framesPerSide(FRAMES).build();
        final PacketPort port = link.side(0).queue(0);
        final LentFrames frames = new LentFrames(port, 8);
        frames.onTurn();
        final Lent first = lend(frames, link.side(1).queue(0), port);
        final Lent second = lend(frames, link.side(1).queue(0), port);
        final Lent third = lend(frames, link.side(1).queue(0), port);
        final Thread other = new Thread(() -> frames.giveBack(first));
        other.start();
        other.join();
        frames.close();
        link.close();
        assertThat(frames.lent()).as("what was on its way is the port's").isEqualTo(2);
        Memory.putLong(second.frame + Frame.IP_OFFSET, 42);
        frames.giveBack(third);
        assertThat(MemoryRegion.bytesInUse()).isGreaterThan(before);
        assertThat(Memory.getLong(second.frame + Frame.IP_OFFSET)).isEqualTo(42);
        frames.giveBack(second);
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Test
    void shouldLendForNoBytesButTheFrames() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(FRAMES).build()) {
            final PacketPort port = link.side(0).queue(0);
            final LentFrames frames = new LentFrames(port, 2);
            final long frame = receive(link.side(1).queue(0), port);
            assertThat(frames.isLending(Frame.data(frame))).isFalse();
            frames.begin(frame);
            assertThat(frames.isLending(Frame.data(frame))).isTrue();
            // reassembled elsewhere
            assertThat(frames.isLending(frame + Frame.capacity(frame))).isFalse();
            assertThat(frames.isLending(frame - 1)).isFalse();
            assertThat(frames.end()).isFalse();
            port.release(frame);
        }
    }

    @Test
    void shouldLendNothingOfAPortWithFewFrames() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(2).build()) {
            final LentFrames frames = new LentFrames(link.side(0).queue(0), 8);
            final long frame = receive(link.side(1).queue(0), link.side(0).queue(0));
            frames.begin(frame);
            assertThat(frames.isLending(Frame.data(frame))).isFalse();
            assertThat(frames.take()).isZero();
            assertThat(frames.end()).isFalse();
            link.side(0).queue(0).release(frame);
        }
    }
}
