package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Autotuning of the receive buffer. */
@OverBothFamilies
class ReceiveTuningTest {
    private static final int SHIFT = 7;
    private static final int ROUND_TRIP_MS = 20;
    private static final TcpSettings SETTINGS = TcpSettings.DEFAULT.toBuilder().receiveBuffer(4 << 20)
            .windowScale(SHIFT)
            .build();

    private int echo;
    private int last = 65_535;

    private Wire open(final TcpSettings settings, final boolean timestamps) {
        return Wire.open(settings, packet -> timestamps ? packet.withTimestamps(1, echo) : packet);
    }

    /** Sends as much as the window allows up to this, reads it, and lets a round trip pass; the window then. */
    private int round(final Wire wire, final int bytes, final boolean read) {
        final int window = window(wire);
        for (int sent = 1_000; sent <= Math.min(bytes, window); sent += 1_000) {
            wire.peer.data(new byte[1_000]);
        }
        if (read) {
            wire.receive();
        }
        echo = (int) (wire.stack.nowNs() / 1_000_000);
        wire.stack.advanceMs(ROUND_TRIP_MS);
        return window(wire);
    }

    /** What the peer may send now. */
    private int window(final Wire wire) {
        final List<Packet> sent = wire.stack.allSent();
        if (!sent.isEmpty()) {
            final Packet packet = sent.get(sent.size() - 1);
            last = packet.ack() + (packet.window() << SHIFT) - wire.peer.seq();
        }
        return last;
    }

    @Test
    void shouldBeginWithTheInitialBuffer() {
        try (Wire wire = open(SETTINGS, true)) {
            round(wire, 2_000, true);
            assertThat(round(wire, 2_000, true)).isBetween(131_072 - 3_000, 131_072);
        }
    }

    /** Of text that comes in order and says nothing else. */
    @Test
    void shouldMeasureTheRoundTripByTheEcho() {
        try (Wire wire = open(SETTINGS, true)) {
            final TcpInfo info = new TcpInfo();
            round(wire, 2_000, true);
            wire.tcp.info(wire.handle, info);
            assertThat(info.receiveRttNs()).as("nothing was echoed").isZero();
            round(wire, 2_000, true);
            wire.tcp.info(wire.handle, info);
            assertThat(info.receiveRttNs()).isEqualTo(ROUND_TRIP_MS * 1_000_000L);
        }
    }

    @Test
    void shouldGrowWithWhatTheApplicationReads() {
        for (final boolean timestamps : new boolean[]{true, false}) {
            try (Wire wire = open(SETTINGS, timestamps)) {
                round(wire, 10_000, true);
                int before = round(wire, 10_000, true);
                for (int i = 0; i < 60 && before < 3 << 20; i++) {
                    before = round(wire, 8 << 20, true);
                }
                assertThat(before).as("timestamps %s", timestamps).isGreaterThan(3 << 20).isLessThanOrEqualTo(4 << 20);
                assertThat(wire.stack.counter(Counter.TCP_RECEIVE_BUFFER_GROWN)).isPositive();
            }
        }
    }

    @Test
    void shouldNotGrowForASlowSender() {
        try (Wire wire = open(SETTINGS, true)) {
            for (int i = 0; i < 50; i++) {
                // a measurement may take in up to three of these rounds
                assertThat(round(wire, 20_000, true)).isLessThanOrEqualTo(2 * 60_000 + 16 * 1_460);
            }
        }
    }

    @Test
    void shouldNotGrowForAnApplicationThatDoesNotRead() {
        try (Wire wire = open(SETTINGS, true)) {
            round(wire, 10_000, true);
            for (int i = 0; i < 20; i++) {
                round(wire, 8 << 20, false);
            }
            assertThat(wire.stack.counter(Counter.TCP_RECEIVE_BUFFER_GROWN)).isZero();
            assertThat(wire.tcp.available(wire.handle)).isLessThanOrEqualTo(131_072);
        }
    }

    @Test
    void shouldLeaveABufferThatTheApplicationHasSet() {
        try (Wire wire = open(SETTINGS, true)) {
            wire.tcp.receiveBuffer(wire.handle, 200_000);
            for (int i = 0; i < 20; i++) {
                assertThat(round(wire, 8 << 20, true)).isLessThanOrEqualTo(200_000);
            }
        }
    }

    @Test
    void shouldNotTuneWhereTuningIsOff() {
        try (Wire wire = open(SETTINGS.toBuilder().autotune(false).build(), true)) {
            round(wire, 2_000, true);
            assertThat(round(wire, 2_000, true)).isBetween((4 << 20) - 4_000, 4 << 20);
        }
    }

    @Test
    void shouldStopGrowingWhileTheSlabIsNearlyFull() {
        try (StackDriver stack = new StackDriver(Wire.SMALL, 1_500)) {
            final StackDriver.Listener listener = stack.listen(81, 16, Wire.settings().build());
            // 13 rings of 64 KiB that nobody reads
            for (int i = 0; i < 13; i++) {
                final Peer hoarder = new Peer(stack, 41_000 + i, 81, 1);
                hoarder.open(1_460);
                listener.accept(stack, new Peer.Events());
                for (int sent = 0; sent < 60_000; sent += 1_000) {
                    hoarder.data(new byte[1_000]);
                }
                stack.allSent();
            }
            assertThat(stack.engine().slabInUse()).isGreaterThan((1 << 20) / 4 * 3);
            stack.allSent();
            final Wire wire = Wire.open(stack, SETTINGS, Wire.PEER_ISS, 7);
            for (int i = 0; i < 20; i++) {
                round(wire, 60_000, true);
            }
            assertThat(stack.counter(Counter.TCP_RECEIVE_BUFFER_HELD)).isPositive();
            assertThat(stack.counter(Counter.TCP_RECEIVE_BUFFER_GROWN)).isZero();
        }
    }
}
