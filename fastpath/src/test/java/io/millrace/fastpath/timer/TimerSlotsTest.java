package io.millrace.fastpath.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the slots say of themselves, beside a map of lists. */
class TimerSlotsTest {
    private static final int TIMERS = 24;
    private static final int STEPS = 5_000;

    private final MemoryRegion region = MemoryRegion.allocate("timers", TIMERS * TimerNodes.NODE_LENGTH);
    private final TimerNodes nodes = new TimerNodes(region.address(), TimerNodes.NODE_LENGTH, 0, 0);
    private final TimerSlots slots = new TimerSlots(nodes);
    private final TreeMap<Integer, Deque<Integer>> model = new TreeMap<>();
    private final int[] in = new int[TIMERS];
    private final Random random = new Random(5);

    @AfterEach
    void close() {
        slots.close();
        region.close();
    }

    @Test
    void shouldTellWhichSlotsAreEmptyWhateverCameAndWent() {
        for (int step = 0; step < STEPS; step++) {
            final int node = random.nextInt(TIMERS);
            if (in[node] == 0) {
                // some in one slot, in one word, in one level
                append(node, random.nextInt(TimerSlots.LEVELS) << TimerSlots.SLOTS_SHIFT
                        | random.nextInt(3) * 1_365 + random.nextInt(3));
            } else {
                remove(node);
            }
            check();
        }
        for (int node = 0; node < TIMERS; node++) {
            if (in[node] != 0) {
                remove(node);
                check();
            }
        }
        assertThat(slots.occupiedLevels()).isZero();
    }

    private void append(final int node, final int slot) {
        slots.append(slot, node, nodes.address(node));
        model.computeIfAbsent(slot, empty -> new ArrayDeque<>()).add(node);
        in[node] = slot + 1;
    }

    private void remove(final int node) {
        final int slot = in[node] - 1;
        slots.remove(nodes.address(node));
        model.get(slot).remove(node);
        if (model.get(slot).isEmpty()) {
            model.remove(slot);
            assertThat(slots.isEmpty(slot)).isTrue();
        }
        in[node] = 0;
    }

    private void check() {
        int levels = 0;
        for (final Map.Entry<Integer, Deque<Integer>> slot : model.entrySet()) {
            assertThat(slots.first(slot.getKey())).isEqualTo(slot.getValue().getFirst());
            levels |= 1 << (slot.getKey() >>> TimerSlots.SLOTS_SHIFT);
        }
        assertThat(slots.occupiedLevels()).isEqualTo(levels);
        for (; levels != 0; levels &= levels - 1) {
            final int level = Integer.numberOfTrailingZeros(levels);
            final int from = random.nextInt(TimerSlots.SLOTS);
            assertThat(slots.distance(level, from)).isEqualTo(distance(level << TimerSlots.SLOTS_SHIFT, from));
        }
    }

    private int distance(final int level, final int from) {
        final Integer ahead = model.ceilingKey(level | from);
        final int next = ahead != null && ahead < level + TimerSlots.SLOTS ? ahead : model.ceilingKey(level);
        return next - (level | from) & TimerSlots.SLOTS - 1;
    }
}
