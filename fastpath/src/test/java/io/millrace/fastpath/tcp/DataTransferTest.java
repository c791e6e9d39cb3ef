package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Text both ways and the memory it takes: RFC 9293 §3.7 and §3.8. */
@OverBothFamilies
class DataTransferTest {
    @Test
    void shouldDeliverInOrderData() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(0, 1_460);
            wire.dataAt(1_460, 540);
            assertThat(wire.events.took(ConnectionHandler.READABLE)).isTrue();
            assertThat(wire.tcp.available(wire.handle)).isEqualTo(2_000);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 2_000));
        }
    }

    @Test
    void shouldSegmentByTheMssAndPushTheLast() {
        try (Wire wire = Wire.open()) {
            assertThat(wire.send(4_000)).isEqualTo(4_000);
            final List<Packet> sent = wire.stack.allSent();
            assertThat(sent).extracting(Packet::length).containsExactly(1_460, 1_460, 1_080);
            assertThat(sent).extracting(packet -> packet.has("P")).containsExactly(false, false, true);
            assertThat(sent.get(2).payload())
                    .isEqualTo(java.util.Arrays.copyOfRange(Wire.bytes(0, 4_000), 2_920, 4_000));
        }
    }

    @Test
    void shouldKeepTheEdgeOfTheWindowWhereAnOlderSegmentAcknowledgesMore() {
        try (Wire wire = Wire.open(Wire.settings().build(), -1, 4_000)) {
            wire.send(10_000);
            assertThat(wire.sent()).containsExactly("0+1460", "1460+1460");
            wire.dataAt(100, 100);
            wire.sent();
            // the gap before it is filled by a retransmission that knows more: the edge was and is 4,000
            wire.peer.window(4_000 - 1_460);
            wire.peer.sendAt("A", wire.first(), Wire.ISS + 1 + 1_460, Wire.bytes(0, 100));
            assertThat(wire.sent()).containsExactly("A");
        }
    }

    @Test
    void shouldUseTheSmallerOfBothSegmentSizes() {
        try (Wire wire = Wire.open(Wire.settings().mss(500).build())) {
            wire.send(1_200);
            assertThat(wire.sent()).containsExactly("0+500", "500+500", "1000+200");
        }
    }

    @Test
    void shouldSendSingleBytes() {
        try (Wire wire = Wire.open()) {
            for (int i = 0; i < 5; i++) {
                wire.stack.send(wire.handle, Wire.bytes(i, 1));
            }
            assertThat(wire.sent()).containsExactly("0+1", "1+1", "2+1", "3+1", "4+1");
        }
    }

    @Test
    void shouldPushTheLastOfABurst() {
        assertThat(pushed(TcpSettings.PushPolicy.BURST)).containsExactly(false, false, false, true);
    }

    @Test
    void shouldPushOnlyTheLastOfWhatIsQueuedWhereToldSo() {
        assertThat(pushed(TcpSettings.PushPolicy.LAST)).containsExactly(false, false, false, false);
    }

    /** Of the segments of a window of four that holds the rest back. */
    private static List<Boolean> pushed(final TcpSettings.PushPolicy policy) {
        try (Wire wire = Wire.open(Wire.settings().initialWindow(4).pushPolicy(policy).build(), -1, 65_535)) {
            wire.send(20_000);
            return wire.stack.allSent().stream().map(packet -> packet.has("P")).toList();
        }
    }

    @Test
    void shouldHoldNothingOfTheSlabWhileIdle() {
        try (Wire wire = Wire.open()) {
            assertThat(wire.stack.engine().slabInUse()).isZero();
            wire.send(3_000);
            assertThat(wire.stack.engine().slabInUse()).as("ring and what is in flight").isEqualTo(4_096 + 1_024);
            wire.send(9_000);
            assertThat(wire.stack.engine().slabInUse()).isEqualTo(16_384 + 1_024);
            wire.ackBytes(12_000);
            assertThat(wire.stack.engine().slabInUse()).isZero();
            wire.dataAt(0, 1_460);
            assertThat(wire.stack.engine().slabInUse()).isEqualTo(4_096);
            wire.receive();
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldTakeWhatFitsAndTellWritableWhenThereIsRoom() {
        try (Wire wire = Wire.open(Wire.settings().sendBuffer(8_192).build())) {
            assertThat(wire.send(10_000)).isEqualTo(8_192);
            assertThat(wire.tcp.sendSpace(wire.handle)).isZero();
            assertThat(wire.tcp.unacknowledged(wire.handle)).isEqualTo(8_192);
            wire.ackBytes(1_460);
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).as("a quarter of the buffer").isFalse();
            wire.ackBytes(2_920);
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).isTrue();
            wire.ackBytes(8_192);
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).as("told once").isFalse();
        }
    }

    @Test
    void shouldKeepTheBytesOfAGrowingRingThatWrapsAround() {
        try (Wire wire = Wire.open(Wire.settings().initialWindow(100).build())) {
            wire.send(4_000);
            wire.ackBytes(3_000);
            wire.stack.allSent();
            wire.peer.window(0).ack(Wire.ISS + 1 + 3_000);
            wire.stack.send(wire.handle, Wire.bytes(4_000, 2_900));
            wire.stack.send(wire.handle, Wire.bytes(6_900, 30_000));
            wire.peer.window(65_535).ack(Wire.ISS + 1 + 4_000);
            final ByteArrayOutputStream all = new ByteArrayOutputStream();
            wire.stack.allSent().forEach(packet -> all.writeBytes(packet.payload()));
            assertThat(all.toByteArray()).isEqualTo(Wire.bytes(4_000, 32_900));
        }
    }

    @Test
    void shouldTellWritableAgainWhereTheSlabWasFull() {
        try (Wire wire = Wire.open(new StackDriver(Wire.SMALL, 1_500), Wire.settings().build(), Wire.PEER_ISS)) {
            assertThat(wire.send(600_000)).as("half of the slab: the other half is not whole").isEqualTo(512 << 10);
            fillSlab(wire);
            wire.stack.allSent();
            final long[] other = new long[1];
            final Peer.Events events = new Peer.Events();
            final StackDriver.Listener listener = wire.stack.listen(81, 16, TcpSettings.DEFAULT);
            Peer.accepted(wire.stack, listener, 81, other, events);
            assertThat(wire.stack.send(other[0], new byte[100])).isZero();
            assertThat(wire.stack.counter(Counter.TCP_SLAB_FULL)).isPositive();
            assertThat(events.took(ConnectionHandler.WRITABLE)).as("not in every turn").isFalse();
            wire.stack.advanceMs(11);
            assertThat(events.took(ConnectionHandler.WRITABLE)).isTrue();
            wire.tcp.abort(wire.handle);
            assertThat(wire.stack.send(other[0], new byte[100])).isEqualTo(100);
        }
    }

    @Test
    void shouldDropAndCountWhereTheSlabIsFullAndTakeTheRetransmission() {
        try (Wire wire = Wire.open(new StackDriver(Wire.SMALL, 1_500), Wire.settings().build(), Wire.PEER_ISS)) {
            wire.send(512 << 10);
            final long fullBefore = fillSlab(wire);
            wire.stack.allSent();
            wire.dataAt(0, 100);
            wire.dataAt(200, 100);
            assertThat(wire.stack.counter(Counter.TCP_SLAB_FULL)).isEqualTo(fullBefore + 2);
            assertThat(wire.tcp.available(wire.handle)).isZero();
            assertThat(wire.tcp.pending(wire.handle)).isZero();
            assertThat(wire.acks()).as("only a duplicate acknowledgement").containsExactly(0);
            int acked = 0;
            while (acked < 512 << 10) {
                acked = Math.min(512 << 10, acked + 14_600);
                wire.ackBytes(acked);
            }
            wire.dataAt(0, 300);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 300));
        }
    }

    @Test
    void shouldKeepConnectionsThatDifferInOnePortApart() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 16, TcpSettings.DEFAULT);
            final Peer one = new Peer(stack, 40_000, 80, 1);
            final Peer two = new Peer(stack, 40_001, 80, 1);
            one.open(1_460);
            two.open(1_460);
            final long first = listener.accept(stack, new Peer.Events());
            final long second = listener.accept(stack, new Peer.Events());
            one.send("PA", "one");
            two.send("PA", "two!");
            assertThat(stack.receive(first, 10)).isEqualTo("one".getBytes());
            assertThat(stack.receive(second, 10)).isEqualTo("two!".getBytes());
            one.send("RA", "");
            assertThat(stack.tcp().state(first)).isEqualTo(TcpState.CLOSED);
            assertThat(stack.tcp().state(second)).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void shouldCarryDataAcrossTheWrapOfBothSequenceNumbers() {
        final StackDriver stack = new StackDriver();
        stack.nextIss(-700);
        try (Wire wire = Wire.open(stack, Wire.settings().build(), -900)) {
            wire.peer.data(Wire.bytes(0, 1_460)).data(Wire.bytes(1_460, 1_460));
            assertThat(stack.allSent()).extracting(Packet::ack).last().isEqualTo(-899 + 2_920);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 2_920));
            wire.send(4_000);
            assertThat(stack.allSent()).filteredOn(packet -> packet.length() > 0).extracting(Packet::seq)
                    .containsExactly(-699, -699 + 1_460, -699 + 2_920);
            wire.peer.ack(-699 + 1_460);
            assertThat(wire.tcp.unacknowledged(wire.handle)).isEqualTo(2_540);
            wire.peer.ack(-699 + 4_000);
            assertThat(stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldArmNoTimerWhileIdle() {
        try (Wire wire = Wire.open()) {
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
            wire.send(100);
            assertThat(wire.stack.nextTimerNs()).isNotEqualTo(Long.MAX_VALUE);
            wire.ackBytes(100);
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
            wire.dataAt(0, 100);
            assertThat(wire.stack.nextTimerNs()).isNotEqualTo(Long.MAX_VALUE);
            wire.stack.advanceMs(50);
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    /** Connections that queue bytes until none is taken any more; how often the slab was full until then. */
    private static long fillSlab(final Wire wire) {
        final long[] handle = new long[1];
        int taken;
        int port = 100;
        do {
            wire.stack.allSent();
            final StackDriver.Listener listener = wire.stack.listen(port, 16, TcpSettings.DEFAULT);
            Peer.accepted(wire.stack, listener, port, handle, new Peer.Events());
            taken = wire.stack.send(handle[0], new byte[600_000]);
            port++;
        } while (taken > 0);
        return wire.stack.counter(Counter.TCP_SLAB_FULL);
    }

    /** As {@link System#nanoTime} permits. */
    @Test
    void shouldSendWhereTheClockIsBelowZero() {
        final StackDriver stack = new StackDriver(-3_000_000_000_000L);
        try (Wire wire = Wire.open(stack, Wire.settings().build(), Wire.PEER_ISS)) {
            assertThat(wire.send(100)).isEqualTo(100);
            assertThat(stack.sent().length()).isEqualTo(100);
        }
    }
}
