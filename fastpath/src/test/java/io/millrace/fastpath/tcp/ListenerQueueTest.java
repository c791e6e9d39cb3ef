package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpPrefix;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SYN queue and accept queue of a listener, and what happens to a connection before it is accepted. */
@OverBothFamilies
class ListenerQueueTest {
    private static final byte[] NOTHING = {};

    @Test
    void shouldDropASynWhileTheSynQueueIsFullAndTakeItLater() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 1, TcpSettings.DEFAULT);
            final Peer first = new Peer(stack, 40_000, 80, 5_000);
            first.send("S", NOTHING, 1_460, -1);
            final Packet synAck = stack.sent();
            final Peer second = new Peer(stack, 40_001, 80, 7_000);
            second.send("S", NOTHING, 1_460, -1);
            assertThat(stack.allSent()).isEmpty();
            assertThat(stack.counter(Counter.LISTEN_SYN_QUEUE_FULL)).isEqualTo(1);
            assertThat(stack.engine().connections()).isEqualTo(1);
            first.seq(5_001).ack(synAck.seq() + 1);
            assertThat(listener.syns()).isZero();
            second.send("S", NOTHING, 1_460, -1);
            assertThat(stack.sent().is("SA")).isTrue();
        }
    }

    @Test
    void shouldHoldTheHandshakeBackWhileTheAcceptQueueIsFull() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 1, TcpSettings.DEFAULT);
            new Peer(stack, 40_000, 80, 5_000).open(1_460);
            final Peer second = new Peer(stack, 40_001, 80, 7_000);
            final Packet synAck = second.open(1_460);
            assertThat(stack.counter(Counter.HANDSHAKES_HELD_BACK)).isEqualTo(1);
            assertThat(listener.syns()).isEqualTo(1);
            // text is not acknowledged either
            second.send("PA", "held");
            assertThat(stack.counter(Counter.HANDSHAKES_HELD_BACK)).isEqualTo(2);
            assertThat(stack.allSent()).isEmpty();
            assertThat(stack.awaitSent()).isEqualTo(synAck);
            assertThat(listener.accept(stack, new Application(stack))).isPositive();
            second.seq(7_001).send("PA", "held");
            final long handle = listener.accept(stack, new Application(stack));
            assertThat(stack.receive(handle, 10)).isEqualTo("held".getBytes());
            assertThat(listener.syns()).isZero();
        }
    }

    @Test
    void shouldResetTheHandshakeWhereTheAcceptQueueIsFullAndToldSo() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 1, TcpSettings.DEFAULT);
            listener.abortsOnOverflow(true);
            new Peer(stack, 40_000, 80, 5_000).open(1_460);
            final Packet synAck = new Peer(stack, 40_001, 80, 7_000).open(1_460);
            final Packet reset = stack.sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.seq()).isEqualTo(synAck.seq() + 1);
            assertThat(stack.counter(Counter.HANDSHAKES_HELD_BACK)).isEqualTo(1);
            assertThat(listener.syns()).isZero();
            assertThat(stack.engine().connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldResetEveryHalfOpenConnectionOfAClosedListenerAFewATurn() {
        final int halfOpen = 300;
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener closing = stack.listen(80, halfOpen, TcpSettings.DEFAULT);
            final StackDriver.Listener staying = stack.listen(81, 1, TcpSettings.DEFAULT);
            for (int i = 0; i < halfOpen; i++) {
                new Peer(stack, 40_000 + i, 80, 5_000).send("S", NOTHING, 1_460, -1);
            }
            new Peer(stack, 39_999, 81, 5_000).send("S", NOTHING, 1_460, -1);
            stack.allSent();
            closing.close();
            stack.engine().commands().listenerClosed(closing.id());
            stack.engine().doWork();
            assertThat(stack.allSent()).hasSizeBetween(1, 64);
            assertThat(stack.engine().nextDeadlineNs()).as("there is more to do").isEqualTo(Long.MIN_VALUE);
            stack.run();
            assertThat(stack.counter(Counter.TCP_RESETS_SENT)).isEqualTo(halfOpen);
            assertThat(stack.engine().connections()).isEqualTo(1);
            assertThat(staying.syns()).isEqualTo(1);
        }
    }

    @Test
    void shouldDropInSilenceWhatComesFromSourcesThatAreNotAdmitted() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 8, TcpSettings.DEFAULT);
            listener.sources(sources("10.9.0.0", 16));
            final Peer peer = new Peer(stack, 40_000, 80, 5_000);
            peer.send("S", NOTHING, 1_460, -1);
            peer.send("A", NOTHING, -1, -1);
            assertThat(stack.allSent()).isEmpty();
            assertThat(listener.syns()).isZero();
            assertThat(stack.counter(Counter.LISTEN_SOURCE_REFUSED)).isEqualTo(2);
            listener.sources(sources("10.0.0.0", 8));
            peer.open(1_460);
            assertThat(listener.poll()).isPositive();
        }
    }

    @Test
    void shouldKeepWhatArrivesBeforeTheConnectionIsAccepted() {
        try (Scenario at = Scenario.in(TcpState.SYN_RECEIVED)) {
            at.peer().send("PA", "one ");
            at.peer().send("PA", "two");
            at.peer().send("FA", "");
            at.stack().advanceMs(60_000);
            final long handle = at.listener().accept(at.stack(), at.application());
            assertThat(at.application().took(ConnectionHandler.READABLE | ConnectionHandler.PEER_CLOSED)).isTrue();
            assertThat(at.stack().tcp().pending(handle)).isEqualTo(7);
            assertThat(at.stack().receive(handle, 10)).isEqualTo("one two".getBytes());
            assertThat(at.stack().tcp().isInputDone(handle)).isTrue();
            assertThat(at.stack().tcp().pending(handle)).isEqualTo(-1);
        }
    }

    @Test
    void shouldTellNothingWhereNothingArrivedBeforeTheConnectionIsAccepted() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            assertThat(at.application().calls()).isZero();
        }
    }

    @Test
    void shouldTellOfARstThatArrivedBeforeTheConnectionIsAccepted() {
        try (Scenario at = Scenario.in(TcpState.SYN_RECEIVED)) {
            at.peer().send("PA", "last words");
            at.peer().send("R", "");
            final long handle = at.listener().accept(at.stack(), at.application());
            assertThat(handle).isPositive();
            assertThat(at.application().failure()).isEqualTo(TcpFailure.RESET);
            assertThat(at.application().rest()).isEqualTo("last words");
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().engine().slabInUse()).isZero();
            assertThat(at.listener().accepts()).isZero();
        }
    }

    @Test
    void shouldResetHalfOpenAndUnacceptedConnectionsOfAClosedListener() {
        try (StackDriver stack = new StackDriver()) {
            stack.listen(80, 8, TcpSettings.DEFAULT);
            stack.listen(81, 8, TcpSettings.DEFAULT);
            new Peer(stack, 40_000, 80, 5_000).send("S", NOTHING, 1_460, -1);
            new Peer(stack, 40_001, 80, 6_000).send("S", NOTHING, 1_460, -1);
            new Peer(stack, 40_002, 81, 7_000).send("S", NOTHING, 1_460, -1);
            stack.allSent();
            new Peer(stack, 40_003, 80, 8_000).open(1_460);
            stack.unlisten(80);
            final List<Packet> resets = stack.allSent();
            assertThat(resets).allMatch(packet -> packet.is("R") && packet.seq() == 1_001);
            assertThat(resets).extracting(Packet::destinationPort).containsExactlyInAnyOrder(40_000, 40_001, 40_003);
            assertThat(stack.engine().connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldResetAConnectionWhoseListenerClosesInTheMiddleOfTheLastAck() {
        try (Scenario at = Scenario.in(TcpState.SYN_RECEIVED)) {
            at.listener().close();
            at.peer().send("PA", "too late");
            final Packet reset = at.stack().sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.seq()).isEqualTo(1_001);
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.listener().syns()).isZero();
        }
    }

    @Test
    void shouldGiveThePlaceInTheSynQueueBackWhateverEndsTheHandshake() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 2,
                    TcpSettings.DEFAULT.toBuilder().synAckRetries(1).build());
            final Peer reset = new Peer(stack, 40_000, 80, 5_000);
            reset.send("S", NOTHING, 1_460, -1);
            final Peer timedOut = new Peer(stack, 40_001, 80, 6_000);
            timedOut.send("S", NOTHING, 1_460, -1);
            assertThat(listener.syns()).isEqualTo(2);
            reset.sendAt("R", 5_001, 0, NOTHING);
            assertThat(listener.syns()).isEqualTo(1);
            stack.untilIdle();
            assertThat(listener.syns()).isZero();
            assertThat(stack.engine().connections()).isZero();
        }
    }

    /** Of either family; the last 32 bits of an address differ. */
    private static IpPrefix sources(final String network, final int length) {
        return Family.current() == Family.V4
                ? IpPrefix.parse(network + '/' + length)
                : IpPrefix.parse("2001:db8::" + network + '/' + (96 + length));
    }
}
