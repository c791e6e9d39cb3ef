package io.millrace.fastpath.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeWaitTableTest {
    private static final long DAY_NS = 86_400_000_000_000L;

    private final MemoryRegion region = MemoryRegion.allocate("test", Tcb.LENGTH);
    private final Tcb tcb = new Tcb().wrap(0, region.address());
    private final TimeWaitTable table = new TimeWaitTable(16);

    @AfterEach
    void close() {
        table.close();
        region.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 1L << 40, -(1L << 48), Long.MAX_VALUE / 2, 123_456_789_123_456_789L})
    void shouldKeepTheEndToTheMicrosecondWhateverTheClock(final long nowNs) {
        final int record = table.add(tcb, 1, nowNs, 60_000_000_001L);
        assertThat(table.endNs(record) - nowNs).isBetween(60_000_000_001L, 60_000_001_025L);
    }

    @Test
    void shouldKeepTheOrderOfEndsOverALongTime() {
        for (int day = 0; day < 16; day++) {
            final int record = table.add(tcb, 1, day * DAY_NS, 240_000_000_000L);
            assertThat(table.endNs(record) - day * DAY_NS).isBetween(240_000_000_000L, 240_000_001_024L);
            assertThat(table.oldest()).isEqualTo(record);
            table.remove(record);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_000_000, 33_000_000, 34_000_000, 2_000_000_000L, 60_000_000_000L, 240_000_000_000L,
            1_100_000_000_000L})
    void shouldRestartForAsLongOrALittleLonger(final long waitNs) {
        final int record = table.add(tcb, 1, 0, waitNs);
        table.restart(record, 1_000);
        final long longest = Math.max(waitNs + waitNs / 16, 33_600_000);
        assertThat(table.endNs(record) - 1_000).isBetween(waitNs, longest + 1_024);
    }

    @Test
    void shouldEndTheWaitThatIsOverFirstWhateverItsLength() {
        final int longest = table.add(tcb, 1, 0, 240_000_000_000L);
        final int middle = table.add(tcb, 1, 1_000_000, 60_000_000_000L);
        final int shortest = table.add(tcb, 1, 2_000_000, 1_000_000_000L);
        final int second = table.add(tcb, 1, 3_000_000, 1_000_000_000L);
        assertThat(table.oldest()).isEqualTo(shortest);
        table.restart(shortest, 4_000_000);
        assertThat(table.oldest()).isEqualTo(second);
        table.remove(second);
        table.remove(shortest);
        assertThat(table.oldest()).isEqualTo(middle);
        table.restart(middle, 200_000_000_000L);
        assertThat(table.oldest()).isEqualTo(longest);
        table.remove(longest);
        table.remove(middle);
        assertThat(table.oldest()).isEqualTo(-1);
    }

    /** Else a new one would be sorted in before all of those that a peer has restarted a moment ago: a step for each. */
    @Test
    void shouldPutANewOneLastHoweverManyWereRestarted() {
        for (int i = 0; i < 4; i++) {
            table.restart(table.add(tcb, 1, i, 60_000_000_000L), i);
        }
        final int before = table.add(tcb, 1, 4, 60_000_000_000L);
        final int last = table.add(tcb, 1, 5, 60_000_000_000L);
        assertThat(table.oldest()).isEqualTo(before);
        assertThat(Memory.getInt(table.address(before) + TimeWaitTable.NEXT)).isEqualTo(last);
        assertThat(Memory.getInt(table.address(last) + TimeWaitTable.NEXT)).isEqualTo(-1);
    }

    @Test
    void shouldRememberTimestamps() {
        tcb.tsRecent(-7);
        assertThat(table.hasTimestamps(table.add(tcb, 1, -1, 1))).isFalse();
        tcb.set(Tcb.TIMESTAMPS);
        final int record = table.add(tcb, 1, 5, 1);
        assertThat(table.hasTimestamps(record)).isTrue();
        table.restart(record, -5);
        assertThat(table.hasTimestamps(record)).isTrue();
        assertThat(table.tsRecent(record)).isEqualTo(-7);
        assertThat(table.window(record)).isEqualTo(1);
    }
}
