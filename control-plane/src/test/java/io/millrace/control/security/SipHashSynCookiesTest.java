package io.millrace.control.security;

import static io.millrace.fastpath.control.SynCookies.INVALID;
import static io.millrace.fastpath.control.SynCookies.PERIOD_NS;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.control.HandshakeKey;
import io.millrace.fastpath.control.SynCookies;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SipHashSynCookiesTest {
    private static final long HI = 0xFD00_0000_0000_0000L;
    private static final int PORTS = 80 << 16 | 40_000;

    private final Rfc6528SequenceNumbers sequenceNumbers = new Rfc6528SequenceNumbers(Secret.ofSeed(1));
    private final SynCookies cookies = cookies(2);
    private final HandshakeKey key = new HandshakeKey();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, PERIOD_NS - 1, PERIOD_NS, 123_456_789_012_345L, -1, -PERIOD_NS, -123_456_789_012_345L})
    void shouldSayWhatItWasMadeToSayUntilItIsTooOld(final long nowNs) {
        for (int data = 0; data < SynCookies.DATA_VALUES; data++) {
            final int cookie = cookies.make(handshake(), data, nowNs);
            assertThat(cookies.check(handshake(), cookie, nowNs)).isEqualTo(data);
            assertThat(cookies.check(handshake(), cookie, nowNs + PERIOD_NS)).isEqualTo(data);
            assertThat(cookies.check(handshake(), cookie, nowNs + 2 * PERIOD_NS)).isEqualTo(INVALID);
            assertThat(cookies.check(handshake(), cookie, nowNs - PERIOD_NS)).isEqualTo(INVALID);
        }
    }

    @Test
    void shouldBelongToOneHandshakeOnly() {
        final int cookie = cookies.make(handshake(), 3, 0);
        final HandshakeKey other = new HandshakeKey();
        assertThat(cookies.check(other.set(HI + 1, 1, HI, 2, PORTS, 7, 5), cookie, 0)).isEqualTo(INVALID);
        assertThat(cookies.check(other.set(HI, 2, HI, 2, PORTS, 7, 5), cookie, 0)).isEqualTo(INVALID);
        assertThat(cookies.check(other.set(HI, 1, HI + 1, 2, PORTS, 7, 5), cookie, 0)).isEqualTo(INVALID);
        assertThat(cookies.check(other.set(HI, 1, HI, 3, PORTS, 7, 5), cookie, 0)).isEqualTo(INVALID);
        assertThat(cookies.check(other.set(HI, 1, HI, 2, PORTS + 1, 7, 5), cookie, 0)).isEqualTo(INVALID);
        assertThat(cookies.check(other.set(HI, 1, HI, 2, PORTS + 0x10000, 7, 5), cookie, 0)).isEqualTo(INVALID);
        assertThat(cookies.check(other.set(HI, 1, HI, 2, PORTS, 8, 5), cookie, 0)).isEqualTo(INVALID);
        assertThat(cookies.check(other.set(HI, 1, HI, 2, PORTS, 7, 6), cookie, 0)).isEqualTo(INVALID);
        assertThat(cookies.check(handshake(), cookie, 0)).isEqualTo(3);
    }

    @Test
    void shouldBeTakenByEveryEngineOfTheStackAndByNoOtherStack() {
        final int cookie = cookies.make(handshake(), 1, 0);
        assertThat(cookies(2).check(handshake(), cookie, 0)).isEqualTo(1);
        assertThat(cookies(3).check(handshake(), cookie, 0)).isEqualTo(INVALID);
    }

    /** RFC 6528 and RFC 9293 §3.4.1: numbers of one 4-tuple grow, with a cookie or without. */
    @Test
    void shouldLieWithinAPeriodOfTheNumberThatTheConnectionWouldHaveWithoutIt() {
        final SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 10_000; i++) {
            final long nowNs = random.nextLong(1L << 60);
            key.set(HI, random.nextLong(), HI, random.nextLong(), PORTS, random.nextInt(), 5);
            final int without = sequenceNumbers.next(key.localHi(), key.localLo(), 80, key.remoteHi(), key.remoteLo(),
                    40_000, nowNs);
            assertThat(cookies.make(key, i & 3, nowNs) - without).isBetween(1 - (1 << 24), (1 << 24) - 1);
        }
    }

    /** Of 2^32 numbers 8 are right: two periods, four values. */
    @Test
    void shouldNotBeGuessed() {
        final SplittableRandom random = new SplittableRandom(5);
        int right = 0;
        for (int i = 0; i < 2_000_000; i++) {
            right += cookies.check(handshake(), random.nextInt(), 0) == INVALID ? 0 : 1;
        }
        assertThat(right).as("0.004 are expected").isLessThan(2);
    }

    @Test
    void shouldHashWithAnotherKeyInEachPeriod() {
        final Set<Integer> low = new HashSet<>();
        for (int period = 0; period < 100; period++) {
            low.add(cookies.make(handshake(), 0, period * PERIOD_NS) - cookies(2).make(handshake(), 0, 0)
                    & (1 << 24) - 1);
        }
        assertThat(low).hasSizeGreaterThan(98);
    }

    private HandshakeKey handshake() {
        return key.set(HI, 1, HI, 2, PORTS, 7, 5);
    }

    private SynCookies cookies(final long seed) {
        return new SipHashSynCookies(sequenceNumbers, Secret.ofSeed(seed));
    }
}
