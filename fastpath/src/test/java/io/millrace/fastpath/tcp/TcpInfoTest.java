package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.TcpInfo.Limit;
import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a connection tells about itself. */
@OverBothFamilies
class TcpInfoTest {
    private static final long MS = 1_000_000;

    private final TcpInfo info = new TcpInfo();

    /** Neither options nor tuning, so that every number is known. */
    private static TcpSettings.Builder plain() {
        return Wire.settings().sack(false).timestamps(false).autotune(false).ackPolicy(AckPolicy.DELAYED);
    }

    private TcpInfo of(final Wire wire) {
        assertThat(wire.tcp.info(wire.handle, info)).isTrue();
        return info;
    }

    @Test
    void shouldTellWhatTheHandshakeAgreedOn() {
        try (Wire wire = Wire.open(plain().mss(1_400).receiveBuffer(1 << 20).delayedAckNs(30 * MS).build(), 7, 500)) {
            of(wire);
            assertThat(info.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(info.congestionControl()).isEqualTo(TcpSettings.DEFAULT.congestionControl());
            assertThat(info.windowScaling()).isTrue();
            assertThat(info.sendWindowShift()).isEqualTo(7);
            assertThat(info.receiveWindowShift()).isEqualTo(5);
            assertThat(info.timestamps()).isFalse();
            assertThat(info.sack()).isFalse();
            assertThat(info.ecn()).isFalse();
            assertThat(info.fastOpen()).isFalse();
            assertThat(info.sendMss()).isEqualTo(1_400);
            assertThat(info.announcedMss()).isEqualTo(1_400);
            assertThat(info.pathMtu()).isEqualTo(Family.current().mtu(StackDriver.MTU));
            assertThat(info.sendWindow()).isEqualTo(500 << 7);
            assertThat(info.receiveBuffer()).isEqualTo(1 << 20);
            assertThat(info.delayedAckNs()).isEqualTo(30 * MS);
            assertThat(info.sinceSentNs()).as("the SYN-ACK").isZero();
        }
    }

    @Test
    void shouldTellWhatTheLinkTakesWherePacketsAreShorterAnyhow() {
        try (Wire wire = Wire.open(plain().mss(1_300).build())) {
            assertThat(Family.current() == Family.V4
                    ? wire.stack.engine().commands().linkMtuV4(0, 1_400)
                    : wire.stack.engine().commands().linkMtuV6(0, 1_400)).isTrue();
            wire.stack.advanceMs(1);
            assertThat(of(wire).sendMss()).isEqualTo(1_300);
            assertThat(info.pathMtu()).isEqualTo(1_400);
        }
    }

    @Test
    void shouldTellWhatIsInFlightAndWhatWaits() {
        try (Wire wire = Wire.open(plain().initialWindow(4).build())) {
            wire.send(40_000);
            of(wire);
            assertThat(info.congestionWindow()).isEqualTo(4 * Wire.MSS);
            assertThat(info.unackedBytes()).isEqualTo(4 * Wire.MSS);
            assertThat(info.inFlightBytes()).isEqualTo(4 * Wire.MSS);
            assertThat(info.notSentBytes()).isEqualTo(40_000 - 4 * Wire.MSS);
            assertThat(info.limitedBy()).isEqualTo(Limit.CONGESTION_WINDOW);
            assertThat(info.sinceSentNs()).isZero();
        }
    }

    @Test
    void shouldTellTheRoundTrip() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.send(100);
            wire.stack.advanceMs(20);
            wire.ackBytes(100);
            wire.stack.advanceMs(5);
            of(wire);
            // the handshake took no time at all
            assertThat(info.srttNs()).isBetween(2 * MS, 20 * MS);
            assertThat(info.rttvarNs()).isPositive();
            assertThat(info.rtoNs()).isEqualTo(200 * MS + info.srttNs());
            assertThat(info.sinceSentNs()).isEqualTo(25 * MS);
            assertThat(info.sinceReceivedNs()).isEqualTo(5 * MS);
            assertThat(info.unackedBytes()).isZero();
        }
    }

    @Test
    void shouldTellWhatWasReceived() {
        try (Wire wire = Wire.open(plain().receiveBuffer(10_000).build())) {
            wire.dataAt(0, 1_000);
            wire.dataAt(1_000, 700);
            of(wire);
            assertThat(info.unreadBytes()).isEqualTo(1_700);
            assertThat(info.receiveMss()).isEqualTo(1_000);
            assertThat(info.receiveWindow()).isEqualTo(8_300);
            wire.receive();
            assertThat(of(wire).unreadBytes()).isZero();
        }
    }

    @Test
    void shouldTellTimeoutsInARow() {
        try (Wire wire = Wire.open(plain().tailLossProbe(false).rtoMinNs(200 * MS).build())) {
            wire.send(100);
            final long before = of(wire).rtoNs();
            wire.stack.advance(before + MS);
            assertThat(of(wire).timeouts()).isEqualTo(1);
            assertThat(info.rtoNs()).isEqualTo(2 * before);
            assertThat(info.unackedBytes()).isEqualTo(100);
            wire.ackBytes(100);
            assertThat(of(wire).timeouts()).isZero();
        }
    }

    @Test
    void shouldTellZeroWindowProbes() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.peer.window(0).ack(Wire.ISS + 1);
            wire.send(100);
            wire.untilSent();
            wire.untilSent();
            assertThat(of(wire).probes()).isEqualTo(2);
            assertThat(info.sendWindow()).isZero();
            assertThat(info.limitedBy()).isEqualTo(Limit.RECEIVE_WINDOW);
        }
    }

    @Test
    void shouldBeLimitedByTheApplicationThatGivesNoMore() {
        try (Wire wire = Wire.open(plain().build())) {
            assertThat(of(wire).limitedBy()).isEqualTo(Limit.APPLICATION);
            wire.send(100);
            assertThat(of(wire).limitedBy()).isEqualTo(Limit.APPLICATION);
        }
    }

    @Test
    void shouldBeLimitedByTheApplicationWhereNagleHoldsASmallSegment() {
        try (Wire wire = Wire.open(plain().noDelay(false).build())) {
            wire.send(100);
            wire.send(100);
            assertThat(of(wire).notSentBytes()).isEqualTo(100);
            assertThat(info.limitedBy()).isEqualTo(Limit.APPLICATION);
        }
    }

    @Test
    void shouldBeLimitedByTheSendBuffer() {
        try (Wire wire = Wire.open(plain().sendBuffer(8_192).build())) {
            assertThat(wire.send(10_000)).isEqualTo(8_192);
            assertThat(of(wire).sendBuffer()).isEqualTo(8_192);
            assertThat(info.limitedBy()).isEqualTo(Limit.SEND_BUFFER);
        }
    }

    @Test
    void shouldBeLimitedByTheWindowOfThePeer() {
        try (Wire wire = Wire.open(plain().build(), -1, 2 * Wire.MSS)) {
            wire.send(10_000);
            assertThat(of(wire).unackedBytes()).isEqualTo(2 * Wire.MSS);
            assertThat(info.limitedBy()).isEqualTo(Limit.RECEIVE_WINDOW);
        }
    }

    @Test
    void shouldBeLimitedByNothingBeforeTheTurnIsOver() {
        try (Wire wire = Wire.open(plain().build());
                MemoryRegion text = MemoryRegion.allocate("test bytes", Wire.MSS)) {
            // queued and not flushed
            wire.tcp.send(wire.handle, text.address(), Wire.MSS);
            assertThat(of(wire).limitedBy()).isEqualTo(Limit.NOTHING);
        }
    }

    @Test
    void shouldTellThePacingRate() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.send(100);
            wire.stack.advanceMs(20);
            wire.ackBytes(100);
            final boolean paced = of(wire).pacingRate() > 0;
            wire.tcp.settings(wire.handle, plain().pacing(true).build());
            final long rate = of(wire).pacingRate();
            assertThat(rate).isPositive();
            wire.tcp.settings(wire.handle, plain().pacing(true).maxPacingRate(2_000).build());
            assertThat(of(wire).pacingRate()).isEqualTo(Math.min(rate, 2_000));
            assertThat(info.maxPacingRate()).isEqualTo(2_000);
            wire.tcp.settings(wire.handle, plain().maxPacingRate(2_000).build());
            assertThat(of(wire).pacingRate()).as("a limit alone paces too").isEqualTo(2_000);
            assertThat(paced).as("by default").isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SYN_SENT", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK"})
    void shouldTellInEveryState(final TcpState state) {
        try (Scenario at = Scenario.in(state)) {
            assertThat(at.stack().tcp().info(at.handle(), info)).isTrue();
            assertThat(info.state()).isEqualTo(state);
            assertThat(info.unackedBytes()).as("SYN and FIN are no bytes").isZero();
            assertThat(info.notSentBytes()).isZero();
            assertThat(info.limitedBy()).isEqualTo(state == TcpState.SYN_SENT ? Limit.NOTHING : Limit.APPLICATION);
            assertThat(info.toString()).startsWith(state + " ").endsWith(" limited_by:" + info.limitedBy());
        }
    }

    @Test
    void shouldTellWhatWaitsForTheHandshake() {
        try (StackDriver stack = new StackDriver()) {
            final long handle = stack.connect(Peer.ADDRESS, 80, plain().build(), new Application(stack));
            stack.send(handle, new byte[300]);
            stack.tcp().info(handle, info);
            assertThat(info.notSentBytes()).isEqualTo(300);
            assertThat(info.unackedBytes()).isZero();
            assertThat(info.pacingRate()).isZero();
        }
    }

    @Test
    void shouldTellOfAConnectionThatHasFailed() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.send(500);
            final TcpInfo atFailure = new TcpInfo();
            wire.tcp.attach(wire.handle, (connection, events) -> wire.tcp.info(connection, atFailure));
            wire.peer.send("R", "");
            assertThat(atFailure.state()).isEqualTo(TcpState.CLOSED);
            assertThat(atFailure.unackedBytes()).isZero();
            assertThat(atFailure.limitedBy()).isEqualTo(Limit.NOTHING);
            assertThat(atFailure.sendMss()).isEqualTo(Wire.MSS);
        }
    }

    @Test
    void shouldLeaveTheTargetAloneForAStaleHandle() {
        try (Wire wire = Wire.open(plain().build())) {
            of(wire);
            wire.tcp.abort(wire.handle);
            assertThat(wire.tcp.info(wire.handle, info)).isFalse();
            assertThat(info.state()).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void shouldAllocateNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Wire wire = Wire.open(plain().pacing(true).maxPacingRate(1 << 20).build())) {
            wire.send(100_000);
            readOften(wire);
            final long before = threads.getCurrentThreadAllocatedBytes();
            readOften(wire);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        }
    }

    private void readOften(final Wire wire) {
        for (int i = 0; i < 10_000; i++) {
            wire.tcp.info(wire.handle, info);
        }
    }
}
