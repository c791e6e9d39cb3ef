package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The short way of {@link HeaderPrediction} against the steps of RFC 9293 one by one, on the same seeds: a segment with ECE
 * goes the long way, and on a connection without ECN the flag says nothing else.
 */
@OverBothFamilies
class HeaderPredictionEquivalenceTest {
    private static final int SEEDS = 40;
    private static final int STEPS = 120;

    private enum Options {
        NONE,
        SACK,
        TIMESTAMPS,
        BOTH;

        Packet on(final Packet packet, final int now, final int echo) {
            final boolean first = packet.has("S");
            final Packet stamped = ordinal() < TIMESTAMPS.ordinal() ? packet : packet.withTimestamps(now, echo);
            return first && (this == SACK || this == BOTH) ? stamped.withSackPermitted() : stamped;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldComeToTheSame(final Options options) {
        for (int seed = 0; seed < SEEDS; seed++) {
            final Run predicted = new Run(seed, options, UnaryOperator.identity());
            final Run stepByStep = new Run(seed, options,
                    packet -> packet.has("S") ? packet : packet.withFlags("E"));
            assertThat(predicted.told).as("seed " + seed).isEqualTo(stepByStep.told);
            assertThat(predicted.told).anyMatch(line -> line.contains(Counter.TCP_BYTES_RECEIVED.name()));
        }
    }

    /** What a peer does, and what the stack makes of it, step by step. */
    private static final class Run {
        final List<String> told = new ArrayList<>();
        private final Random random;
        private final TcpInfo info = new TcpInfo();
        private int stamp = 1;
        private int echo;
        private int sent;
        private int received;
        private int acknowledged;

        Run(final int seed, final Options options, final UnaryOperator<Packet> way) {
            random = new Random(seed);
            final TcpSettings.AckPolicy policy = TcpSettings.AckPolicy.values()[seed
                    % TcpSettings.AckPolicy.values().length];
            final TcpSettings settings = Wire.settings().ackPolicy(policy).autotune(seed % 2 == 0).build();
            try (Wire wire = Wire.open(settings, packet -> way.apply(options.on(packet, stamp, echo)))) {
                for (int i = 0; i < STEPS; i++) {
                    step(wire);
                    tell(wire);
                }
            }
        }

        private void step(final Wire wire) {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3, 4 -> text(wire, 0, 1 + random.nextInt(Wire.MSS));
                case 5 -> text(wire, random.nextInt(3 * Wire.MSS) - Wire.MSS, 1 + random.nextInt(Wire.MSS));
                case 6 -> wire.receive();
                case 7 -> sent += Math.max(0, wire.send(1 + random.nextInt(4_000)));
                case 8 -> {
                    acknowledged += random.nextInt(sent - acknowledged + 1);
                    wire.peer.ack(Wire.ISS + 1 + acknowledged);
                }
                case 9 -> wire.peer.window(random.nextInt(4) == 0 ? 0 : 1 << random.nextInt(16));
                case 10 -> wire.stack.advanceMs(1 + random.nextInt(300));
                default -> stamp += random.nextInt(5) - 1;
            }
        }

        /** Bytes from so far behind the last ones on. */
        private void text(final Wire wire, final int ahead, final int length) {
            final int from = Math.max(0, received + ahead);
            wire.peer.sendAt("A", wire.first() + from, Wire.ISS + 1 + acknowledged, Wire.bytes(from, length));
            received = Math.max(received, ahead > 0 ? received : from + length);
        }

        private void tell(final Wire wire) {
            for (final Packet packet : wire.stack.allSent()) {
                told.add(packet.toString());
                echo = (int) (wire.stack.nowNs() / 1_000_000);
            }
            wire.tcp.info(wire.handle, info);
            told.add("round trip of what is received " + info.receiveRttNs() + ", the last segment "
                    + info.sinceReceivedNs() + " ns ago");
            told.add(
                    wire.stack.counters() + " " + wire.stack.nextTimerNs() + " " + wire.stack.engine().slabInUse() + " "
                            + wire.events.took(-1));
        }
    }
}
