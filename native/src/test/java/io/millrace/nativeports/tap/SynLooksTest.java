package io.millrace.nativeports.tap;

import static io.millrace.nativeports.tap.SynLooks.ARRIVING_NS;
import static io.millrace.nativeports.tap.SynLooks.LOOK_AGAIN_NS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SynLooksTest {
    /** A turn of a loop that polls. */
    private static final long TURN_NS = 300;

    private final SynLooks looks = new SynLooks();
    private long nowNs = -1_000_000_000;
    private long counted;

    @BeforeEach
    void lookOnce() {
        assertThat(isWorthIt()).as("the first look").isTrue();
        found(0);
    }

    @Test
    void shouldLookNowAndThenWhereNothingIsCounted() {
        nowNs += LOOK_AGAIN_NS - TURN_NS;
        assertThat(isWorthIt()).isFalse();
        nowNs += TURN_NS;
        assertThat(isWorthIt()).isTrue();
        found(0);
        nowNs += TURN_NS;
        assertThat(isWorthIt()).isFalse();
    }

    @Test
    void shouldLookInEachTurnForOneThatIsCountedAndNotThereYet() {
        counted++;
        for (int turn = 0; turn < 10; turn++) {
            assertThat(isWorthIt()).isTrue();
            found(0);
            nowNs += TURN_NS;
        }
        assertThat(isWorthIt()).isTrue();
        found(1);
        nowNs += TURN_NS;
        assertThat(isWorthIt()).as("it has come").isFalse();
    }

    @Test
    void shouldLookOnWhereOneOfSeveralHasCome() {
        counted += 2;
        assertThat(isWorthIt()).isTrue();
        found(1);
        nowNs += TURN_NS;
        assertThat(isWorthIt()).isTrue();
        found(1);
        nowNs += TURN_NS;
        assertThat(isWorthIt()).isFalse();
    }

    @Test
    void shouldNotLookLongForOneThatIsLostOrHeldUp() {
        counted++;
        assertThat(isWorthIt()).isTrue();
        found(0);
        nowNs += ARRIVING_NS - TURN_NS;
        assertThat(isWorthIt()).isTrue();
        found(0);
        nowNs += TURN_NS;
        assertThat(isWorthIt()).isFalse();
        nowNs += LOOK_AGAIN_NS - TURN_NS;
        assertThat(isWorthIt()).isTrue();
    }

    @Test
    void shouldLookOnUntilTheEndAndAfterASleep() {
        counted++;
        assertThat(isWorthIt()).isTrue();
        looks.onLook(1, false, nowNs);
        nowNs += TURN_NS;
        assertThat(isWorthIt()).as("there may be more").isTrue();
        found(0);
        nowNs += TURN_NS;
        assertThat(isWorthIt()).isFalse();
        looks.lookAgain();
        assertThat(isWorthIt()).isTrue();
        assertThat(looks.taken()).isOne();
    }

    private boolean isWorthIt() {
        return looks.isWorthIt(counted, nowNs);
    }

    private void found(final int frames) {
        looks.onLook(frames, true, nowNs);
    }
}
