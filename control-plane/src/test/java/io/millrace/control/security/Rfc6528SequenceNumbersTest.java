package io.millrace.control.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.wire.IpAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Rfc6528SequenceNumbersTest {
    private static final long US = IpAddress.v4(0x0a000002);
    private static final long PEER = IpAddress.v4(0x0a000001);

    private final Rfc6528SequenceNumbers numbers = new Rfc6528SequenceNumbers(Secret.ofSeed(1));

    @Test
    void shouldGrowByOneEveryFourMicroseconds() {
        final int start = isn(80, 0);
        assertThat(isn(80, 3_999) - start).isZero();
        assertThat(isn(80, 4_000) - start).isEqualTo(1);
        assertThat(isn(80, 1_000_000_000L) - start).isEqualTo(250_000);
    }

    @Test
    void shouldGrowEvenlyWhereTheClockIsNegative() {
        final int start = isn(80, -8_000);
        assertThat(isn(80, -4_001) - start).isZero();
        assertThat(isn(80, -4_000) - start).isEqualTo(1);
        assertThat(isn(80, -1) - start).isEqualTo(1);
        assertThat(isn(80, 0) - start).isEqualTo(2);
    }

    @Test
    void shouldDependOnEveryPartOfTheFourTuple() {
        final Set<Integer> seen = new HashSet<>();
        seen.add(numbers.next(0, US, 80, 0, PEER, 1_000, 0));
        seen.add(numbers.next(1, US, 80, 0, PEER, 1_000, 0));
        seen.add(numbers.next(0, US + 1, 80, 0, PEER, 1_000, 0));
        seen.add(numbers.next(0, US, 81, 0, PEER, 1_000, 0));
        seen.add(numbers.next(0, US, 80, 1, PEER, 1_000, 0));
        seen.add(numbers.next(0, US, 80, 0, PEER + 1, 1_000, 0));
        seen.add(numbers.next(0, US, 80, 0, PEER, 1_001, 0));
        assertThat(seen).hasSize(7);
    }

    @Test
    void shouldDependOnTheSecret() {
        final Rfc6528SequenceNumbers other = new Rfc6528SequenceNumbers(Secret.ofSeed(2));
        assertThat(other.next(0, US, 80, 0, PEER, 1_000, 0)).isNotEqualTo(isn(80, 0));
    }

    @Test
    void shouldRepeatWithTheSameSecret() {
        final Rfc6528SequenceNumbers other = new Rfc6528SequenceNumbers(Secret.ofSeed(1));
        assertThat(other.next(0, US, 80, 0, PEER, 1_000, 77)).isEqualTo(isn(80, 77));
    }

    @Test
    void shouldCountTheTimestampsOfEachPairOfHostsFromElsewhere() {
        final Set<Integer> seen = new HashSet<>();
        seen.add(numbers.timestampOffset(0, US, 0, PEER));
        seen.add(numbers.timestampOffset(1, US, 0, PEER));
        seen.add(numbers.timestampOffset(0, US + 1, 0, PEER));
        seen.add(numbers.timestampOffset(0, US, 1, PEER));
        seen.add(numbers.timestampOffset(0, US, 0, PEER + 1));
        seen.add(new Rfc6528SequenceNumbers(Secret.ofSeed(2)).timestampOffset(0, US, 0, PEER));
        assertThat(seen).hasSize(6);
        assertThat(numbers.timestampOffset(0, US, 0, PEER)).isIn(seen);
    }

    private int isn(final int port, final long nowNs) {
        return numbers.next(0, US, port, 0, PEER, 1_000, nowNs);
    }
}
