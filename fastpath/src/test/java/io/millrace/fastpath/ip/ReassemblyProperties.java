package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever the cuts, the order and the repetitions of fragments: the same bytes, or none. */
class ReassemblyProperties {
    private static final int UDP = IpProtocol.UDP;

    @Property(tries = 400)
    void shouldMakeTheSameBytesOfAnyOrderAndAnyRepetition(@ForAll @IntRange(min = 9, max = 65_515) final int length,
            @ForAll @IntRange(min = 1, max = 60) final int cuts, @ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] payload = Fragments.payload(length);
        final List<byte[]> once = cut(payload, cuts, random);
        final List<byte[]> fragments = new ArrayList<>(once);
        for (final byte[] fragment : once) {
            for (int more = random.nextInt(3); more > 0; more--) {
                fragments.add(fragment);
            }
        }
        Collections.shuffle(fragments, random);
        try (ReassemblyRig rig = new ReassemblyRig()) {
            int completed = 0;
            for (final byte[] fragment : fragments) {
                if (rig.add(fragment)) {
                    completed++;
                    assertThat(rig.payload()).isEqualTo(payload);
                }
            }
            // what is repeated after that begins another datagram, which may become complete too
            assertThat(completed).isPositive();
            assertThat(rig.counters().keySet()).isSubsetOf(Counter.IP_REASSEMBLED, Counter.IP_FRAGMENT_DUPLICATE);
        }
    }

    @Property(tries = 400)
    void shouldNeverMakeADatagramOfFragmentsThatOverlap(@ForAll @IntRange(min = 64, max = 20_000) final int length,
            @ForAll @IntRange(min = 1, max = 20) final int cuts, @ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] payload = Fragments.payload(length);
        final List<byte[]> fragments = cut(payload, cuts, random);
        // one that lies across the cut between two others, and holds zeros
        final int units = (length + 7) / 8;
        final List<Integer> borders = borders(fragments);
        final int border = borders.get(random.nextInt(borders.size()));
        final int from = random.nextInt(border);
        final int to = border + 1 + random.nextInt(units - border);
        final boolean more = to < units;
        Assume.that(from > 0 || more);
        fragments.add(Fragments.raw(1, UDP, from * 8, more, new byte[more ? (to - from) * 8 : length - from * 8]));
        Collections.shuffle(fragments, random);
        try (ReassemblyRig rig = new ReassemblyRig()) {
            boolean complete = false;
            for (final byte[] fragment : fragments) {
                if (rig.add(fragment)) {
                    complete = true;
                    // where all of the zeros fit between others that came before: a datagram without an overlap
                    final byte[] exchanged = payload.clone();
                    Arrays.fill(exchanged, from * 8, Math.min(length, to * 8), (byte) 0);
                    assertThat(rig.payload()).isIn(payload, exchanged);
                }
            }
            if (!complete) {
                assertThat(rig.counter(Counter.IP_FRAGMENTS_OVERLAP) + rig.counter(Counter.IP_FRAGMENTS_CONTRADICT))
                        .isPositive();
            }
        }
    }

    private static List<byte[]> cut(final byte[] payload, final int cuts, final Random random) {
        final TreeSet<Integer> offsets = new TreeSet<>();
        final int units = (payload.length + 7) / 8;
        for (int i = 0; i < cuts; i++) {
            offsets.add(8 * (1 + random.nextInt(units - 1)));
        }
        return Fragments.cut(1, UDP, payload, offsets.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Where the fragments but the first begin, in units of 8 bytes. */
    private static List<Integer> borders(final List<byte[]> fragments) {
        return fragments.stream().skip(1).map(packet -> ((packet[6] & 0x1F) << 8 | packet[7] & 0xFF)).toList();
    }
}
