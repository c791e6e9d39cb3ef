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

    /** A loop that looks between its turns takes one where that may find something, and sees to what is late by those that it takes anyway. */
    @Test
    void shouldSayWithoutTheTimeWhatIsWorthATurn() {
        assertThat(looks.mayBeWorthIt(counted)).isFalse();
        counted++;
        assertThat(looks.mayBeWorthIt(counted)).as("counted").isTrue();
        assertThat(isWorthIt()).isTrue();
        found(0);
        nowNs += ARRIVING_NS - TURN_NS;
        assertThat(isWorthIt()).isTrue();
        found(0);
        assertThat(looks.mayBeWorthIt(counted)).as("on its way").isTrue();
        nowNs += TURN_NS;
        assertThat(isWorthIt()).isFalse();
        assertThat(looks.mayBeWorthIt(counted)).as("lost").isFalse();
        looks.lookAgain();
        assertThat(looks.mayBeWorthIt(counted)).as("after a sleep").isTrue();
        nowNs += LOOK_AGAIN_NS;
        assertThat(isWorthIt()).isTrue();
        looks.onLook(1, false, nowNs);
        assertThat(looks.mayBeWorthIt(counted)).as("there may be more").isTrue();
        found(0);
        assertThat(isWorthIt()).isFalse();
        assertThat(looks.mayBeWorthIt(counted)).as("all have come").isFalse();
    }

    private boolean isWorthIt() {
        return looks.isWorthIt(counted, nowNs);
    }

    private void found(final int frames) {
        looks.onLook(frames, true, nowNs);
    }
}
