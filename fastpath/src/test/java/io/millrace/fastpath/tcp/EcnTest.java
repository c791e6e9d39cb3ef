package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.Ipv4Header;
import org.junit.jupiter.api.Test;

/** Explicit congestion notification, negotiation and the receiver's part: RFC 3168 §6.1. */
@OverBothFamilies
class EcnTest {
    private boolean asked;

    /** A connection of a peer that asks for ECN. */
    private Wire open(final TcpSettings.Ecn ecn) {
        return Wire.open(Wire.settings().ecn(ecn).build(), this::ask);
    }

    private Packet ask(final Packet packet) {
        if (asked || !packet.is("S")) {
            return packet;
        }
        asked = true;
        return packet.withFlags("EC");
    }

    private static Packet synAck(final TcpSettings.Ecn ecn, final String flags, final int field) {
        try (StackDriver stack = new StackDriver()) {
            stack.listen(80, 16, TcpSettings.DEFAULT.toBuilder().ecn(ecn).build());
            new Peer(stack, 40_000, 80, 5_000).with(packet -> packet.withEcn(field)).send(flags, new byte[0], 1_460,
                    -1);
            return stack.sent();
        }
    }

    private static Packet syn(final StackDriver stack, final TcpSettings.Ecn ecn) {
        stack.nextEphemeral(49_152);
        stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT.toBuilder().ecn(ecn).build(), new Peer.Events());
        return stack.sent();
    }

    /** Text of the peer with this mark. */
    private static void text(final Wire wire, final int offset, final String flags, final int field) {
        wire.peer.with(packet -> packet.withEcn(field));
        wire.peer.sendAt(flags, wire.first() + offset, wire.peer.ack(), Wire.bytes(offset, 100));
        wire.peer.with(packet -> packet);
    }

    @Test
    void shouldAgreeWhereThePeerAsks() {
        assertThat(synAck(TcpSettings.Ecn.PASSIVE, "SEC", 0).is("SAE")).isTrue();
        assertThat(synAck(TcpSettings.Ecn.ON, "SEC", 0).is("SAE")).isTrue();
    }

    @Test
    void shouldNotAgreeWhereItIsOff() {
        assertThat(synAck(TcpSettings.Ecn.OFF, "SEC", 0).is("SA")).isTrue();
    }

    @Test
    void shouldNotAgreeToHalfARequest() {
        assertThat(synAck(TcpSettings.Ecn.ON, "S", 0).is("SA")).isTrue();
        assertThat(synAck(TcpSettings.Ecn.ON, "SE", 0).is("SA")).isTrue();
        assertThat(synAck(TcpSettings.Ecn.ON, "SC", 0).is("SA")).isTrue();
    }

    @Test
    void shouldNotAgreeToASynThatIsMarkedItself() {
        assertThat(synAck(TcpSettings.Ecn.ON, "SEC", Ipv4Header.ECT_0).is("SA")).isTrue();
        assertThat(synAck(TcpSettings.Ecn.ON, "SEC", Ipv4Header.CE).is("SA")).isTrue();
    }

    @Test
    void shouldAskOnlyWhereItIsOn() {
        try (StackDriver stack = new StackDriver()) {
            assertThat(syn(stack, TcpSettings.Ecn.ON).is("SEC")).isTrue();
            assertThat(syn(stack, TcpSettings.Ecn.PASSIVE).is("S")).isTrue();
            assertThat(syn(stack, TcpSettings.Ecn.OFF).is("S")).isTrue();
        }
    }

    @Test
    void shouldNotAskAgainWhereTheSynGotLost() {
        try (StackDriver stack = new StackDriver()) {
            syn(stack, TcpSettings.Ecn.ON);
            assertThat(stack.awaitSent().is("S")).isTrue();
        }
    }

    @Test
    void shouldSendEcnCapableTextOnlyWhereBothAgree() {
        for (final String answer : new String[]{"SAE", "SA", "SAEC"}) {
            try (StackDriver stack = new StackDriver()) {
                stack.nextEphemeral(49_152);
                final long handle = stack.connect(Peer.ADDRESS, 80,
                        TcpSettings.DEFAULT.toBuilder().ecn(TcpSettings.Ecn.ON).build(), new Peer.Events());
                final Packet syn = stack.sent();
                assertThat(syn.extras().ecn()).isEqualTo(Ipv4Header.NOT_ECT);
                new Peer(stack, 80, 49_152, 5_000).expect(syn.seq() + 1).send(answer, new byte[0], 1_460, -1);
                assertThat(stack.sent().extras().ecn()).as("a pure ACK").isEqualTo(Ipv4Header.NOT_ECT);
                stack.send(handle, new byte[100]);
                assertThat(stack.sent().extras().ecn()).isEqualTo(answer.equals("SAE")
                        ? Ipv4Header.ECT_0
                        : Ipv4Header.NOT_ECT);
            }
        }
    }

    @Test
    void shouldNotMarkARetransmission() {
        try (Wire wire = open(TcpSettings.Ecn.PASSIVE)) {
            wire.send(100);
            assertThat(wire.stack.sent().extras().ecn()).isEqualTo(Ipv4Header.ECT_0);
            wire.untilSent();
            final Packet again = wire.stack.sent();
            assertThat(again.length()).isEqualTo(100);
            assertThat(again.extras().ecn()).isEqualTo(Ipv4Header.NOT_ECT);
        }
    }

    @Test
    void shouldNotMarkAWindowProbe() {
        try (Wire wire = open(TcpSettings.Ecn.PASSIVE)) {
            wire.peer.window(0);
            wire.ackBytes(0);
            wire.send(100);
            wire.untilSent();
            assertThat(wire.stack.sent().extras().ecn()).isEqualTo(Ipv4Header.NOT_ECT);
        }
    }

    @Test
    void shouldEchoAMarkAtOnceUntilThePeerHasReduced() {
        try (Wire wire = open(TcpSettings.Ecn.PASSIVE)) {
            text(wire, 0, "A", Ipv4Header.ECT_0);
            assertThat(wire.stack.allSent()).isEmpty();
            text(wire, 100, "A", Ipv4Header.CE);
            assertThat(wire.stack.sent().is("AE")).isTrue();
            assertThat(wire.stack.counter(Counter.TCP_CONGESTION_EXPERIENCED)).isEqualTo(1);
            wire.send(10);
            assertThat(wire.stack.sent().has("E")).as("on text too").isTrue();
            text(wire, 200, "A", Ipv4Header.ECT_0);
            wire.stack.advanceMs(50);
            assertThat(wire.stack.allSent()).allSatisfy(packet -> assertThat(packet.has("E")).isTrue());
            text(wire, 300, "AC", Ipv4Header.ECT_0);
            assertThat(wire.stack.sent().is("A")).isTrue();
        }
    }

    @Test
    void shouldEchoAMarkOnTheSegmentThatSaysReduced() {
        try (Wire wire = open(TcpSettings.Ecn.PASSIVE)) {
            text(wire, 0, "A", Ipv4Header.CE);
            wire.stack.allSent();
            text(wire, 100, "AC", Ipv4Header.CE);
            assertThat(wire.stack.sent().is("AE")).isTrue();
        }
    }

    @Test
    void shouldIgnoreTheMarkOfTextThatIsNotNew() {
        try (Wire wire = open(TcpSettings.Ecn.PASSIVE)) {
            text(wire, 0, "A", Ipv4Header.ECT_0);
            wire.stack.advanceMs(50);
            wire.stack.allSent();
            text(wire, 0, "A", Ipv4Header.CE);
            assertThat(wire.stack.sent().is("A")).isTrue();
        }
    }

    @Test
    void shouldIgnoreMarksWithoutAgreement() {
        try (Wire wire = Wire.open()) {
            text(wire, 0, "A", Ipv4Header.CE);
            wire.stack.advanceMs(50);
            assertThat(wire.stack.sent().is("A")).isTrue();
        }
    }
}
