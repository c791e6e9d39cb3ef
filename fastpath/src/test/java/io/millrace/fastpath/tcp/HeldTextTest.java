package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SEND without a copy: the bytes stay the owner's until they are acknowledged, or the connection is over. */
@OverBothFamilies
class HeldTextTest {
    private final List<Object> released = new ArrayList<>();

    /** Sends an array from its third byte on; as soon as it is let go of, it is overwritten. */
    private byte[] hold(final Wire wire, final int from, final int length) {
        final byte[] array = new byte[length + 2];
        System.arraycopy(Wire.bytes(from, length), 0, array, 2, length);
        assertThat(wire.tcp.sendHeld(wire.handle, array, 2, length, this::onReleased, array)).isEqualTo(length);
        wire.tcp.flush(wire.handle);
        wire.stack.run();
        return array;
    }

    private void onReleased(final Object text) {
        released.add(text);
        Arrays.fill((byte[]) text, (byte) -1);
    }

    private static byte[] text(final List<Packet> packets) {
        final byte[] all = new byte[packets.stream().mapToInt(Packet::length).sum()];
        int done = 0;
        for (final Packet packet : packets) {
            System.arraycopy(packet.payload(), 0, all, done, packet.length());
            done += packet.length();
        }
        return all;
    }

    @Test
    void shouldTakeNoMemoryOfTheSlabForTheBytes() {
        try (Wire wire = Wire.open()) {
            final long before = wire.stack.engine().slabInUse();
            hold(wire, 0, 10_000);
            // what is in flight has its record, as ever
            assertThat(wire.stack.engine().slabInUse() - before).isLessThan(4_096);
            assertThat(text(wire.stack.allSent())).isEqualTo(Wire.bytes(0, 10_000));
            assertThat(wire.stack.counter(Counter.TCP_BYTES_HELD)).isEqualTo(10_000);
            wire.ackBytes(10_000);
        }
        assertThat(released).hasSize(1);
    }

    @Test
    void shouldLetGoWhenTheLastByteIsAcknowledged() {
        try (Wire wire = Wire.open()) {
            final byte[] first = hold(wire, 0, 3_000);
            final byte[] second = hold(wire, 3_000, 2_000);
            wire.ackBytes(2_920);
            assertThat(released).isEmpty();
            wire.ackBytes(3_000);
            assertThat(released).containsExactly(first);
            wire.ackBytes(5_000);
            assertThat(released).containsExactly(first, second);
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldSendTheSameBytesAgain() {
        try (Wire wire = Wire.open()) {
            hold(wire, 0, 1_000);
            wire.stack.allSent();
            wire.untilSent();
            assertThat(text(wire.stack.allSent())).isEqualTo(Wire.bytes(0, 1_000));
            assertThat(released).isEmpty();
            wire.ackBytes(1_000);
            assertThat(released).hasSize(1);
        }
    }

    @Test
    void shouldMixHeldAndCopiedBytesInOneSegment() {
        try (Wire wire = Wire.open()) {
            wire.tcp.cork(wire.handle, true);
            wire.stack.send(wire.handle, Wire.bytes(0, 100));
            hold(wire, 100, 200);
            wire.stack.send(wire.handle, Wire.bytes(300, 50));
            hold(wire, 350, 2_000);
            hold(wire, 2_350, 300);
            wire.tcp.cork(wire.handle, false);
            wire.stack.send(wire.handle, Wire.bytes(2_650, 10));
            final List<Packet> sent = wire.stack.allSent();
            assertThat(sent.getFirst().length()).isEqualTo(Wire.MSS);
            assertThat(text(sent)).isEqualTo(Wire.bytes(0, 2_660));
            wire.ackBytes(320);
            assertThat(released).hasSize(1);
            wire.ackBytes(2_660);
            assertThat(released).hasSize(3);
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldTakeAsMuchAsTheSendBufferAndTellWhenThereIsRoom() {
        try (Wire wire = Wire.open(Wire.settings().sendBuffer(8_000).build())) {
            final byte[] array = Wire.bytes(0, 10_000);
            assertThat(wire.tcp.sendHeld(wire.handle, array, 0, 10_000, this::onReleased, array)).isEqualTo(8_000);
            assertThat(wire.tcp.sendSpace(wire.handle)).isZero();
            assertThat(wire.tcp.unacknowledged(wire.handle)).isEqualTo(8_000);
            wire.tcp.flush(wire.handle);
            wire.stack.run();
            wire.ackBytes(4_000);
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).isTrue();
            // the same owner goes on where it stopped: one piece, one of both holds is let go of at once
            assertThat(wire.tcp.sendHeld(wire.handle, array, 8_000, 2_000, text -> released.add(text), array))
                    .isEqualTo(2_000);
            wire.tcp.flush(wire.handle);
            wire.stack.run();
            assertThat(released).hasSize(1);
            wire.ackBytes(8_000);
            assertThat(released).hasSize(1);
            wire.ackBytes(10_000);
            assertThat(released).hasSize(2);
        }
    }

    @Test
    void shouldRefuseWhatCannotBeSent() {
        try (Wire wire = Wire.open()) {
            wire.tcp.shutdownOutput(wire.handle);
            assertThat(wire.tcp.sendHeld(wire.handle, new byte[1], 0, 1, this::onReleased, this)).isEqualTo(-1);
            assertThat(wire.tcp.claim(wire.handle, 1)).isEqualTo(-1);
            assertThat(wire.tcp.sendHeld(7L << 32, new byte[1], 0, 1, this::onReleased, this)).isEqualTo(-1);
            wire.stack.run();
            assertThat(released).isEmpty();
        }
    }

    @Test
    void shouldLetGoWhereThePeerResets() {
        try (Wire wire = Wire.open()) {
            hold(wire, 0, 3_000);
            wire.peer.sendAt("R", wire.peer.seq(), 0, new byte[0]);
            assertThat(released).hasSize(1);
        }
    }

    @Test
    void shouldLetGoWhereTheConnectionIsAborted() {
        try (Wire wire = Wire.open()) {
            hold(wire, 0, 3_000);
            wire.tcp.abort(wire.handle);
            assertThat(released).as("never within a call").isEmpty();
            wire.stack.run();
            assertThat(released).hasSize(1);
        }
    }

    @Test
    void shouldHoldForAnOrphanUntilThePeerHasEverything() {
        try (Wire wire = Wire.open()) {
            hold(wire, 0, 3_000);
            wire.tcp.close(wire.handle);
            wire.stack.run();
            wire.stack.allSent();
            wire.untilSent();
            assertThat(released).isEmpty();
            final Packet again = wire.stack.sent();
            assertThat(again.payload()).isEqualTo(Arrays.copyOf(Wire.bytes(0, 3_000), again.length()));
            wire.ackBytes(3_000);
            assertThat(released).hasSize(1);
        }
    }

    @Test
    void shouldLetGoWhereTheStackIsClosed() {
        final Wire wire = Wire.open();
        hold(wire, 0, 3_000);
        wire.close();
        assertThat(released).hasSize(1);
    }

    @Test
    void shouldLetGoThoughAPhaseFailsInEveryTurn() {
        try (Wire wire = Wire.open()) {
            hold(wire, 0, 3_000);
            wire.tcp.abort(wire.handle);
            wire.stack.port().broken(true);
            wire.stack.expectExceptions(1);
            wire.stack.engine().doWork();
            wire.stack.port().broken(false);
            assertThat(released).hasSize(1);
        }
    }

    @Test
    void shouldLetGoThoughNothingCanBeAborted() {
        final Wire wire = Wire.open();
        hold(wire, 0, 3_000);
        wire.stack.port().broken(true);
        wire.close();
        assertThat(wire.stack.counter(Counter.EXCEPTIONS)).isEqualTo(1);
        assertThat(released).hasSize(1);
    }

    @Test
    void shouldTakeNothingFromAnOwnerThatIsToldOfTheEnd() {
        final Wire wire = Wire.open();
        final byte[] array = new byte[10];
        wire.tcp.sendHeld(wire.handle, array, 0, 10,
                text -> released.add(wire.tcp.sendHeld(wire.handle, array, 0, 10, this::onReleased, array)), array);
        wire.stack.port().broken(true);
        wire.close();
        assertThat(released).containsExactly(-1);
    }

    @Test
    void shouldLetGoOfTheOthersWhereAnOwnerFailsWithAnError() {
        try (Wire wire = Wire.open()) {
            wire.stack.expectExceptions(1);
            wire.tcp.sendHeld(wire.handle, new byte[10], 0, 10, text -> {
                throw new AssertionError("of the test");
            }, this);
            hold(wire, 0, 10);
            wire.ackBytes(20);
            assertThat(released).hasSize(1);
        }
    }

    @Test
    void shouldSurviveAnOwnerThatThrows() {
        try (Wire wire = Wire.open()) {
            wire.stack.expectExceptions(1);
            wire.tcp.sendHeld(wire.handle, new byte[10], 0, 10, text -> {
                throw new IllegalStateException("of the test");
            }, this);
            hold(wire, 0, 10);
            wire.ackBytes(20);
            assertThat(released).hasSize(1);
        }
    }

    @Test
    void shouldHoldSoManyPiecesAtTheMost() {
        try (Wire wire = Wire.open(Wire.settings().sendBuffer(1 << 20).build())) {
            wire.tcp.cork(wire.handle, true);
            for (int i = 0; i < TextPieces.MAX_PIECES; i++) {
                hold(wire, i, 1);
            }
            assertThat(wire.tcp.sendHeld(wire.handle, new byte[1], 0, 1, this::onReleased, this)).isZero();
            wire.tcp.cork(wire.handle, false);
            wire.stack.run();
            assertThat(text(wire.stack.allSent())).isEqualTo(Wire.bytes(0, TextPieces.MAX_PIECES));
            wire.ackBytes(TextPieces.MAX_PIECES);
            assertThat(released).hasSize(TextPieces.MAX_PIECES);
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).isTrue();
            hold(wire, 0, 10);
        }
    }

    @Test
    void shouldWriteIntoThePlaceThatWasClaimed() {
        try (Wire wire = Wire.open()) {
            final int claim = wire.tcp.claim(wire.handle, 500);
            assertThat(claim).isEqualTo(500);
            assertThat(wire.tcp.claimed().remaining()).isEqualTo(500);
            wire.tcp.claimed().put(Wire.bytes(0, 300));
            wire.tcp.commit(wire.handle, 300);
            wire.tcp.flush(wire.handle);
            wire.stack.run();
            assertThat(text(wire.stack.allSent())).isEqualTo(Wire.bytes(0, 300));
            wire.ackBytes(300);
            assertThat(wire.tcp.claim(wire.handle, 500)).isEqualTo(500);
            wire.tcp.commit(wire.handle, 0);
            assertThat(wire.stack.engine().slabInUse()).as("nothing is kept for nothing").isZero();
        }
    }
}
