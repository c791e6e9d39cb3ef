package io.millrace.fastpath.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowTableTest {
    private static final long MAPPED = 0xFFFFL << 32;

    private record Flow(long localHi, long localLo, long remoteHi, long remoteLo, int ports) {
        static Flow ipv4(final int remoteAddress, final int remotePort) {
            return new Flow(0, MAPPED | 0x0A000001, 0, MAPPED | remoteAddress & 0xFFFF_FFFFL,
                    80 << 16 | remotePort & 0xFFFF);
        }
    }

    /** The records: which flow each value names. */
    private final Map<Integer, Flow> records = new HashMap<>();

    private boolean matches(final int value, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports) {
        return new Flow(localHi, localLo, remoteHi, remoteLo, ports).equals(records.get(value));
    }

    private FlowTable table(final int maxEntries, final long seed) {
        records.clear();
        return new FlowTable("test", maxEntries, seed, this::matches);
    }

    @Test
    void shouldFindWhatWasPut() {
        try (FlowTable table = table(10, 1)) {
            final Flow flow = Flow.ipv4(1, 1);
            assertThat(find(table, flow)).isEqualTo(FlowTable.ABSENT);
            assertThat(foresee(table, flow)).isEqualTo(FlowTable.ABSENT);
            assertThat(put(table, flow, 7)).isTrue();
            assertThat(find(table, flow)).isEqualTo(7);
            records.clear();
            assertThat(foresee(table, flow)).as("without a look at the record").isEqualTo(7);
            assertThat(table.size()).isEqualTo(1);
            assertThat(table.maxEntries()).isEqualTo(10);
        }
    }

    @Test
    void shouldTellFlowsApartByEveryPartOfTheKey() {
        try (FlowTable table = table(10, 1)) {
            put(table, new Flow(1, 2, 3, 4, 5), 0);
            assertThat(find(table, new Flow(1, 2, 3, 4, 5))).isZero();
            assertThat(find(table, new Flow(9, 2, 3, 4, 5))).isEqualTo(FlowTable.ABSENT);
            assertThat(find(table, new Flow(1, 9, 3, 4, 5))).isEqualTo(FlowTable.ABSENT);
            assertThat(find(table, new Flow(1, 2, 9, 4, 5))).isEqualTo(FlowTable.ABSENT);
            assertThat(find(table, new Flow(1, 2, 3, 9, 5))).isEqualTo(FlowTable.ABSENT);
            assertThat(find(table, new Flow(1, 2, 3, 4, 9))).isEqualTo(FlowTable.ABSENT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -2, -1000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void shouldHoldEveryValueButAbsent(final int value) {
        try (FlowTable table = table(10, 1)) {
            final Flow flow = Flow.ipv4(1, 1);
            put(table, flow, value);
            assertThat(find(table, flow)).isEqualTo(value);
            assertThat(remove(table, flow, value)).isTrue();
            assertThat(find(table, flow)).isEqualTo(FlowTable.ABSENT);
        }
    }

    @Test
    void shouldRefuseOneEntryTooMany() {
        try (FlowTable table = table(3, 1)) {
            for (int i = 0; i < 3; i++) {
                assertThat(put(table, Flow.ipv4(i, i), i)).isTrue();
            }
            assertThat(put(table, Flow.ipv4(3, 3), 3)).isFalse();
            records.remove(3);
            assertThat(table.size()).isEqualTo(3);
            assertThat(find(table, Flow.ipv4(3, 3))).isEqualTo(FlowTable.ABSENT);
            assertThat(remove(table, Flow.ipv4(0, 0), 0)).isTrue();
            assertThat(put(table, Flow.ipv4(3, 3), 3)).isTrue();
        }
    }

    @Test
    void shouldReplaceTheValueOfAConnectionByThatOfItsTimeWait() {
        try (FlowTable table = table(10, 1)) {
            final Flow flow = Flow.ipv4(1, 1);
            put(table, flow, 7);
            records.put(-2, flow);
            assertThat(replace(table, flow, 8, -2)).as("another's value").isFalse();
            assertThat(find(table, flow)).isEqualTo(7);
            assertThat(replace(table, flow, 7, -2)).isTrue();
            records.remove(7);
            assertThat(find(table, flow)).isEqualTo(-2);
            assertThat(table.size()).isEqualTo(1);
            assertThat(replace(table, Flow.ipv4(2, 2), 7, 8)).isFalse();
        }
    }

    @Test
    void shouldRemoveOnlyTheValueNamed() {
        try (FlowTable table = table(10, 1)) {
            final Flow flow = Flow.ipv4(1, 1);
            put(table, flow, 7);
            assertThat(remove(table, flow, 8)).isFalse();
            assertThat(find(table, flow)).isEqualTo(7);
            records.clear();
            assertThat(remove(table, flow, 7)).as("the record is gone already").isTrue();
            assertThat(remove(table, flow, 7)).isFalse();
            assertThat(table.size()).isZero();
        }
    }

    @Test
    void shouldCloseTheGapAcrossTheEndOfTheTable() {
        try (FlowTable table = table(6, 1)) {
            // Eight slots: six flows whose homes are the last two, so that the cluster wraps.
            final List<Flow> flows = new ArrayList<>();
            for (int i = 0; flows.size() < 6; i++) {
                if ((hash(table, Flow.ipv4(i, 1)) & 7) >= 6) {
                    flows.add(Flow.ipv4(i, 1));
                }
            }
            for (int removed = 0; removed < 6; removed++) {
                for (int i = 0; i < 6; i++) {
                    put(table, flows.get(i), i);
                }
                assertThat(remove(table, flows.get(removed), removed)).isTrue();
                for (int i = 0; i < 6; i++) {
                    assertThat(find(table, flows.get(i))).isEqualTo(i == removed ? FlowTable.ABSENT : i);
                    if (i != removed) {
                        assertThat(remove(table, flows.get(i), i)).isTrue();
                    }
                }
                assertThat(table.size()).isZero();
                records.clear();
            }
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenAllAreRemoved() {
        try (FlowTable table = table(1000, 1)) {
            for (int i = 0; i < 1000; i++) {
                put(table, Flow.ipv4(i, i), i);
            }
            for (int i = 0; i < 1000; i++) {
                remove(table, Flow.ipv4(i, i), i);
            }
            final long slots = FlowTable.requiredBytes(1000) / 8;
            for (int slot = 0; slot < slots; slot++) {
                assertThat(Memory.getLong(table.slotAddress(slot))).isZero();
            }
        }
    }

    @Test
    void shouldSpreadFlowsOfOneServerEvenly() {
        // One address, consecutive ports and addresses: what a naive hash clusters.
        try (FlowTable table = table(3 << 15, 42)) {
            final int slots = 1 << 17;
            final int[] counts = new int[slots];
            for (int i = 0; i < slots; i++) {
                counts[hash(table, Flow.ipv4(0x0A000000 + (i >>> 8), 1024 + (i & 0xFF))) & slots - 1]++;
            }
            int empty = 0;
            int max = 0;
            for (final int count : counts) {
                empty += count == 0 ? 1 : 0;
                max = Math.max(max, count);
            }
            // Poisson with mean 1, of lines: 36.8 % empty; the fullest of 16,384 holds about 7 times its share.
            assertThat((double) empty / slots).isBetween(0.355, 0.38);
            assertThat(max).isLessThan(14);
        }
    }

    @Test
    void shouldPutNeighboursOfTheLargerPortIntoOneCacheLine() {
        try (FlowTable table = table(1 << 20, 42)) {
            final Random random = new Random(3);
            for (int i = 0; i < 1_000; i++) {
                final long localLo = random.nextLong();
                final long remoteLo = random.nextLong();
                final int service = random.nextInt(32_768);
                final int client = 32_768 + random.nextInt(32_768) & ~3;
                assertThat(lines(table, localLo, remoteLo, service << 16 | client, 1)).hasSize(1);
                assertThat(lines(table, localLo, remoteLo, client << 16 | service, 1 << 16)).hasSize(1);
            }
        }
    }

    /** The cache lines of four neighbours, all of which lie in different slots. */
    private static Set<Long> lines(final FlowTable table, final long localLo, final long remoteLo, final int ports,
            final int step) {
        final Set<Long> slots = new HashSet<>();
        final Set<Long> lines = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            final long slot = table.slotAddress(table.hash(0, localLo, 0, remoteLo, ports + i * step));
            slots.add(slot);
            lines.add(slot >>> 6);
        }
        assertThat(slots).hasSize(4);
        return lines;
    }

    /** Whoever has neighbours at both ends fills no more of a line than one who has them at one. */
    @Test
    void shouldSpreadNeighboursOfTheSmallerPort() {
        try (FlowTable table = table(1 << 20, 7)) {
            final Set<Integer> hashes = new HashSet<>();
            final Set<Long> groups = new HashSet<>();
            for (int local = 8_080; local < 8_088; local++) {
                for (int remote = 40_000; remote < 40_008; remote++) {
                    final int hash = table.hash(0, MAPPED | 1, 0, MAPPED | 2, local << 16 | remote);
                    hashes.add(hash);
                    groups.add(table.slotAddress(hash) >>> 5);
                }
            }
            assertThat(hashes).hasSize(64);
            assertThat(groups).hasSizeGreaterThan(14);
        }
    }

    @Test
    void shouldTellKeysApartWhoseLargerPortIsAtTheOtherEnd() {
        try (FlowTable table = table(1 << 20, 7)) {
            final Set<Integer> hashes = new HashSet<>();
            for (int local = 0; local < 64; local++) {
                for (int remote = 0; remote < 64; remote++) {
                    hashes.add(table.hash(0, MAPPED | 1, 0, MAPPED | 2, local << 16 | remote));
                }
            }
            assertThat(hashes).hasSize(64 * 64);
        }
    }

    /** A table as full as one may be: every SYN of a flood is looked for in it, in vain. */
    @Test
    void shouldNotMakeLongSearchesOfPortsThatFollowOneAnother() {
        for (final int services : new int[]{1, 8}) {
            try (FlowTable table = new FlowTable("steps", 3 << 14, 11, (value, a, b, c, d, ports) -> true)) {
                final BitSet used = new BitSet(1 << 16);
                for (int i = 0; i < 3 << 14; i++) {
                    used.set(used.nextClearBit(slot(table, i, services)));
                }
                long steps = 0;
                for (int i = 0; i < 1 << 14; i++) {
                    final int slot = slot(table, (3 << 14) + i, services);
                    steps += used.nextClearBit(slot) - slot;
                }
                assertThat(steps / (double) (1 << 14)).as("with %s listening ports", services).isLessThan(34);
            }
        }
    }

    private static int slot(final FlowTable table, final int number, final int services) {
        final int ports = 8_080 + number % services << 16 | 20_000 + number / services % 10_000;
        return table.hash(0, MAPPED | 1, 0, MAPPED | number / services / 10_000, ports) & (1 << 16) - 1;
    }

    @Test
    void shouldHashWithTheSeed() {
        try (FlowTable one = table(10, 1); FlowTable other = table(10, 2)) {
            int equal = 0;
            for (int i = 0; i < 1000; i++) {
                equal += hash(one, Flow.ipv4(i, 1)) == hash(other, Flow.ipv4(i, 1)) ? 1 : 0;
            }
            assertThat(equal).isLessThan(3);
        }
    }

    @Test
    void shouldChangeHalfTheHashBitsWithEachBitOfTheKey() {
        try (FlowTable table = table(10, 99)) {
            final Random random = new Random(5);
            // without the ports' lowest bits: neighbours are to lie side by side
            for (final int bit : IntStream.range(0, 288).filter(b -> b < 256 || (b & 15) > 1).toArray()) {
                int changed = 0;
                for (int i = 0; i < 500; i++) {
                    final long[] key = {random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong(),
                            random.nextLong()};
                    final int before = hash(table, flowOf(key));
                    key[bit >>> 6] ^= 1L << bit;
                    changed += Integer.bitCount(before ^ hash(table, flowOf(key)));
                }
                assertThat(changed / 500.0).as("bit %d", bit).isBetween(14.5, 17.5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, FlowTable.MAX_ENTRIES + 1})
    void shouldRefuseSizesOutOfRange(final int maxEntries) {
        assertThatThrownBy(() -> table(maxEntries, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldKeepAQuarterOfItsSlotsEmpty() {
        for (final int maxEntries : new int[]{1, 6, 7, 12, 13, 48, 49, 1_000_000, FlowTable.MAX_ENTRIES}) {
            final long slots = FlowTable.requiredBytes(maxEntries) / 8;
            assertThat(maxEntries * 4L).isLessThanOrEqualTo(slots * 3);
            assertThat(Long.bitCount(slots)).isEqualTo(1);
            assertThat(maxEntries < 7 || maxEntries * 8L > slots * 3).isTrue();
        }
    }

    @Test
    void shouldGiveAllMemoryBackOnClose() {
        final long before = MemoryRegion.bytesInUse();
        final FlowTable table = table(1_000_000, 1);
        assertThat(MemoryRegion.bytesInUse() - before).isEqualTo(16 << 20);
        assertThat(table.toString()).contains("test", "0 of 1000000 entries");
        table.close();
        table.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Property(tries = 100)
    void shouldAgreeWithAHashMap(@ForAll final long seed, @ForAll @IntRange(min = 1, max = 400) final int maxEntries) {
        final Random random = new Random(seed);
        try (FlowTable table = table(maxEntries, seed)) {
            final Map<Flow, Integer> model = new HashMap<>();
            int nextValue = 0;
            for (int step = 0; step < 2000; step++) {
                final Flow flow = Flow.ipv4(random.nextInt(20), random.nextInt(30));
                final Integer value = model.get(flow);
                assertThat(find(table, flow)).isEqualTo(value == null ? FlowTable.ABSENT : value);
                if (value == null) {
                    final boolean fits = put(table, flow, nextValue);
                    assertThat(fits).isEqualTo(model.size() < maxEntries);
                    if (fits) {
                        model.put(flow, nextValue);
                    } else {
                        records.remove(nextValue);
                    }
                    nextValue++;
                } else if (random.nextBoolean()) {
                    assertThat(remove(table, flow, value)).isTrue();
                    records.remove(value);
                    model.remove(flow);
                }
                assertThat(table.size()).isEqualTo(model.size());
            }
            model.forEach((flow, value) -> assertThat(find(table, flow)).isEqualTo(value));
        }
    }

    @Test
    void shouldAgreeWithAMillionFlows() {
        final int flows = 1_000_000;
        // The flow of each value follows from the value, so that no million of objects is needed.
        final FlowTable.KeySource keys = (value, localHi, localLo, remoteHi, remoteLo,
                ports) -> remoteLo == value * 7L && ports == value >>> 3;
        final boolean[] present = new boolean[flows];
        final Random random = new Random(11);
        try (FlowTable table = new FlowTable("test", flows, 3, keys)) {
            for (int value = 0; value < flows; value++) {
                present[value] = table.put(0, 1, 0, value * 7L, value >>> 3, value);
            }
            assertThat(table.put(0, 1, 0, flows * 7L, flows >>> 3, flows)).isFalse();
            for (int step = 0; step < 2 * flows; step++) {
                final int value = random.nextInt(flows);
                if (present[value]) {
                    check(table.remove(0, 1, 0, value * 7L, value >>> 3, value), value);
                } else {
                    check(table.put(0, 1, 0, value * 7L, value >>> 3, value), value);
                }
                present[value] = !present[value];
            }
            int size = 0;
            for (int value = 0; value < flows; value++) {
                final int expected = present[value] ? value : FlowTable.ABSENT;
                check(table.find(0, 1, 0, value * 7L, value >>> 3) == expected, value);
                size += present[value] ? 1 : 0;
            }
            assertThat(table.size()).isEqualTo(size);
        }
    }

    private static void check(final boolean holds, final int value) {
        if (!holds) {
            throw new AssertionError("flow " + value);
        }
    }

    private static Flow flowOf(final long[] key) {
        return new Flow(key[0], key[1], key[2], key[3], (int) key[4]);
    }

    private static int find(final FlowTable table, final Flow flow) {
        final int found = table.find(flow.localHi, flow.localLo, flow.remoteHi, flow.remoteLo, flow.ports);
        if (found != FlowTable.ABSENT) {
            assertThat(foresee(table, flow)).as("whatever is there can be foreseen").isNotEqualTo(FlowTable.ABSENT);
        }
        return found;
    }

    private static int foresee(final FlowTable table, final Flow flow) {
        return table.foresee(flow.localHi, flow.localLo, flow.remoteHi, flow.remoteLo, flow.ports);
    }

    private boolean put(final FlowTable table, final Flow flow, final int value) {
        final boolean done = table.put(flow.localHi, flow.localLo, flow.remoteHi, flow.remoteLo, flow.ports, value);
        records.put(value, flow);
        return done;
    }

    private static boolean replace(final FlowTable table, final Flow flow, final int value, final int newValue) {
        return table.replace(flow.localHi, flow.localLo, flow.remoteHi, flow.remoteLo, flow.ports, value, newValue);
    }

    private static boolean remove(final FlowTable table, final Flow flow, final int value) {
        return table.remove(flow.localHi, flow.localLo, flow.remoteHi, flow.remoteLo, flow.ports, value);
    }

    private static int hash(final FlowTable table, final Flow flow) {
        return table.hash(flow.localHi, flow.localLo, flow.remoteHi, flow.remoteLo, flow.ports);
    }
}
