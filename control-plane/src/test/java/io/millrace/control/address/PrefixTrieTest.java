package io.millrace.control.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Cidr;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PrefixTrieTest {
    /** Few different bits, so that prefixes lie within each other, and all of an IPv6 address or an IPv4 one. */
    @Provide
    static Arbitrary<Prefix> prefixes() {
        final Arbitrary<Integer> bits = Arbitraries.integers().between(0, 128);
        final Arbitrary<Prefix> any = Combinators.combine(words(), words(), bits).as(Prefix::new);
        final Arbitrary<Prefix> v4 = Combinators.combine(words(), bits)
                .as((lo, length) -> new Prefix(0, IpAddress.v4(lo.intValue()), 96 + length % 33));
        return Arbitraries.oneOf(any, v4);
    }

    @Provide
    static Arbitrary<Long> words() {
        return Arbitraries.oneOf(Arbitraries.longs(),
                Arbitraries.of(0L, 1L, -1L, Long.MIN_VALUE, 0x8000_0000L, 0x0A00_0001L, 0xfe80L << 48,
                        0xfe80L << 48 | 1));
    }

    @Property
    void shouldFindWhatALookAtEveryPrefixFinds(@ForAll("lists") final List<Prefix> prefixes,
            @ForAll("words") final long hi, @ForAll("words") final long lo) {
        final PrefixTrie trie = new PrefixTrie(prefixes);
        assertThat(trie.find(hi, lo)).isEqualTo(naive(prefixes, hi, lo));
        for (final Prefix prefix : prefixes) {
            final long lastLo = prefix.networkLo() | ~prefix.maskLo() & lo;
            final long lastHi = prefix.networkHi() | ~prefix.maskHi() & hi;
            assertThat(trie.find(lastHi, lastLo)).isEqualTo(naive(prefixes, lastHi, lastLo));
        }
    }

    @Provide
    static Arbitrary<List<Prefix>> lists() {
        return prefixes().list().ofMaxSize(40);
    }

    @Test
    void shouldKeepTheFamiliesApartByTheirPlaceAlone() {
        final PrefixTrie trie = new PrefixTrie(
                List.of("::/0", "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/8", "fd00::/8").stream().map(Cidr::parse)
                        .map(Prefix::of).toList());
        assertThat(List.of("2001:db8::1", "192.168.0.1", "10.1.1.1", "fd00::1").stream()
                .map(InetAddress::ofLiteral).map(at -> trie.find(IpAddress.hi(at), IpAddress.lo(at))))
                .containsExactly(0, 1, 2, 4);
        assertThat(new PrefixTrie(List.of()).find(0, 0)).isEqualTo(PrefixTrie.NONE);
    }

    private static int naive(final List<Prefix> prefixes, final long hi, final long lo) {
        int best = PrefixTrie.NONE;
        for (int i = 0; i < prefixes.size(); i++) {
            if (prefixes.get(i).contains(hi, lo)
                    && (best == PrefixTrie.NONE || prefixes.get(i).bits() > prefixes.get(best).bits())) {
                best = i;
            }
        }
        return best;
    }
}
