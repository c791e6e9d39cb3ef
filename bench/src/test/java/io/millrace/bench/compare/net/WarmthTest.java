package io.millrace.bench.compare.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmthTest {
    private static final long MUCH = Warmth.COMPILING_NS;
    private static final long LITTLE = Warmth.COMPILING_NS - 1;

    private final Warmth warmth = new Warmth();
    private long compilersNs;

    @Test
    void shouldBeWarmAfterTwoSecondsWithAsGoodAsNoCompiler() {
        assertThat(look(80 * MUCH)).isFalse();
        assertThat(look(LITTLE)).isFalse();
        assertThat(look(LITTLE)).isTrue();
    }

    @Test
    void shouldNotTakeAMomentForTheEnd() {
        look(MUCH);
        assertThat(look(LITTLE)).isFalse();
        assertThat(look(MUCH)).isFalse();
        assertThat(look(0)).isFalse();
        assertThat(look(0)).isTrue();
    }

    @Test
    void shouldGoOnWhereAThreadOfACompilerHasEnded() {
        look(80 * MUCH);
        look(LITTLE);
        assertThat(look(-40 * MUCH)).isFalse();
    }

    private boolean look(final long moreNs) {
        compilersNs += moreNs;
        return warmth.onLook(compilersNs);
    }
}
