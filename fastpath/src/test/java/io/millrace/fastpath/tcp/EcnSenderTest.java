package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.Ipv4Header;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the sender makes of an echo of congestion: RFC 3168 §6.1.1 and §6.1.2. */
@OverBothFamilies
class EcnSenderTest {
    private static final int MSS = Wire.MSS;

    private static Wire open() {
        return Wire.open(Wire.settings().congestionControl("newreno").build(),
                packet -> packet.is("S") ? packet.withFlags("EC") : packet);
    }

    /** The peer acknowledges so many segments in all, and echoes congestion. */
    private static List<Packet> echo(final Wire wire, final int segments) {
        wire.peer.with(packet -> packet.withFlags("E"));
        wire.ackBytes(segments * MSS);
        wire.peer.with(packet -> packet);
        return wire.stack.allSent();
    }

    @Test
    void shouldReduceTheWindowOnceForTheEchoesOfAWindow() {
        try (Wire wire = open()) {
            wire.send(200_000);
            assertThat(wire.stack.allSent()).hasSize(10);
            // ten were in flight, and RFC 8511 leaves 0.8 of them
            assertThat(echo(wire, 2)).isEmpty();
            for (int acked = 3; acked <= 9; acked++) {
                assertThat(echo(wire, acked)).as("one out, one in").hasSize(1);
            }
        }
    }

    @Test
    void shouldReduceAgainForTheNextWindow() {
        try (Wire wire = open()) {
            wire.send(200_000);
            wire.stack.allSent();
            for (int acked = 2; acked <= 10; acked++) {
                echo(wire, acked);
            }
            // sent after the reduction, and marked again: 0.8 of 0.8
            assertThat(echo(wire, 11)).isEmpty();
        }
    }

    @Test
    void shouldSayReducedOnTheFirstNewSegmentOnly() {
        try (Wire wire = open()) {
            wire.send(200_000);
            assertThat(wire.stack.allSent()).noneMatch(packet -> packet.has("C"));
            echo(wire, 2);
            assertThat(echo(wire, 3)).singleElement().matches(packet -> packet.has("C"))
                    .matches(packet -> packet.extras().ecn() == Ipv4Header.ECT_0);
            assertThat(echo(wire, 4)).singleElement().matches(packet -> !packet.has("C"));
        }
    }

    @Test
    void shouldSayReducedAfterALossButNotOnTheRetransmission() {
        try (Wire wire = open()) {
            wire.send(200_000);
            wire.stack.allSent();
            for (int i = 0; i < 12; i++) {
                wire.ackBytes(0);
            }
            final List<Packet> sent = wire.stack.allSent();
            final Packet again = sent.stream().filter(packet -> packet.seq() == Wire.ISS + 1).findFirst().orElseThrow();
            assertThat(again.has("C")).isFalse();
            assertThat(again.extras().ecn()).isEqualTo(Ipv4Header.NOT_ECT);
            final List<Packet> after = sent.subList(sent.indexOf(again) + 1, sent.size());
            assertThat(after).isNotEmpty();
            assertThat(after.getFirst().has("C")).isTrue();
            assertThat(after.subList(1, after.size())).noneMatch(packet -> packet.has("C"));
        }
    }

    /** The SYN was sent again without the flags: what answers the first must not bring ECN back. */
    @Test
    void shouldNotUseEcnOnceItHasAskedWithoutIt() {
        try (StackDriver stack = new StackDriver()) {
            stack.nextEphemeral(49_152);
            final long handle = stack.connect(Peer.ADDRESS, 80,
                    TcpSettings.DEFAULT.toBuilder().ecn(TcpSettings.Ecn.ON).build(), new Peer.Events());
            assertThat(stack.sent().is("SEC")).isTrue();
            final Packet again = stack.awaitSent();
            assertThat(again.is("S")).isTrue();
            new Peer(stack, 80, 49_152, 5_000).expect(again.seq() + 1).send("SAE", new byte[0], 1_460, -1);
            stack.allSent();
            stack.send(handle, new byte[100]);
            assertThat(stack.sent().extras().ecn()).isEqualTo(Ipv4Header.NOT_ECT);
        }
    }

    /** RFC 4015 §3.2: congestion there was, even where all that was sent again was needless. */
    @ParameterizedTest
    @CsvSource({"'', E", "E, ''"})
    void shouldNotTakeBackWhatATimeoutFollowsWhereAnEchoCameInTheRecovery(final String early, final String late) {
        try (Wire wire = Wire.open(
                Wire.settings().congestionControl("newreno").forwardRtoRecovery(false).build(), packet -> packet.is("S")
                        ? packet.withFlags("EC").withSackPermitted()
                        : packet)) {
            wire.send(10 * MSS);
            wire.stack.advanceMs(100);
            final int first = Wire.ISS + 1;
            sack(wire, "", 0, first + MSS, first + 9 * MSS);
            sack(wire, early, 0, first + MSS, first + 10 * MSS);
            sack(wire, late, 0, first + MSS, first + 10 * MSS);
            while (wire.stack.counter(Counter.TCP_TIMEOUTS) == 0) {
                wire.stack.toNextTimer();
            }
            sack(wire, "", 10, first, first + MSS);
            sack(wire, "", 10, first, first + MSS);
            assertThat(wire.stack.counter(Counter.TCP_DSACKS_RECEIVED)).isPositive();
            assertThat(wire.stack.counter(Counter.TCP_SPURIOUS_RECOVERIES)).isZero();
        }
    }

    private static void sack(final Wire wire, final String flags, final int segments, final int left,
            final int right) {
        wire.peer.with(packet -> packet.withFlags(flags).withSack(left, right));
        wire.ackBytes(segments * MSS);
    }
}
