package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BurstLossTest {
    private static final int FRAMES = 200_000;
    private static final int COUNT = 2_000;
    private static final int IPV4 = 0x0800;

    @Test
    void shouldLoseTheShareOfFramesThatItsChainSays() {
        // 0.01 / (0.01 + 0.25) of the frames meet a burst, of which 80 % vanish
        assertThat(lost(0.01, 0.25, 0.8, 1)).isCloseTo((int) (FRAMES * 0.8 * 0.01 / 0.26), within(600));
        assertThat(lost(0, 0.25, 1, 1)).isZero();
        assertThat(lost(1, Double.MIN_VALUE, 1, 1)).isEqualTo(FRAMES);
    }

    @Test
    void shouldLoseInRunsOfTheMeanLengthOfABurst() {
        final BurstLoss loss = new BurstLoss(Faults.builder().burstLoss(0.005, 0.2, 1).build(), 7);
        int runs = 0;
        int lost = 0;
        boolean before = false;
        for (int i = 0; i < FRAMES; i++) {
            final boolean now = loss.takesNext();
            runs += now && !before ? 1 : 0;
            lost += now ? 1 : 0;
            before = now;
        }
        assertThat((double) lost / runs).isCloseTo(5, within(0.5));
    }

    @Test
    void shouldLeaveTheCourseOfOtherLossesAsItWas() {
        final Faults.Builder some = Faults.builder().loss(0.1);
        final List<Integer> without = received(some.build());
        final List<Integer> with = received(some.burstLoss(0.02, 0.3, 0.9).build());
        assertThat(without).containsAll(with).hasSizeGreaterThan(with.size());
    }

    @Test
    void shouldCountWhatOnlyABurstTook() {
        final Faults faults = Faults.builder().loss(0.1).burstLoss(0.02, 0.3, 0.9).build();
        try (FaultInjectionPortTest.Wire wire = new FaultInjectionPortTest.Wire(faults, Faults.NONE, 7)) {
            wire.send(COUNT, IPV4);
            final int received = wire.receive(0).size();
            final FaultCounters counters = wire.port.received();
            assertThat(counters.lost()).isEqualTo(COUNT - received).isEqualTo(wire.port.dropped());
            assertThat(counters.lostInBursts()).isPositive().isLessThan(counters.lost());
        }
    }

    @Test
    void shouldRefuseABurstThatNeverEnds() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Faults.builder().burstLoss(0.1, 0, 1)).withMessageContaining("never end");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Faults.builder().burstLoss(1.1, 0.5, 1)).withMessageContaining("burst enter 1.1");
        assertThat(Faults.builder().burstLoss(0.1, 0.5, 1).build().isNone()).isFalse();
    }

    private static int lost(final double enter, final double leave, final double lossInBurst, final long seed) {
        final BurstLoss loss = new BurstLoss(Faults.builder().burstLoss(enter, leave, lossInBurst).build(), seed);
        int lost = 0;
        for (int i = 0; i < FRAMES; i++) {
            lost += loss.takesNext() ? 1 : 0;
        }
        return lost;
    }

    private static List<Integer> received(final Faults faults) {
        try (FaultInjectionPortTest.Wire wire = new FaultInjectionPortTest.Wire(faults, Faults.NONE, 7)) {
            wire.send(COUNT, IPV4);
            return wire.receive(0);
        }
    }
}
