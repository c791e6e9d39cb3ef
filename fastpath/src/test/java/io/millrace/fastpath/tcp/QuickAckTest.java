package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;

/** When in-order text is acknowledged, by policy: RFC 9293 §3.8.6.3; quick acknowledgements as Linux has them. */
@OverBothFamilies
class QuickAckTest {
    private static final int MSS = 1_460;

    private static Wire open(final AckPolicy policy) {
        return Wire.open(Wire.settings().ackPolicy(policy).build());
    }

    /** Segments that were acknowledged at once, of so many that arrive one by one and are read. */
    private static long quick(final Wire wire, final int from, final int segments) {
        long at = 0;
        for (int i = from; i < from + segments; i++) {
            wire.dataAt(i * MSS, MSS);
            at += wire.acks().size();
            wire.receive();
        }
        return at;
    }

    @Test
    void shouldAcknowledgeTheFirstSixteenSegmentsAtOnce() {
        try (Wire wire = open(AckPolicy.QUICK)) {
            assertThat(quick(wire, 0, 16)).isEqualTo(16);
            assertThat(quick(wire, 16, 10)).as("every second one").isEqualTo(5);
        }
    }

    @Test
    void shouldBeQuickAgainAfterSilence() {
        try (Wire wire = open(AckPolicy.QUICK)) {
            quick(wire, 0, 20);
            wire.stack.advanceMs(1_100);
            wire.acks();
            assertThat(quick(wire, 20, 4)).isEqualTo(4);
        }
    }

    @Test
    void shouldBeQuickAgainAfterADuplicate() {
        try (Wire wire = open(AckPolicy.QUICK)) {
            quick(wire, 0, 20);
            wire.dataAt(0, MSS);
            wire.acks();
            assertThat(quick(wire, 20, 4)).isEqualTo(4);
        }
    }

    @Test
    void shouldStopBeingQuickWhereAnswersCarryTheAcknowledgement() {
        try (Wire wire = open(AckPolicy.QUICK)) {
            final boolean[] answering = {true};
            wire.tcp.attach(wire.handle, (connection, events) -> {
                wire.stack.received(connection, 1_000);
                if (answering[0]) {
                    wire.tcp.send(connection, wire.stack.scratch(), 10);
                    wire.tcp.flush(connection);
                }
            });
            wire.dataAt(0, 100);
            assertThat(wire.stack.allSent()).extracting(Packet::length).containsExactly(10);
            answering[0] = false;
            wire.dataAt(100, 100);
            assertThat(wire.stack.allSent()).as("an answer may follow").isEmpty();
        }
    }

    @Test
    void shouldAcknowledgeEachBurstWithoutDelay() {
        try (Wire wire = open(AckPolicy.EVERY)) {
            quick(wire, 0, 40);
            assertThat(quick(wire, 40, 10)).isEqualTo(10);
        }
    }

    @Test
    void shouldDelayTheFirstWherePolicySaysSo() {
        try (Wire wire = open(AckPolicy.DELAYED)) {
            assertThat(quick(wire, 0, 10)).isEqualTo(5);
        }
    }

    /** A server channel accepts after the engine's turn. */
    @Test
    void shouldLetTheFirstAcknowledgementWaitATurnForTheAnswerOfWhoAccepts() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = requested(stack);
            listener.accept(stack, (connection, events) -> {
                if (stack.received(connection, 1_000) != null) {
                    stack.tcp().send(connection, stack.scratch(), 10);
                    stack.tcp().flush(connection);
                }
            });
            assertThat(stack.allSent()).extracting(Packet::length).containsExactly(10);
        }
    }

    @Test
    void shouldAcknowledgeInTheNextTurnWhereNobodyAccepts() {
        try (StackDriver stack = new StackDriver()) {
            requested(stack);
            assertThat(stack.engine().nextDeadlineNs()).as("now").isLessThanOrEqualTo(stack.nowNs());
            stack.engine().doWork();
            assertThat(stack.allSent()).extracting(packet -> packet.ack() - Wire.PEER_ISS - 1).containsExactly(100);
            inject(stack, 100);
            assertThat(stack.allSent()).as("only the first waits").hasSize(1);
        }
    }

    /** A connection that nobody has accepted yet, whose request came in the turn that is just over. */
    private static StackDriver.Listener requested(final StackDriver stack) {
        final StackDriver.Listener listener = stack.listen(80, 16,
                Wire.settings().ackPolicy(AckPolicy.QUICK).build());
        new Peer(stack, 40_000, 80, Wire.PEER_ISS).open(MSS);
        inject(stack, 0);
        assertThat(stack.allSent()).isEmpty();
        return listener;
    }

    /** 100 bytes of the peer, in one turn. */
    private static void inject(final StackDriver stack, final int offset) {
        stack.port().inject(new Packet(Packet.address("10.0.0.2"), 40_000, Packet.address("10.0.0.1"), 80,
                Wire.PEER_ISS + 1 + offset, Wire.ISS + 1, Packet.flags("A"), 65_535, 0, -1, -1,
                Wire.bytes(offset, 100)).toBytes());
        stack.engine().doWork();
    }

    @Test
    void shouldNotStretchAnAcknowledgementOverMoreThanAVirtualSegment() {
        try (Wire wire = Wire.open(Wire.settings().receiveBuffer(1 << 20).build(), 7, 65_535)) {
            wire.dataAt(0, MSS);
            wire.dataAt(MSS, MSS);
            wire.acks();
            for (int i = 2; i < 62; i++) {
                wire.stack.port().inject(new Packet(Packet.address("10.0.0.2"), 40_000, Packet.address("10.0.0.1"), 80,
                        wire.first() + i * MSS, wire.peer.ack(), Packet.flags("A"), 65_535, 0, -1, -1,
                        Wire.bytes(i * MSS, MSS)).toBytes());
            }
            wire.stack.run();
            assertThat(wire.acks()).containsExactly((2 + Acknowledgement.MOST_SEGMENTS + 1) * MSS, 62 * MSS);
        }
    }
}
