package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of putting fragments together (RFC 791 §3.2, RFC 1122 §3.3.2, RFC 5722, RFC 3168 §5.3). */
class IpReassemblyTest {
    private static final int UDP = IpProtocol.UDP;
    private static final int SMALL = 1 << 17;
    private static final int DSCP_ECN = 0;

    @ParameterizedTest
    @ValueSource(ints = {9, 16, 1_480, 1_481, 4_096, 4_097, 8_192, 20_008, 65_507, 65_515})
    void shouldPutFragmentsTogetherInAnyOrder(final int length) {
        final byte[] payload = Fragments.payload(length);
        final int mtu = length < 1_000 ? 28 : 1_500;
        final List<byte[]> fragments = Fragments.cutFor(mtu, 1, UDP, payload);
        for (int seed = 0; seed < 6; seed++) {
            assertTogether(fragments, payload);
            Collections.reverse(fragments);
            assertTogether(fragments, payload);
            Collections.shuffle(fragments, new Random(seed));
        }
    }

    private static void assertTogether(final List<byte[]> fragments, final byte[] payload) {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            for (int i = 0; i < fragments.size(); i++) {
                assertThat(rig.add(fragments.get(i))).isEqualTo(i == fragments.size() - 1);
            }
            assertThat(rig.payload()).isEqualTo(payload);
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_REASSEMBLED, 1L));
            assertThat(rig.reassembly.size()).isZero();
            assertThat(rig.reassembly.pagesInUse()).isZero();
            assertThat(rig.reassembly.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldKeepApartWhatDiffersInAddressProtocolOrIdentification() {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final byte[] payload = Fragments.payload(24);
            final byte[] first = Fragments.part(1, UDP, payload, 0, 16);
            assertThat(rig.add(first)).isFalse();
            assertThat(rig.add(Fragments.part(2, UDP, payload, 16, 24))).isFalse();
            assertThat(rig.add(Fragments.part(1, IpProtocol.ICMP, payload, 16, 24))).isFalse();
            final IpPacket last = IpPacket.toStack(UDP, Arrays.copyOfRange(payload, 16, 24)).flagsAndOffset(2);
            assertThat(rig.add(Fragments.identified(1, last.from("10.0.0.77")))).isFalse();
            assertThat(rig.add(Fragments.identified(1, last.to("10.0.0.78")))).isFalse();
            assertThat(rig.reassembly.size()).isEqualTo(5);
            assertThat(rig.add(Fragments.identified(1, last))).isTrue();
            assertThat(rig.payload()).isEqualTo(payload);
        }
    }

    @Test
    void shouldKeepTheHeaderOfFragmentZero() {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final byte[] payload = Fragments.payload(24);
            final IpPacket zero = IpPacket.toStack(UDP, Arrays.copyOf(payload, 16)).flagsAndOffset(0x2000)
                    .options(148, 4, 0, 0);
            rig.add(Fragments.part(1, UDP, payload, 16, 24));
            assertThat(rig.add(Fragments.identified(1, zero))).isTrue();
            final IpPacket whole = IpPacket.of(rig.datagram());
            assertThat(whole.options()).containsExactly(148, 4, 0, 0);
            assertThat(whole.payload()).isEqualTo(payload);
            assertThat(whole.flagsAndOffset()).isZero();
        }
    }

    @Test
    void shouldIgnoreWhatIsThereAlready() {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final byte[] payload = Fragments.payload(64);
            rig.add(Fragments.part(1, UDP, payload, 16, 32));
            rig.add(Fragments.part(1, UDP, payload, 32, 48));
            rig.add(Fragments.part(1, UDP, payload, 16, 32));
            // within a run of fragments, as Linux sees it
            rig.add(Fragments.part(1, UDP, payload, 24, 40));
            assertThat(rig.counter(Counter.IP_FRAGMENT_DUPLICATE)).isEqualTo(2);
            rig.add(Fragments.part(1, UDP, payload, 48, 64));
            assertThat(rig.add(Fragments.part(1, UDP, payload, 48, 64))).isFalse();
            assertThat(rig.add(Fragments.part(1, UDP, payload, 0, 16))).isTrue();
            assertThat(rig.payload()).isEqualTo(payload);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8, 23})
    void shouldDropADatagramOfWhichARepetitionHoldsOtherBytes(final int index) {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final byte[] payload = Fragments.payload(8_000);
            rig.add(Fragments.part(1, UDP, payload, 4_080, 8_000));
            payload[4_088 + index] ^= 1;
            assertThat(rig.add(Fragments.part(1, UDP, payload, 4_088, 4_112))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENTS_OVERLAP, 1L));
        }
    }

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource({"0, 24", "8, 24", "40, 56", "8, 64", "24, 4200", "32, 4096", "4088, 4104"})
    void shouldDropADatagramWhoseFragmentsOverlap(final int from, final int to) {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final byte[] payload = Fragments.payload(8_000);
            rig.add(Fragments.part(1, UDP, payload, 16, 48));
            rig.add(Fragments.part(1, UDP, payload, 4_096, 8_000));
            assertThat(rig.add(Fragments.part(1, UDP, payload, from, to))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENTS_OVERLAP, 1L));
            assertThat(rig.reassembly.size()).isZero();
            assertThat(rig.reassembly.pagesInUse()).isZero();
        }
    }

    @Test
    void shouldSurviveTeardrop() {
        // a second fragment that begins and ends within the first: the length of what is new is negative
        try (ReassemblyRig rig = new ReassemblyRig()) {
            rig.add(Fragments.raw(242, UDP, 0, true, new byte[40]));
            assertThat(rig.add(Fragments.raw(242, UDP, 24, false, new byte[4]))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENTS_CONTRADICT, 1L));
        }
    }

    @Test
    void shouldRefuseMoreThanADatagramMayHold() {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            // the ping of death
            assertThat(rig.add(Fragments.raw(1, IpProtocol.ICMP, 65_528, false, new byte[8]))).isFalse();
            assertThat(rig.add(Fragments.raw(1, IpProtocol.ICMP, 65_128, false, new byte[1_480]))).isFalse();
            assertThat(rig.add(Fragments.raw(1, IpProtocol.ICMP, 65_512, false, new byte[4]))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENT_TOO_LONG, 3L));
            assertThat(rig.reassembly.size()).isZero();
        }
    }

    @Test
    void shouldCountTheOptionsOfFragmentZero() {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final IpPacket zero = IpPacket.toStack(UDP, new byte[65_000]).flagsAndOffset(0x2000)
                    .options(1, 1, 1, 1);
            rig.add(Fragments.raw(1, UDP, 65_000, false, new byte[515]));
            assertThat(rig.add(Fragments.identified(1, zero))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENT_TOO_LONG, 1L));
            assertThat(rig.reassembly.pagesInUse()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true, 0", "8, false, 0", "8, true, 7", "0, true, 1479"})
    void shouldDropAFragmentThatNobodyMakes(final int offset, final boolean more, final int length) {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final byte[] bytes = new byte[length];
            assertThat(rig.add(Fragments.raw(1, UDP, offset, more, bytes))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENT_MALFORMED, 1L));
            assertThat(rig.reassembly.size()).isZero();
        }
    }

    @ParameterizedTest(name = "ends at 24, then {0} to {1}, more: {2}")
    @CsvSource({"24, 32, true", "16, 24, true", "24, 32, false", "8, 20, false"})
    void shouldDropADatagramWithTwoEnds(final int from, final int to, final boolean more) {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            rig.add(Fragments.raw(1, UDP, 16, false, new byte[8]));
            assertThat(rig.add(Fragments.raw(1, UDP, from, more, new byte[to - from]))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENTS_CONTRADICT, 1L));
            assertThat(rig.reassembly.size()).isZero();
        }
    }

    @Test
    void shouldDropADatagramThatEndsBeforeWhatIsThere() {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            rig.add(Fragments.raw(1, UDP, 16, true, new byte[8]));
            assertThat(rig.add(Fragments.raw(1, UDP, 8, false, new byte[8]))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENTS_CONTRADICT, 1L));
        }
    }

    @ParameterizedTest(name = "{0}, {1} and {2} make {3}")
    @CsvSource({"0, 0, 0, 0", "2, 2, 2, 2", "1, 1, 1, 1", "2, 3, 2, 3", "3, 2, 1, 3", "1, 2, 1, 1", "0, 3, 0, -1",
            "0, 2, 2, -1", "3, 3, 0, -1"})
    void shouldNotLoseAMarkOfCongestion(final int first, final int second, final int third, final int whole) {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final List<byte[]> fragments = Fragments.cut(1, UDP, Fragments.payload(30), 8, 16);
            rig.add(marked(fragments.get(0), first));
            rig.add(marked(fragments.get(1), second));
            assertThat(rig.add(marked(fragments.get(2), third))).isEqualTo(whole >= 0);
            if (whole >= 0) {
                assertThat(rig.datagram()[1]).isEqualTo((byte) (0x28 | whole));
            } else {
                assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENTS_BAD_ECN, 1L));
            }
        }
    }

    private static byte[] marked(final byte[] packet, final int ecn) {
        return Fragments.changed(packet, DSCP_ECN, 0x4528 | ecn);
    }

    @Test
    void shouldGiveUpThirtySecondsAfterTheFirstFragment() {
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final byte[] payload = Fragments.payload(32);
            rig.add(Fragments.part(1, UDP, payload, 8, 16));
            rig.nowNs += TimeUnit.SECONDS.toNanos(20);
            rig.add(Fragments.part(1, UDP, payload, 0, 8));
            rig.add(Fragments.part(2, UDP, payload, 8, 16));
            assertThat(rig.reassembly.nextDeadlineNs())
                    .isEqualTo(ReassemblyRig.START_NS + TimeUnit.SECONDS.toNanos(30));
            assertThat(rig.reassembly.expire()).as("fragment zero came").isTrue();
            assertThat(rig.reassembly.nextDeadlineNs())
                    .isEqualTo(ReassemblyRig.START_NS + TimeUnit.SECONDS.toNanos(50));
            assertThat(rig.reassembly.expire()).as("fragment zero came").isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_REASSEMBLY_TIMED_OUT, 2L));
            assertThat(rig.reassembly.pagesInUse()).isZero();
        }
    }

    @Test
    void shouldThrowTheOldestOutWhereMemoryIsFull() {
        final ReassemblySettings small = new ReassemblySettings(SMALL, 1_000);
        final int pages = small.pages();
        try (ReassemblyRig rig = new ReassemblyRig(small)) {
            final byte[] payload = Fragments.payload(16);
            for (int id = 0; id < 3 * pages; id++) {
                rig.add(Fragments.part(id, UDP, payload, 0, 8));
                assertThat(rig.reassembly.size()).isEqualTo(Math.min(id + 1, pages));
            }
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_REASSEMBLY_EVICTED, 2L * pages));
            assertThat(rig.add(Fragments.part(2 * pages, UDP, payload, 8, 16))).as("the oldest left").isTrue();
            assertThat(rig.add(Fragments.part(2 * pages - 1, UDP, payload, 8, 16))).as("the last to go").isFalse();
        }
    }

    @Test
    void shouldTakeTheWholeMemoryForOneDatagramAndThenThrowItOut() {
        final ReassemblySettings small = new ReassemblySettings(SMALL, 1_000);
        try (ReassemblyRig rig = new ReassemblyRig(small)) {
            final byte[] payload = Fragments.payload(65_515);
            rig.add(Fragments.part(1, UDP, payload, 0, 32_768));
            rig.add(Fragments.part(2, UDP, payload, 0, 65_000));
            // 24 of 30 pages are held; this needs 8 more, and the oldest is the very datagram that it belongs to
            assertThat(rig.add(Fragments.part(1, UDP, payload, 32_768, 65_515))).isFalse();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_REASSEMBLY_EVICTED, 1L));
            assertThat(rig.reassembly.size()).isEqualTo(1);
            assertThat(rig.add(Fragments.part(2, UDP, payload, 65_000, 65_515))).isTrue();
            assertThat(rig.payload()).isEqualTo(payload);
        }
    }

    @Test
    void shouldTakeNoMoreMemoryThanItIsGiven() {
        final long before = MemoryRegion.bytesInUse();
        final ReassemblySettings settings = ReassemblySettings.DEFAULT;
        try (ReassemblyRig rig = new ReassemblyRig(settings)) {
            // beside two datagrams, the rig's and the one put together
            assertThat(MemoryRegion.bytesInUse() - before).isLessThan(settings.memoryBytes() + (1 << 18));
            assertThat(rig.reassembly.size()).isZero();
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }
}
