package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.fastpath.tcp.recovery.ScoreboardInvariants;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.StackDriver;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A conversation, each text of which acknowledges the one before, by the short ways and by the steps one by one, on the same
 * seeds: what leaves, what is counted and told, and every word of the TCB is the same.
 * <p>
 * Not the short way in, {@link HeaderPrediction}, takes a segment with ECE, which on a connection without ECN says nothing
 * else; not the short way out, {@link PlainText}, takes what is sent over a link that was told of how long its packets may be,
 * be it as long as ever.
 */
@OverBothFamilies
class AnswerEquivalenceTest {
    private static final int SEEDS = 40;
    private static final int STEPS = 120;
    /** Bytes in which every header of IP lies. */
    private static final int IP_HEADER = 40;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldTakeTheSame(final int options) {
        int answers = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            final Run predicted = new Run(seed, options, "", false, false);
            final Run stepByStep = new Run(seed, options, "E", false, false);
            assertThat(predicted.told).as("seed " + seed).isEqualTo(stepByStep.told);
            answers += predicted.answers;
        }
        assertThat(answers).isGreaterThan(SEEDS * STEPS / 12);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldSendTheSame(final int options) {
        int alone = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            final Run plain = new Run(seed, options, "", true, false);
            final Run stepByStep = new Run(seed, options, "", true, true);
            assertThat(plain.told).as("seed " + seed).isEqualTo(stepByStep.told);
            alone += plain.alone;
        }
        assertThat(alone).isGreaterThan(SEEDS * STEPS / 8);
    }

    /** What a peer and an application say to each other, and what the stack makes of it, step by step. */
    private static final class Run {
        final List<String> told = new ArrayList<>();
        /** Texts that came while one segment was in flight, and acknowledged it. */
        int answers;
        /** Texts that were to be sent while nothing was in flight. */
        int alone;
        private final String flags;
        private final boolean sending;
        private final boolean sack;
        private final boolean timestamps;
        private final Random random;
        private int stamp = 1;
        private int echo;
        private int said;
        private int acknowledged;

        /** @param sending what only the way out asks about is odd, too. @param linkTold the link was told of. */
        Run(final int seed, final int options, final String flags, final boolean sending, final boolean linkTold) {
            this.flags = flags;
            this.sending = sending;
            sack = (options & 1) != 0;
            timestamps = (options & 2) != 0;
            random = new Random(seed);
            final List<String> controls = CongestionControls.names();
            final TcpSettings.AckPolicy[] policies = TcpSettings.AckPolicy.values();
            final TcpSettings settings = Wire.settings().noDelay(seed % 5 != 0)
                    .ackPolicy(policies[seed % policies.length])
                    .congestionControl(controls.get(seed % controls.size())).pacing(seed % 7 == 0)
                    .autotune(seed % 2 == 0).sendBuffer(seed % 3 == 0 ? 1_024 : 1 << 20)
                    .initialSendBuffer(16_384)
                    .userTimeoutNs(seed % 11 == 0 ? 3_000_000_000L : 0).trafficClass(seed % 4 == 0 ? 0xB8 : 0).build();
            try (Wire wire = Wire.open(settings, this::on)) {
                final TcpContext context = ((UserCalls) wire.tcp).context();
                if (linkTold) {
                    wire.stack.engine().commands().linkMtuV4(0, StackDriver.MTU);
                }
                wire.stack.run();
                for (int i = 0; i < STEPS; i++) {
                    if (i == STEPS - 5) {
                        wire.tcp.shutdownOutput(wire.handle);
                    }
                    step(wire, context.connections.find(wire.handle));
                    tell(wire, context.connections.find(wire.handle));
                }
            }
        }

        private Packet on(final Packet packet) {
            final boolean first = packet.has("S");
            final Packet stamped = timestamps ? packet.withTimestamps(stamp, first ? 0 : echo) : packet;
            final Packet permitted = first && sack ? stamped.withSackPermitted() : stamped;
            return first ? permitted : permitted.withFlags(flags);
        }

        private void step(final Wire wire, final @Nullable Tcb tcb) {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6 -> converse(wire, tcb);
                case 7 -> say(wire, tcb, 0, random.nextInt(3) - 1);
                case 8 -> say(wire, tcb, random.nextInt(500) - 250, 0);
                case 9 -> wire.send(1 + random.nextInt(random.nextInt(6) == 0 ? 9_000 : 1_200));
                case 10 -> wire.receive();
                case 11 -> wire.peer.window(random.nextInt(6) == 0 ? 0 : 1 << 4 + random.nextInt(12));
                case 12 -> wire.stack.advanceMs(1 + random.nextInt(random.nextInt(8) == 0 ? 2_000 : 60));
                case 13 -> queue(wire);
                case 14 -> odd(wire, tcb);
                case 15 -> stamp += random.nextInt(5) - 1;
                case 16 -> oddAlone(wire, tcb);
                default -> converse(wire, tcb);
            }
        }

        /** The peer answers what it has, and is answered. */
        private void converse(final Wire wire, final @Nullable Tcb tcb) {
            say(wire, tcb, 0, 0);
            wire.receive();
            final int length = 1 + random.nextInt(900);
            if (tcb != null && !tcb.has(Tcb.SHELL)) {
                wire.tcp.send(wire.handle, wire.stack.scratch(), length);
                alone += PlainText.isAlone(tcb, tcb.sndEnd() - tcb.sndNxt()) ? 1 : 0;
            }
            wire.tcp.flush(wire.handle);
            wire.stack.run();
        }

        /** @param ahead of the next byte. @param more than was sent is acknowledged. */
        private void say(final Wire wire, final @Nullable Tcb tcb, final int ahead, final int more) {
            final boolean lone = tcb != null && ScoreboardInvariants.isLone(tcb);
            final int most = tcb == null ? acknowledged : tcb.sndMax() - Wire.ISS - 1;
            acknowledged = Math.max(acknowledged, random.nextInt(8) == 0 ? acknowledged : most);
            final int from = Math.max(0, said + ahead);
            final int length = 1 + random.nextInt(400);
            answers += lone && acknowledged == most && ahead == 0 && more == 0 ? 1 : 0;
            wire.peer.sendAt("A", wire.first() + from, Wire.ISS + 1 + acknowledged + more, Wire.bytes(from, length));
            said = Math.max(said, ahead > 0 ? said : from + length);
        }

        /** The application gives what the engine has had no turn to send yet when the answer comes. */
        private void queue(final Wire wire) {
            wire.tcp.send(wire.handle, wire.stack.scratch(), 1 + random.nextInt(2_000));
        }

        /** What a connection has come to know, and forgets where something is acknowledged. */
        private void odd(final Wire wire, final @Nullable Tcb tcb) {
            if (tcb != null && !tcb.has(Tcb.SHELL)) {
                switch (random.nextInt(7)) {
                    case 0 -> largerWindow(wire, tcb);
                    case 3, 4 -> wire.tcp.cork(wire.handle, random.nextBoolean());
                    case 5 -> wire.tcp.noDelay(wire.handle, random.nextBoolean());
                    case 1 -> tcb.softFailure(TcpFailure.NETWORK_UNREACHABLE.ordinal());
                    case 2 -> tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_BLACK_HOLE);
                    default -> tcb.retransmits(1);
                }
            }
        }

        /** The largest window that the peer ever announced comes with an answer. */
        private void largerWindow(final Wire wire, final Tcb tcb) {
            wire.peer.window(1 << 10);
            converse(wire, tcb);
            tcb.maxSndWnd(tcb.sndWnd());
            wire.peer.window(1 << 12);
            say(wire, tcb, 0, 0);
        }

        /** A text that is alone, on a connection about which something is odd. */
        private void oddAlone(final Wire wire, final @Nullable Tcb tcb) {
            say(wire, tcb, 0, 0);
            if (sending && tcb != null && !tcb.has(Tcb.SHELL)) {
                final int length = 1 + random.nextInt(700);
                switch (random.nextInt(10)) {
                    case 0 -> tcb.set(Tcb.OVERRIDE);
                    case 1 -> tcb.sndMss(tcb.fullMss() / 2);
                    case 2 -> tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_FRAGMENTABLE);
                    case 3 -> tcb.flags(tcb.flags() ^ Tcb.ECN);
                    case 4 -> tcb.set(Tcb.ECE_OWED);
                    case 5 -> wire.tcp.sendHeld(wire.handle, new byte[length], 0, length, text -> {}, this);
                    case 6 -> tcb.cwnd(1 + random.nextInt(length));
                    case 7 -> tcb.set(Tcb.PROBING);
                    case 8 -> {
                        tcb.cwnd(1 << 20);
                        wire.stack.advanceMs(10_000);
                    }
                    default -> wire.peer.window(1 + random.nextInt(length));
                }
                wire.send(length);
            }
        }

        private void tell(final Wire wire, final @Nullable Tcb tcb) {
            for (byte[] sent = wire.stack.port().poll(); sent != null; sent = wire.stack.port().poll()) {
                told.add(HexFormat.of().formatHex(sent, 0, IP_HEADER) + " " + Packet.of(sent));
                echo = (int) (wire.stack.nowNs() / 1_000_000);
            }
            told.add(wire.stack.counters() + " " + wire.stack.nextTimerNs() + " " + wire.stack.engine().slabInUse());
            for (int event = 1; event != 0; event <<= 1) {
                told.add(event + " " + wire.events.took(event));
            }
            if (tcb != null) {
                told.add(tcb + " " + words(tcb));
            }
        }

        /** Where memory lies is not the same in both runs. */
        private static List<String> words(final Tcb tcb) {
            final List<String> words = new ArrayList<>();
            final long address = tcb.firstTimer() - Tcb.TIMERS_OFFSET;
            for (int i = 0; i < Tcb.LENGTH; i += Long.BYTES) {
                final long word = Memory.getLong(address + i);
                final boolean block = word != 0 && (word == tcb.sndRing() || word == tcb.rcvRing()
                        || word == tcb.outOfOrder() || word == tcb.ccAddress());
                final boolean flight = word != 0 && word == tcb.flight();
                words.add(block ? "block" : flight ? "flight " + (word & 15) : Long.toHexString(word));
            }
            return words;
        }
    }
}
