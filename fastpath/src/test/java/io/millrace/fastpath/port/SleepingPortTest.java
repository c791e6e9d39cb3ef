package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SleepingPortTest {
    private final MemoryLink link = MemoryLink.builder().build();
    private final PacketPort near = link.side(0).queue(0);
    private final PacketPort far = link.side(1).queue(0);
    private final long[] frames = new long[8];
    private final CountingSleeper sleeper = new CountingSleeper(true);

    /** Counts; what it says of its fence is as it was made. */
    private static final class CountingSleeper implements Sleeper {
        final Semaphore wakeups = new Semaphore(0);
        private final boolean exact;

        CountingSleeper(final boolean exact) {
            this.exact = exact;
        }

        @Override
        public void wakeup() {
            wakeups.release();
        }

        @Override
        public boolean fence() {
            return exact;
        }
    }

    @AfterEach
    void close() {
        link.close();
    }

    private static void send(final PacketPort from) {
        final long frame = from.acquire();
        Frame.length(frame, 60);
        assertThat(from.transmit(new long[]{frame}, 0, 1, 0)).isEqualTo(1);
    }

    private int receive(final PacketPort at) {
        final int count = at.receive(frames, 0, frames.length, 0);
        for (int i = 0; i < count; i++) {
            at.release(frames[i]);
        }
        return count;
    }

    @Test
    void shouldWakeASleeperOnceForSeveralBursts() {
        near.sleeper(sleeper);
        assertThat(near.prepareToBlock()).isTrue();
        send(far);
        send(far);
        assertThat(sleeper.wakeups.availablePermits()).isEqualTo(1);
        near.onWoken();
        assertThat(receive(near)).isEqualTo(2);
        assertThat(near.prepareToBlock()).isTrue();
        send(far);
        assertThat(sleeper.wakeups.availablePermits()).isEqualTo(2);
    }

    @Test
    void shouldWakeNobodyWhoIsAwake() {
        near.sleeper(sleeper);
        send(far);
        assertThat(near.prepareToBlock()).as("a frame waits").isFalse();
        near.onWoken();
        send(far);
        near.prepareToBlock();
        near.sleeper(null);
        send(far);
        assertThat(sleeper.wakeups.availablePermits()).isZero();
    }

    @Test
    void shouldHaveToBeLookedAtWhereNoFenceIsThere() {
        assertThat(near.wakesSleeper()).isFalse();
        near.sleeper(new CountingSleeper(false));
        assertThat(near.wakesSleeper()).isFalse();
        near.sleeper(sleeper);
        assertThat(near.wakesSleeper()).isTrue();
    }

    @Test
    void shouldHaveToBeLookedAtWhileItHasNoFrames() {
        near.sleeper(sleeper);
        long last = 0;
        for (long frame = near.acquire(); frame != 0; frame = near.acquire()) {
            last = frame;
        }
        assertThat(near.wakesSleeper()).isFalse();
        near.release(last);
        assertThat(near.wakesSleeper()).isTrue();
    }

    @Test
    void shouldPassOnWhatPortsOfAGroupSay() {
        try (MemoryLink other = MemoryLink.builder().build()) {
            final PacketPort group = new GroupPort(new PacketPort[]{near, other.side(0).queue(0)});
            group.sleeper(sleeper);
            assertThat(group.wakesSleeper()).isTrue();
            assertThat(group.prepareToBlock()).isTrue();
            send(other.side(1).queue(0));
            assertThat(sleeper.wakeups.availablePermits()).isEqualTo(1);
            group.onWoken();
            assertThat(group.prepareToBlock()).isFalse();
            group.onWoken();
            other.side(0).queue(0).sleeper(null);
            assertThat(group.wakesSleeper()).isFalse();
        }
    }

    @Test
    void shouldNumberTheDescriptorsOfAGroupByItsLinks() {
        final PacketPort group = new GroupPort(new PacketPort[]{new Described(near, 5, 6), far, new Described(far, 9)});
        assertThat(group.descriptors()).isEqualTo(3);
        assertThat(List.of(group.descriptor(0), group.descriptor(1), group.descriptor(2))).containsExactly(5, 6, 9);
        assertThatThrownBy(() -> group.descriptor(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> far.descriptor(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldPassOnWhatAWrappedPortSays() {
        final PacketPort wrapped = new VlanPort(new Described(near, 7), 5, () -> {});
        assertThat(wrapped.descriptors()).isEqualTo(1);
        assertThat(wrapped.descriptor(0)).isEqualTo(7);
        wrapped.sleeper(sleeper);
        assertThat(wrapped.wakesSleeper()).isTrue();
        assertThat(wrapped.prepareToBlock()).isTrue();
        send(far);
        assertThat(sleeper.wakeups.availablePermits()).isEqualTo(1);
        wrapped.onWoken();
        assertThat(wrapped.prepareToBlock()).isFalse();
    }

    /** With descriptors. */
    private static final class Described extends PortFilter {
        private final int[] descriptors;

        Described(final PacketPort delegate, final int... descriptors) {
            super(delegate);
            this.descriptors = descriptors;
        }

        @Override
        public int descriptors() {
            return descriptors.length;
        }

        @Override
        public int descriptor(final int index) {
            return descriptors[index];
        }
    }
}
