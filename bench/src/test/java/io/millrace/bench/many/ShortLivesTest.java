package io.millrace.bench.many;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The run of {@link io.millrace.bench.ShortConnections} with fewer connections, in virtual time. */
@Timeout(120)
class ShortLivesTest {
    private static final long TURN_NS = 20_000;
    private static final int PORTS = 65_535 - 1_024 + 1;
    private static final int WINDOW = 128;

    private final long before = MemoryRegion.bytesInUse();
    private final CachedNanoClock clock = new CachedNanoClock();

    @AfterEach
    void shouldLeaveNothingBehind() {
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Test
    void shouldEndTheOldestWaitWhereTheTableIsFull() throws IOException {
        final int records = 4_096;
        try (ShortLives lives = lives(new ShortSettings(1_024, WINDOW, records))) {
            assertThat(lives.fill(Long.MAX_VALUE)).isBetween((long) records - WINDOW, (long) records + WINDOW);
            lives.run(5 * records);
            final StackPair stacks = lives.stacks();
            assertThat(stacks.server().timeWaits()).isEqualTo(records);
            assertThat(stacks.serverCount("TimeWaitOverflow"))
                    .isBetween(4L * records - WINDOW, 4L * records + WINDOW);
            assertThat(stacks.client().timeWaits()).as("whoever closes second does not wait").isZero();
        }
    }

    @Test
    void shouldOpenAnewWhatIsInTimeWaitWhereThePortsComeRound() throws IOException {
        try (ShortLives lives = lives(new ShortSettings(1, WINDOW, 2 * PORTS))) {
            lives.run(PORTS + 1_000);
            final StackPair stacks = lives.stacks();
            assertThat(stacks.serverCount("TimeWaitReopened")).isBetween(1_000L - WINDOW, 1_000L + WINDOW);
            assertThat(stacks.server().timeWaits()).isBetween(PORTS - WINDOW, PORTS);
            assertThat(stacks.serverCount("TimeWaitOverflow")).isZero();
        }
    }

    private ShortLives lives(final ShortSettings settings) throws IOException {
        return new ShortLives(settings, clock, () -> clock.advance(TURN_NS));
    }
}
