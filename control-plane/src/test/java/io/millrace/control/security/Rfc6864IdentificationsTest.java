package io.millrace.control.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Rfc6864IdentificationsTest {
    private static final long OWN = IpAddress.v4(0x0A00_0002);
    private static final int UDP = 17;
    private static final int ALL = 65_536;

    private final Secret secret = Secret.ofSeed(3);

    @Test
    void shouldGiveAPairEveryNumberBeforeOneComesBack() {
        final Rfc6864Identifications ids = new Rfc6864Identifications(secret, 0, 1);
        final Set<Integer> given = new HashSet<>();
        for (int i = 0; i < ALL; i++) {
            given.add(next(ids, 1, UDP));
        }
        assertThat(given).hasSize(ALL);
    }

    @Test
    void shouldBeginElsewhereForEachPairAndSecret() {
        final Set<Integer> first = new HashSet<>();
        for (int peer = 0; peer < 1_000; peer++) {
            first.add(next(new Rfc6864Identifications(secret, 0, 1), peer, UDP));
        }
        assertThat(first).hasSizeGreaterThan(950);
        final int udp = next(new Rfc6864Identifications(secret, 0, 1), 1, UDP);
        assertThat(next(new Rfc6864Identifications(secret, 0, 1), 1, 1)).isNotEqualTo(udp);
        assertThat(next(new Rfc6864Identifications(Secret.ofSeed(4), 0, 1), 1, UDP)).isNotEqualTo(udp);
        assertThat(next(new Rfc6864Identifications(secret, 0, 1), 1, UDP)).isEqualTo(udp);
    }

    @Test
    void shouldTellAHostNothingOfWhatOthersAreSent() {
        final Rfc6864Identifications ids = new Rfc6864Identifications(secret, 0, 1);
        final int before = next(ids, 1, UDP);
        int steps = 0;
        for (int peer = 2; peer < 202; peer++) {
            next(ids, peer, UDP);
            final int now = next(ids, 1, UDP);
            steps += now == (before + peer - 1 + steps & 0xFFFF) ? 0 : 1;
        }
        // one of 2,048 counters: hardly any of 200 others shares it
        assertThat(steps).isLessThan(4);
    }

    /** Whether or not the pair is the one that was asked for last. */
    @Test
    void shouldGoOnForAPairWhereItLeftOff() {
        final Rfc6864Identifications runs = new Rfc6864Identifications(secret, 0, 1);
        final Rfc6864Identifications turns = new Rfc6864Identifications(secret, 0, 1);
        final List<Integer> inRuns = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            inRuns.add(next(runs, 1, UDP));
        }
        for (int i = 0; i < 4; i++) {
            inRuns.add(next(runs, 2, UDP));
        }
        final List<Integer> inTurns = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            inTurns.add(i, next(turns, 1, UDP));
            inTurns.add(next(turns, 2, UDP));
        }
        assertThat(inTurns).isEqualTo(inRuns);
    }

    @Test
    void shouldNotGiveTwoEnginesTheSame() {
        final Set<Integer> given = new HashSet<>();
        for (int engine = 0; engine < 4; engine++) {
            final Rfc6864Identifications ids = new Rfc6864Identifications(secret, engine, 4);
            for (int i = 0; i < ALL / 4; i++) {
                given.add(next(ids, 1, UDP));
            }
        }
        assertThat(given).hasSize(ALL);
    }

    private static int next(final Rfc6864Identifications ids, final int peer, final int protocol) {
        return ids.next(0, OWN, 0, IpAddress.v4(0x0A01_0000 + peer), protocol) & 0xFFFF;
    }
}
