package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.tcp.recovery.ScoreboardInvariants;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Flights of one segment that nothing is written down of against the same that are written down from the first on, on
 * the same seeds: what leaves, what is counted, and what is known of the connection is the same.
 */
@OverBothFamilies
class LoneSegmentEquivalenceTest {
    private static final int SEEDS = 60;
    private static final int STEPS = 150;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldComeToTheSame(final int options) throws IllegalAccessException {
        int lone = 0;
        int fins = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            final Run unwritten = new Run(seed, options, false);
            final Run written = new Run(seed, options, true);
            assertThat(unwritten.told).as("seed " + seed).isEqualTo(written.told);
            assertThat(written.lone).isZero();
            lone += unwritten.lone;
            fins += unwritten.fins;
        }
        assertThat(lone).isGreaterThan(SEEDS * STEPS / 20);
        assertThat(fins).isGreaterThan(SEEDS / 6);
    }

    /** What a peer and an application do, and what the stack makes of it, step by step. */
    private static final class Run {
        final List<String> told = new ArrayList<>();
        /** Steps with a flight that was not written down. */
        int lone;
        /** The same, of flights with a FIN. */
        int fins;
        private final boolean written;
        private final boolean sack;
        private final boolean timestamps;
        private final Random random;
        private Integer @Nullable [] edges;
        private int stamp = 1;
        private int echo;
        private int received;
        private int acknowledged;

        Run(final int seed, final int options, final boolean written) throws IllegalAccessException {
            this.written = written;
            sack = (options & 1) != 0;
            timestamps = (options & 2) != 0;
            random = new Random(seed);
            final List<String> controls = CongestionControls.names();
            final TcpSettings settings = Wire.settings().noDelay(seed % 4 != 0).rack(seed % 5 != 0)
                    .congestionControl(controls.get(seed % controls.size())).pacing(seed % 7 == 0)
                    .rtoMinNs(seed % 2 == 0 ? 200_000_000L : 900_000_000L)
                    .userTimeoutNs(seed % 11 == 0 ? 3_000_000_000L : 0).ecn(TcpSettings.Ecn.ON).build();
            try (Wire wire = Wire.open(settings, packet -> on(packet, seed % 3 == 0))) {
                final TcpContext context = ((UserCalls) wire.tcp).context();
                final ScoreboardInvariants boards = new ScoreboardInvariants(context.slab);
                for (int i = 0; i < STEPS; i++) {
                    if (i == STEPS - 10) {
                        wire.tcp.shutdownOutput(wire.handle);
                    }
                    step(wire);
                    look(context.connections.find(wire.handle), boards, context.nowNs);
                    tell(wire, context.connections.find(wire.handle), boards);
                }
            }
        }

        private Packet on(final Packet packet, final boolean ecn) {
            final boolean first = packet.has("S");
            final Packet stamped = timestamps ? packet.withTimestamps(stamp, first ? 0 : echo) : packet;
            final Packet permitted = first && sack ? stamped.withSackPermitted() : stamped;
            final Packet blocks = edges == null ? permitted : permitted.withSack(edges);
            return first && ecn ? blocks.withFlags("EC") : blocks;
        }

        private void step(final Wire wire) {
            switch (random.nextInt(16)) {
                case 0, 1 -> {
                    acknowledgeAll(wire, "A");
                    send(wire, 1 + random.nextInt(1_000));
                }
                case 2, 3 -> send(wire, 1 + random.nextInt(1_000));
                case 4 -> send(wire, 1 + random.nextInt(6_000));
                case 5, 6, 7, 8 -> acknowledgeAll(wire, "A");
                case 9 -> acknowledge(wire, random.nextInt(outstanding(wire) + 1));
                case 10 -> acknowledgeAll(wire, "AE");
                case 11 -> sack(wire);
                case 12 -> wire.peer.window(random.nextInt(3) == 0 ? random.nextInt(3) : 64 << random.nextInt(10));
                case 13 -> wire.stack.advanceMs(1 + random.nextInt(random.nextInt(4) == 0 ? 1_500 : 90));
                case 14 -> text(wire);
                default -> odd(wire);
            }
        }

        private void send(final Wire wire, final int length) {
            final TcpContext context = ((UserCalls) wire.tcp).context();
            if (written && wire.tcp.sendSpace(wire.handle) > 0) {
                new ScoreboardInvariants(context.slab).writeAhead(context.connections.find(wire.handle));
            }
            wire.send(length);
        }

        private void odd(final Wire wire) {
            switch (random.nextInt(40)) {
                case 0 -> wire.tcp.shutdownOutput(wire.handle);
                case 1, 2 -> wire.tcp.cork(wire.handle, random.nextBoolean());
                case 3, 4 -> wire.peer.ack(Wire.ISS + 1 + acknowledged);
                case 5 -> wire.peer.send("A", "");
                case 6 -> wire.stack.advanceMs(320_000);
                default -> stamp += random.nextInt(5) - 1;
            }
        }

        private int outstanding(final Wire wire) {
            final Tcb tcb = ((UserCalls) wire.tcp).context().connections.find(wire.handle);
            return tcb == null ? 0 : Math.max(0, tcb.sndMax() - Wire.ISS - 1 - acknowledged);
        }

        private void acknowledgeAll(final Wire wire, final String flags) {
            acknowledged += outstanding(wire);
            wire.peer.sendAt(flags, wire.first() + received, Wire.ISS + 1 + acknowledged, new byte[0]);
        }

        private void acknowledge(final Wire wire, final int more) {
            acknowledged += more;
            wire.peer.ack(Wire.ISS + 1 + acknowledged);
        }

        /** Something arrived ahead of the rest, or what was acknowledged arrived twice. */
        private void sack(final Wire wire) {
            final int from = Wire.ISS + 1 + acknowledged + random.nextInt(outstanding(wire) + 1) - random.nextInt(200);
            edges = new Integer[]{from, from + 1 + random.nextInt(1_000)};
            wire.peer.ack(Wire.ISS + 1 + acknowledged);
            edges = null;
        }

        private void text(final Wire wire) {
            final int length = 1 + random.nextInt(300);
            wire.peer.sendAt("A", wire.first() + received, Wire.ISS + 1 + acknowledged, Wire.bytes(received, length));
            received += length;
            wire.receive();
        }

        private void look(final @Nullable Tcb tcb, final ScoreboardInvariants boards, final long nowNs) {
            if (tcb != null && !tcb.has(Tcb.SHELL)) {
                echo = LossRecovery.timestamp(tcb, nowNs);
                if (written) {
                    boards.writeDown(tcb);
                }
                if (ScoreboardInvariants.isLone(tcb)) {
                    lone++;
                    fins += tcb.sndNxt() == tcb.sndEnd() + 1 ? 1 : 0;
                }
            }
        }

        private void tell(final Wire wire, final @Nullable Tcb tcb, final ScoreboardInvariants boards)
                throws IllegalAccessException {
            wire.stack.allSent().forEach(packet -> told.add(packet.toString()));
            final long flight = tcb == null ? 0 : boards.slabBytes(tcb);
            told.add(wire.stack.counters() + " " + wire.stack.nextTimerNs() + " "
                    + (wire.stack.engine().slabInUse() - flight));
            if (tcb != null) {
                told.add(tcb + " " + tcb.delivered() + " " + words(tcb));
                told.add(info(wire));
            }
        }

        private static List<Integer> words(final Tcb tcb) {
            final List<Integer> words = new ArrayList<>();
            // the first two may be an address
            for (int i = 2; i < Tcb.CC_WORDS; i++) {
                words.add(tcb.cc(i));
            }
            return words;
        }

        private static String info(final Wire wire) throws IllegalAccessException {
            final TcpInfo info = new TcpInfo();
            wire.tcp.info(wire.handle, info);
            final StringBuilder text = new StringBuilder();
            for (final Field field : TcpInfo.class.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    text.append(field.getName()).append('=').append(field.get(info)).append(' ');
                }
            }
            return text.toString();
        }
    }
}
