package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SeqTest {
    private static final int LAST = 0xFFFF_FFFF;

    @Test
    void shouldOrderNumbersAcrossTheWrapOfUnsigned() {
        assertThat(Seq.lt(LAST, 0)).isTrue();
        assertThat(Seq.gt(LAST, 0)).isFalse();
        assertThat(Seq.le(LAST, 0)).isTrue();
        assertThat(Seq.ge(0, LAST)).isTrue();
        assertThat(Seq.diff(5, LAST - 4)).isEqualTo(10);
        assertThat(Seq.diff(LAST - 4, 5)).isEqualTo(-10);
        assertThat(Seq.max(LAST, 3)).isEqualTo(3);
        assertThat(Seq.min(LAST, 3)).isEqualTo(LAST);
    }

    @Test
    void shouldOrderNumbersAcrossTheWrapOfSigned() {
        assertThat(Seq.lt(Integer.MAX_VALUE, Integer.MIN_VALUE)).isTrue();
        assertThat(Seq.gt(Integer.MIN_VALUE, Integer.MAX_VALUE)).isTrue();
        assertThat(Seq.max(Integer.MAX_VALUE, Integer.MIN_VALUE)).isEqualTo(Integer.MIN_VALUE);
        assertThat(Seq.min(Integer.MAX_VALUE, Integer.MIN_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void shouldTellEqualNumbersFromLess() {
        assertThat(Seq.lt(7, 7)).isFalse();
        assertThat(Seq.gt(7, 7)).isFalse();
        assertThat(Seq.le(7, 7)).isTrue();
        assertThat(Seq.ge(7, 7)).isTrue();
    }

    @Test
    void shouldIncludeTheLowerBoundAndExcludeTheUpper() {
        assertThat(Seq.between(10, 10, 12)).isTrue();
        assertThat(Seq.between(11, 10, 12)).isTrue();
        assertThat(Seq.between(12, 10, 12)).isFalse();
        assertThat(Seq.between(9, 10, 12)).isFalse();
        assertThat(Seq.between(10, 10, 10)).isFalse();
        assertThat(Seq.between(LAST, LAST, 1)).isTrue();
        assertThat(Seq.between(0, LAST, 1)).isTrue();
        assertThat(Seq.between(1, LAST, 1)).isFalse();
        assertThat(Seq.between(LAST - 1, LAST, 1)).isFalse();
    }

    @Property
    void shouldCompareAsTheDistanceSays(@ForAll final int base, @ForAll @IntRange(min = 1) final int distance) {
        final int later = base + distance;
        assertThat(Seq.lt(base, later)).isTrue();
        assertThat(Seq.le(base, later)).isTrue();
        assertThat(Seq.gt(later, base)).isTrue();
        assertThat(Seq.ge(later, base)).isTrue();
        assertThat(Seq.lt(later, base)).isFalse();
        assertThat(Seq.ge(base, later)).isFalse();
        assertThat(Seq.diff(later, base)).isEqualTo(distance);
        assertThat(Seq.max(base, later)).isEqualTo(later).isEqualTo(Seq.max(later, base));
        assertThat(Seq.min(base, later)).isEqualTo(base).isEqualTo(Seq.min(later, base));
        assertThat(Seq.between(base, base, later)).isTrue();
        assertThat(Seq.between(later, base, later)).isFalse();
        assertThat(Seq.between(later - 1, base, later)).isTrue();
    }
}
