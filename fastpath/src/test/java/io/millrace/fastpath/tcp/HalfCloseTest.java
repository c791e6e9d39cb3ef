package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Scenario;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** One direction is closed, data flows in the other (RFC 9293 §3.6, RFC 1122 §4.2.2.13). */
@OverBothFamilies
class HalfCloseTest {
    @Test
    void shouldReceiveAfterTheOwnFin() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2)) {
            for (int i = 0; i < 100; i++) {
                at.peer().data(new byte[1_460]);
                assertThat(at.stack().receive(at.handle(), 2_000)).hasSize(1_460);
            }
            at.stack().advanceMs(500);
            final Packet last = at.stack().allSent().getLast();
            assertThat(last.ack()).isEqualTo(at.peer().seq());
            assertThat(last.seq()).isEqualTo(at.sndNxt());
            assertThat(at.stack().send(at.handle(), new byte[1])).isEqualTo(-1);
            assertThat(at.state()).isEqualTo(TcpState.FIN_WAIT_2);
        }
    }

    @Test
    void shouldReceiveBetweenTheOwnFinAndItsAcknowledgement() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_1)) {
            at.peer().send("PA", "crossing");
            assertThat(at.state()).isEqualTo(TcpState.FIN_WAIT_1);
            assertThat(at.stack().receive(at.handle(), 10)).isEqualTo("crossing".getBytes());
        }
    }

    @Test
    void shouldSendAfterThePeersFin() {
        try (Scenario at = Scenario.in(TcpState.CLOSE_WAIT)) {
            int next = at.sndNxt();
            for (int i = 0; i < 100; i++) {
                final byte[] text = new byte[1_000];
                Arrays.fill(text, (byte) i);
                assertThat(at.stack().send(at.handle(), text)).isEqualTo(1_000);
                final Packet packet = at.stack().sent();
                assertThat(packet.payload()).isEqualTo(text);
                assertThat(packet.seq()).isEqualTo(next);
                assertThat(packet.ack()).isEqualTo(at.peer().seq());
                next += 1_000;
                at.peer().ack(next);
            }
            at.stack().tcp().shutdownOutput(at.handle());
            at.stack().run();
            assertThat(at.stack().sent().seq()).isEqualTo(next);
            at.peer().ack(next + 1);
            assertThat(at.application().took(ConnectionHandler.CLOSED)).isTrue();
        }
    }

    @Test
    void shouldSendWhatIsQueuedBeforeTheFin() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().window(1_000).ack(at.sndNxt());
            at.stack().send(at.handle(), new byte[1_900]);
            at.stack().tcp().close(at.handle());
            at.stack().run();
            int next = at.sndNxt();
            boolean finished = false;
            while (!finished) {
                final Packet packet = at.stack().awaitSent();
                if (packet.seq() == next && packet.length() + (packet.has("F") ? 1 : 0) > 0) {
                    next += packet.length();
                    finished = packet.has("F");
                    at.peer().ack(next + (finished ? 1 : 0));
                }
            }
            assertThat(next).isEqualTo(at.sndNxt() + 1_900);
        }
    }

    @Test
    void shouldAcknowledgeAndThrowAwayWhatArrivesAfterTheInputWasShut() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().send("PA", "unread");
            at.stack().tcp().shutdownInput(at.handle());
            assertThat(at.stack().tcp().available(at.handle())).isZero();
            assertThat(at.stack().receive(at.handle(), 10)).isNull();
            at.stack().advanceMs(500);
            at.stack().allSent();
            at.peer().send("PA", "unwanted");
            at.stack().advanceMs(500);
            assertThat(at.stack().sent().ack()).isEqualTo(at.peer().seq());
            assertThat(at.stack().engine().slabInUse()).isZero();
            assertThat(at.stack().send(at.handle(), new byte[1])).isEqualTo(1);
            // nothing is unread: an orderly close
            at.stack().tcp().close(at.handle());
            at.stack().run();
            assertThat(at.stack().allSent()).noneMatch(packet -> packet.has("R"));
        }
    }

    @Test
    void shouldOpenTheWindowAgainWhenTheInputIsShut() {
        final TcpSettings small = TcpSettings.DEFAULT.toBuilder().receiveBuffer(4_096).build();
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, small)) {
            at.peer().data(new byte[1_460]).data(new byte[1_460]).data(new byte[1_176]);
            at.stack().advanceMs(500);
            assertThat(at.stack().allSent().getLast().window()).isZero();
            at.stack().tcp().shutdownInput(at.handle());
            at.stack().run();
            assertThat(at.stack().sent().window()).isEqualTo(4_096);
        }
    }
}
