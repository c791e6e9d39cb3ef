package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.Seq;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The window that is offered: RFC 9293 §3.8.6.2.2, RFC 7323 §2. */
@OverBothFamilies
class ReceiveWindowTest {
    private static TcpSettings buffer(final int bytes) {
        return Wire.settings().receiveBuffer(bytes).build();
    }

    private static void fill(final Wire wire, final int bytes) {
        for (int sent = 0; sent < bytes; sent += 1_000) {
            wire.peer.data(Wire.bytes(sent, Math.min(1_000, bytes - sent)));
        }
    }

    @Test
    void shouldCloseTheWindowByWhatWasNotRead() {
        try (Wire wire = Wire.open(buffer(10_000))) {
            fill(wire, 4_000);
            wire.stack.advanceMs(50);
            assertThat(wire.stack.allSent()).last().extracting(Packet::window).isEqualTo(6_000);
        }
    }

    @Test
    void shouldSendAnUpdateOnceTwoSegmentsWereRead() {
        try (Wire wire = Wire.open(buffer(10_000))) {
            fill(wire, 10_000);
            wire.stack.advanceMs(50);
            assertThat(wire.stack.allSent()).last().extracting(Packet::window).isEqualTo(0);
            wire.stack.receive(wire.handle, 1_000);
            assertThat(wire.stack.allSent()).as("not in small steps").isEmpty();
            wire.stack.receive(wire.handle, 1_000);
            assertThat(wire.stack.allSent()).extracting(Packet::window).containsExactly(2_000);
        }
    }

    @Test
    void shouldSendAnUpdateOnceHalfOfASmallBufferWasRead() {
        try (Wire wire = Wire.open(buffer(2_304))) {
            wire.peer.data(Wire.bytes(0, 1_152)).data(Wire.bytes(1_152, 1_152));
            wire.stack.advanceMs(50);
            wire.stack.allSent();
            wire.stack.receive(wire.handle, 1_151);
            assertThat(wire.stack.allSent()).isEmpty();
            wire.stack.receive(wire.handle, 1);
            assertThat(wire.stack.allSent()).extracting(Packet::window).containsExactly(1_152);
        }
    }

    @Test
    void shouldSendNoUpdateWhileTheWindowIsWide() {
        try (Wire wire = Wire.open(buffer(60_000))) {
            fill(wire, 8_000);
            wire.stack.advanceMs(50);
            wire.stack.allSent();
            wire.receive();
            assertThat(wire.stack.allSent()).isEmpty();
        }
    }

    @Test
    void shouldOfferMoreThan64KiBWithScaling() {
        try (Wire wire = Wire.open(buffer(1 << 20), 7, 65_535)) {
            wire.peer.data(Wire.bytes(0, 1_460)).data(Wire.bytes(1_460, 1_460));
            final Packet ack = wire.stack.sent();
            assertThat(ack.window() << 5).isBetween((1 << 20) - 2_920 - 32, (1 << 20) - 2_920);
        }
    }

    @Test
    void shouldOffer64KiBAtTheMostWhereThePeerDoesNotScale() {
        try (Wire wire = Wire.open(buffer(1 << 20))) {
            wire.peer.data(Wire.bytes(0, 1_000)).data(Wire.bytes(1_000, 1_000));
            assertThat(wire.stack.sent().window()).isEqualTo(63_535);
            wire.receive();
            wire.peer.data(Wire.bytes(2_000, 1_000)).data(Wire.bytes(3_000, 1_000));
            assertThat(wire.stack.sent().window()).isEqualTo(63_535);
        }
    }

    @Test
    void shouldUseThePeersScaleToSendMoreThan64KiB() {
        final TcpSettings settings = Wire.settings().initialWindow(1_000).build();
        try (Wire wire = Wire.open(settings, 3, 60_000)) {
            wire.peer.window(20_000).ack(wire.peer.ack());
            wire.send(200_000);
            assertThat(wire.stack.allSent().stream().mapToInt(Packet::length).sum())
                    .isEqualTo(160_000 - 160_000 % Wire.MSS);
        }
    }

    @Test
    void shouldNotScaleWhereItIsSwitchedOff() {
        final TcpSettings settings = Wire.settings().windowScaling(false).receiveBuffer(1 << 20).build();
        try (Wire wire = Wire.open(settings, 7, 1_000)) {
            wire.send(10_000);
            assertThat(wire.sent()).as("the peer's window is not scaled").containsExactly("0+1000");
            wire.peer.data(Wire.bytes(0, 1_000)).data(Wire.bytes(1_000, 1_000));
            assertThat(wire.stack.allSent()).last().extracting(Packet::window).isEqualTo(63_535);
        }
    }

    @Test
    void shouldTrimWhatLiesBeyondTheWindow() {
        try (Wire wire = Wire.open(buffer(2_304))) {
            wire.dataAt(0, 1_000);
            wire.dataAt(1_000, 2_000);
            assertThat(wire.stack.counter(Counter.TCP_BEYOND_WINDOW)).isEqualTo(1);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 2_304));
        }
    }

    @Test
    void shouldRefuseAProbeByteAndAnswerIt() {
        try (Wire wire = Wire.open(buffer(2_304))) {
            wire.dataAt(0, 1_000);
            wire.dataAt(1_000, 1_304);
            wire.stack.allSent();
            wire.dataAt(2_304, 1);
            final Packet answer = wire.stack.sent();
            assertThat(answer.ack()).isEqualTo(wire.first() + 2_304);
            assertThat(answer.window()).isZero();
            assertThat(wire.receive()).hasSize(2_304);
        }
    }

    @Test
    void shouldTakeAnAcknowledgementThoughItsOwnWindowIsClosed() {
        try (Wire wire = Wire.open(buffer(2_304))) {
            wire.send(100);
            fill(wire, 2_304);
            wire.ackBytes(100);
            assertThat(wire.tcp.unacknowledged(wire.handle)).isZero();
        }
    }

    @Test
    void shouldNotTakeBackTheWindowWhenTheBufferShrinks() {
        try (Wire wire = Wire.open(buffer(10_000))) {
            wire.tcp.receiveBuffer(wire.handle, 3_000);
            fill(wire, 6_000);
            wire.stack.advanceMs(50);
            assertThat(wire.stack.allSent()).last().extracting(Packet::window).isEqualTo(4_000);
            fill(wire, 4_000);
            assertThat(wire.receive()).hasSize(10_000);
        }
    }

    @Test
    void shouldStillOpenTheWindowWhenALargeScaleMeetsASmallBuffer() {
        try (Wire wire = Wire.open(buffer(1 << 30), 2, 65_535)) {
            wire.tcp.receiveBuffer(wire.handle, 2_304);
            for (int i = 0; i < 200; i++) {
                wire.peer.data(Wire.bytes(i * 1_000, 1_000));
                wire.receive();
            }
            wire.stack.advanceMs(50);
            assertThat(wire.stack.allSent()).last().extracting(Packet::window).isNotEqualTo(0);
        }
    }

    /**
     * Whatever is read and when: the offered edge never moves back (with a scale: by less than one unit of it, RFC 7323
     * §2.4), never promises more than the buffer holds, and what was promised is taken.
     */
    @Test
    void shouldNeverShrinkTheWindow() {
        for (int seed = 0; seed < 300; seed++) {
            final Random random = new Random(seed);
            final int buffer = 2_304 + random.nextInt(1 << 12 + random.nextInt(8));
            final int scale = random.nextInt(3) == 0 ? -1 : random.nextInt(15);
            try (Wire wire = Wire.open(new StackDriver(), buffer(buffer), Wire.PEER_ISS, scale)) {
                shouldNeverShrink(wire, random, buffer, scale < 0 ? 0 : shiftFor(buffer));
            }
        }
    }

    private static int shiftFor(final int buffer) {
        return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(buffer) - 16);
    }

    private static void shouldNeverShrink(final Wire wire, final Random random, final int buffer, final int shift) {
        final int first = wire.first();
        int edge = first;
        int sent = 0;
        int read = 0;
        for (int i = 0; i < 200; i++) {
            final int room = edge - first - sent;
            if (random.nextInt(3) != 0 && room > 0) {
                final int length = Math.min(room, 1 + random.nextInt(random.nextBoolean() ? 7 : 1_460));
                wire.peer.data(Wire.bytes(sent, length));
                sent += length;
            } else if (random.nextBoolean()) {
                final byte[] got = wire.stack.receive(wire.handle,
                        1 + random.nextInt(random.nextBoolean() ? 50 : 20_000));
                assertThat(got).isEqualTo(Wire.bytes(read, got.length));
                read += got.length;
            } else {
                wire.stack.advanceMs(random.nextInt(60));
            }
            for (final Packet packet : acks(wire, random)) {
                final int offered = packet.ack() + (packet.window() << shift);
                assertThat(offered - first).isLessThanOrEqualTo(read + buffer);
                assertThat(offered - edge).isGreaterThan(-(1 << shift));
                edge = Seq.gt(offered, edge) ? offered : edge;
            }
        }
        while (read < sent) {
            read += wire.receive().length;
        }
        assertThat(read).isEqualTo(sent);
    }

    /** The probe makes it say its window now. */
    private static List<Packet> acks(final Wire wire, final Random random) {
        if (random.nextInt(4) == 0) {
            wire.peer.sendAt("A", wire.peer.seq() - 1, wire.peer.ack(), new byte[0]);
        }
        return wire.stack.allSent();
    }
}
