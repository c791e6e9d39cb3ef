package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.IcmpErrors;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The retransmission timer: RFC 6298 §5, RFC 9293 §3.8.1 to §3.8.3. */
@OverBothFamilies
class RetransmissionTest {
    private static final long MS = 1_000_000;

    private static void assertAbout(final long actualNs, final long expectedMs) {
        assertThat(actualNs).isBetween(expectedMs * MS, expectedMs * MS + 65_536);
    }

    /** Answers everything sent after so long. */
    private static void roundTrip(final Wire wire, final int upTo, final long ms) {
        wire.stack.advanceMs(ms);
        wire.ackBytes(upTo);
        wire.sent();
    }

    @Test
    void shouldRetransmitAfterTheRtoAndDoubleIt() {
        try (Wire wire = Wire.open()) {
            wire.send(100);
            assertAbout(wire.untilSent(), 200);
            assertAbout(wire.untilSent(), 400);
            assertAbout(wire.untilSent(), 800);
            assertThat(wire.sent()).containsExactly("0+100", "0+100", "0+100", "0+100");
            assertThat(wire.stack.counter(Counter.TCP_RETRANSMITS)).isEqualTo(3);
            assertThat(wire.stack.counter(Counter.TCP_TIMEOUTS)).isEqualTo(3);
        }
    }

    @Test
    void shouldMeasureTheRoundTrip() {
        try (Wire wire = Wire.open()) {
            // the handshake took no time: SRTT 1 ns, then one sample of 800 ms
            wire.send(100);
            roundTrip(wire, 100, 150);
            wire.send(100);
            // SRTT = 150 / 8, 4 RTTVAR = 150: the smallest RTO bounds the variance
            assertThat(wire.untilSent()).isBetween(200 * MS + 150 * MS / 8, 200 * MS + 150 * MS / 8 + 70_000);
        }
    }

    @Test
    void shouldAdaptTheRtoToLongRoundTrips() {
        final StackDriver stack = new StackDriver();
        final StackDriver.Listener listener = stack.listen(80, 16, Wire.settings().build());
        try (stack) {
            final Peer peer = new Peer(stack, 40_000, 80, 1);
            peer.send("S", new byte[0], 1_460, -1);
            stack.advanceMs(400);
            peer.seq(2).expect(stack.sent().seq() + 1);
            peer.send("A", new byte[0], -1, -1);
            final long handle = listener.accept(stack, new Peer.Events());
            stack.send(handle, new byte[10]);
            // SRTT 400 ms, RTTVAR 200 ms
            stack.advanceMs(1_199);
            assertThat(stack.allSent()).hasSize(1);
            stack.advanceMs(2);
            assertThat(stack.allSent()).hasSize(1);
        }
    }

    @Test
    void shouldTakeNoSampleFromARetransmittedSegment() {
        try (Wire wire = Wire.open()) {
            wire.send(100);
            wire.untilSent();
            roundTrip(wire, 100, 390);
            wire.send(100);
            // Karn: 590 ms would have made it longer; the backed-off RTO stays (RFC 6298 §5.7)
            assertAbout(wire.untilSent(), 400);
        }
    }

    @Test
    void shouldTakeTheBackOffBackWithTheNextSample() {
        try (Wire wire = Wire.open()) {
            wire.send(100);
            wire.untilSent();
            roundTrip(wire, 100, 10);
            wire.send(100);
            roundTrip(wire, 200, 10);
            wire.send(100);
            assertThat(wire.untilSent()).isBetween(200 * MS + 10 * MS / 8, 200 * MS + 10 * MS / 8 + 70_000);
        }
    }

    @Test
    void shouldRestartTheTimerWhenNewDataIsAcknowledged() {
        try (Wire wire = Wire.open()) {
            wire.send(200);
            wire.send(200);
            wire.stack.advanceMs(150);
            wire.ackBytes(200);
            wire.sent();
            assertThat(wire.untilSent()).isBetween(200 * MS + 150 * MS / 8, 200 * MS + 150 * MS / 8 + 70_000);
            assertThat(wire.sent()).containsExactly("200+200");
        }
    }

    @Test
    void shouldNotRestartTheTimerForADuplicate() {
        try (Wire wire = Wire.open()) {
            wire.send(200);
            wire.stack.advanceMs(150);
            wire.ackBytes(0);
            wire.sent();
            assertAbout(wire.untilSent(), 50);
        }
    }

    @Test
    void shouldGiveUpWithAResetAndTellTimedOut() {
        try (Wire wire = Wire.open(Wire.settings().retries(4).build())) {
            final List<TcpFailure> reasons = new ArrayList<>();
            wire.tcp.attach(wire.handle, (connection, events) -> reasons.add(wire.tcp.failure(connection)));
            wire.send(100);
            for (int i = 0; i < 4; i++) {
                wire.untilSent();
            }
            assertThat(wire.sent()).hasSize(5);
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("100+0R");
            assertThat(reasons).containsExactly(TcpFailure.TIMED_OUT);
            assertThat(wire.stack.engine().connections()).isZero();
            assertThat(wire.stack.engine().slabInUse()).isZero();
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldBeginToCountAnewWithProgress() {
        try (Wire wire = Wire.open(Wire.settings().retries(3).build())) {
            for (int round = 1; round <= 5; round++) {
                wire.send(100);
                wire.untilSent();
                wire.untilSent();
                wire.untilSent();
                wire.ackBytes(round * 100);
            }
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void shouldRetransmitAFin() {
        try (Wire wire = Wire.open()) {
            wire.send(100);
            wire.tcp.shutdownOutput(wire.handle);
            wire.stack.run();
            assertThat(wire.sent()).containsExactly("0+100", "100+0F");
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+100F");
            wire.ackBytes(100);
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("100+0F");
        }
    }

    @Test
    void shouldGoBackAndSendTheWholeWindowAgain() {
        try (Wire wire = Wire.open()) {
            wire.send(5_840);
            assertThat(wire.sent()).hasSize(4);
            wire.untilSent();
            assertThat(wire.sent()).as("the window is one segment").containsExactly("0+1460");
            wire.ackBytes(1_460);
            assertThat(wire.sent()).containsExactly("1460+1460", "2920+1460");
            wire.ackBytes(5_840);
            assertThat(wire.sent()).isEmpty();
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldSkipWhatThePeerHasReceivedBehindTheGap() {
        try (Wire wire = Wire.open()) {
            wire.send(5_840);
            wire.untilSent();
            wire.sent();
            wire.ackBytes(4_380);
            assertThat(wire.sent()).containsExactly("4380+1460");
        }
    }

    @Test
    void shouldUseThreeSecondsAfterALostSyn() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 16, Wire.settings().build());
            final Peer peer = new Peer(stack, 40_000, 80, 1);
            peer.send("S", new byte[0], 1_460, -1);
            stack.advanceMs(1_001);
            assertThat(stack.allSent()).as("the SYN-ACK, twice").hasSize(2);
            peer.seq(2).expect(Wire.ISS + 1);
            peer.send("A", new byte[0], -1, -1);
            final long handle = listener.accept(stack, new Peer.Events());
            stack.send(handle, new byte[5_000]);
            assertThat(stack.allSent()).as("initial window of one segment").hasSize(1);
            stack.advanceMs(2_999);
            assertThat(stack.allSent()).isEmpty();
            stack.advanceMs(2);
            assertThat(stack.allSent()).hasSize(1);
        }
    }

    @Test
    void shouldRetransmitTheSynWithBackoffAndGiveUp() {
        try (StackDriver stack = new StackDriver()) {
            final Peer.Events events = new Peer.Events();
            stack.connect("10.0.0.2", 80, Wire.settings().synRetries(2).build(), events);
            stack.advanceMs(1_001);
            stack.advanceMs(2_001);
            assertThat(stack.allSent()).hasSize(3).allMatch(packet -> packet.is("S"));
            assertThat(events.took(ConnectionHandler.FAILED)).isFalse();
            stack.advanceMs(4_001);
            assertThat(stack.allSent()).isEmpty();
            assertThat(events.took(ConnectionHandler.FAILED)).isTrue();
            assertThat(stack.counter(Counter.TCP_SYN_RETRANSMITS)).isEqualTo(2);
            assertThat(stack.engine().connections()).isZero();
        }
    }

    @Test
    void shouldSendNoUnsentByteInAFastRetransmission() {
        try (Wire wire = Wire.open(Wire.settings().noDelay(false).build())) {
            wire.send(100);
            wire.send(300);
            assertThat(wire.sent()).as("Nagle holds the second").containsExactly("0+100");
            wire.ackBytes(0);
            wire.ackBytes(0);
            wire.ackBytes(0);
            assertThat(wire.sent()).containsExactly("0+100");
            wire.ackBytes(100);
            assertThat(wire.sent()).containsExactly("100+300");
            wire.ackBytes(400);
            assertThat(wire.tcp.unacknowledged(wire.handle)).isZero();
        }
    }

    /** A router says that the network of the segment sent last cannot be reached. */
    private static void unreachable(final Wire wire) {
        wire.stack.inject(IcmpErrors.unreachable(wire.stack.sent()));
    }

    @Test
    void shouldTellWhatIcmpSaidWhenItTimesOut() {
        try (Wire wire = Wire.open(Wire.settings().retries(2).build())) {
            final List<TcpFailure> reasons = new ArrayList<>();
            wire.tcp.attach(wire.handle, (connection, events) -> reasons.add(wire.tcp.failure(connection)));
            wire.send(100);
            unreachable(wire);
            assertThat(wire.tcp.state(wire.handle)).as("a soft error").isEqualTo(TcpState.ESTABLISHED);
            wire.untilSent();
            wire.untilSent();
            wire.untilSent();
            assertThat(reasons).containsExactly(TcpFailure.NETWORK_UNREACHABLE);
        }
    }

    @Test
    void shouldForgetWhatIcmpSaidOnceThePathWorks() {
        try (Wire wire = Wire.open(Wire.settings().retries(1).build())) {
            final List<TcpFailure> reasons = new ArrayList<>();
            wire.tcp.attach(wire.handle, (connection, events) -> reasons.add(wire.tcp.failure(connection)));
            wire.send(100);
            unreachable(wire);
            wire.ackBytes(100);
            wire.send(100);
            wire.untilSent();
            wire.untilSent();
            assertThat(reasons).containsExactly(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void shouldRefuseAnAcknowledgementOfWhatWasNeverSent() {
        try (Wire wire = Wire.open()) {
            wire.send(100);
            final Packet sent = wire.stack.sent();
            assertThat(sent.length()).isEqualTo(100);
            wire.ackBytes(101);
            assertThat(wire.stack.counter(Counter.TCP_BAD_ACK)).isEqualTo(1);
            assertThat(wire.tcp.unacknowledged(wire.handle)).isEqualTo(100);
        }
    }
}
