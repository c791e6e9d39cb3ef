package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.TcpSettings.Ecn;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Scenario;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Other settings for a connection that is open. */
@OverBothFamilies
class SettingsChangeTest {
    private static final long MS = 1_000_000;

    private final TcpInfo info = new TcpInfo();

    private static TcpSettings.Builder plain() {
        return Wire.settings().sack(false).timestamps(false).autotune(false).ackPolicy(AckPolicy.DELAYED);
    }

    private static TcpSettings.Builder keepAlive(final long idleMs, final long intervalMs) {
        return plain().keepAlive(true).keepAliveIdleNs(idleMs * MS).keepAliveIntervalNs(intervalMs * MS)
                .keepAliveProbes(3);
    }

    private static void give(final Wire wire, final TcpSettings.Builder settings) {
        assertThat(wire.tcp.settings(wire.handle, settings.build())).isTrue();
        wire.stack.run();
    }

    private TcpInfo of(final Wire wire) {
        wire.tcp.info(wire.handle, info);
        return info;
    }

    private static void assertAbout(final long actualNs, final long expectedMs) {
        assertThat(actualNs).isBetween(expectedMs * MS, expectedMs * MS + 65_536);
    }

    @Test
    void shouldCountSilenceThatWasThereAlready() {
        try (Wire wire = Wire.open(keepAlive(60_000, 1_000).build())) {
            wire.stack.advanceMs(4_000);
            give(wire, keepAlive(10_000, 1_000));
            assertAbout(wire.untilSent(), 6_000);
        }
    }

    @Test
    void shouldProbeAtOnceWhereTheSilenceIsLongEnoughAlready() {
        try (Wire wire = Wire.open(keepAlive(60_000, 1_000).build())) {
            wire.stack.advanceMs(20_000);
            assertThat(wire.sent()).isEmpty();
            give(wire, keepAlive(10_000, 1_000));
            assertThat(wire.sent()).containsExactly("A");
            assertAbout(wire.untilSent(), 1_000);
        }
    }

    @Test
    void shouldWaitLongerWhereToldTo() {
        try (Wire wire = Wire.open(keepAlive(10_000, 1_000).build())) {
            wire.untilSent();
            wire.sent();
            give(wire, keepAlive(30_000, 1_000));
            assertAbout(wire.untilSent(), 20_000);
        }
    }

    @Test
    void shouldJudgeADeadPeerByTheNewTimes() {
        try (Wire wire = Wire.open(keepAlive(10_000, 60_000).build())) {
            wire.untilSent();
            give(wire, keepAlive(10_000, 500));
            wire.stack.advanceMs(3_000);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.CLOSED);
            assertThat(wire.stack.counter(Counter.TCP_KEEPALIVE_TIMED_OUT)).isEqualTo(1);
        }
    }

    @Test
    void shouldSwitchKeepaliveOnAndOff() {
        try (Wire wire = Wire.open(plain().build())) {
            give(wire, keepAlive(10_000, 1_000));
            assertAbout(wire.untilSent(), 10_000);
            give(wire, plain());
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldLeaveTheTimerAloneWhereKeepaliveIsAsItWas() {
        try (Wire wire = Wire.open(keepAlive(10_000, 5_000).build())) {
            wire.untilSent();
            give(wire, keepAlive(10_000, 5_000).retries(3));
            assertAbout(wire.untilSent(), 5_000);
        }
    }

    @Test
    void shouldTakeKeepaliveBeforeTheConnectionIsEstablished() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT, plain().build())) {
            at.stack().tcp().settings(at.handle(), keepAlive(10_000, 1_000).build());
            at.peer().send("SA", new byte[0], 1_460, -1);
            at.stack().allSent();
            at.stack().advanceMs(10_001);
            assertThat(at.stack().counter(Counter.TCP_KEEPALIVE_PROBES)).isEqualTo(1);
        }
    }

    @Test
    void shouldSendWhatNagleHeldBack() {
        try (Wire wire = Wire.open(plain().noDelay(false).build())) {
            wire.send(100);
            wire.send(100);
            assertThat(wire.sent()).containsExactly("0+100");
            give(wire, plain().noDelay(true));
            assertThat(wire.sent()).containsExactly("100+100");
        }
    }

    @Test
    void shouldDelayAcknowledgementsAsToldLast() {
        try (Wire wire = Wire.open(plain().delayedAckNs(40 * MS).build())) {
            give(wire, plain().delayedAckNs(100 * MS));
            wire.dataAt(0, 100);
            assertAbout(wire.untilSent(), 100);
        }
    }

    @Test
    void shouldGiveUpAfterFewerRetransmissions() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.send(100);
            give(wire, plain().retries(1));
            wire.stack.advanceMs(10_000);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.CLOSED);
            assertThat(wire.stack.counter(Counter.TCP_TIMED_OUT)).isEqualTo(1);
        }
    }

    @Test
    void shouldForgetAnOrphanInFinWait2AsToldLast() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2, plain().build())) {
            at.stack().tcp().settings(at.handle(), plain().finWait2TimeoutNs(1_000 * MS).build());
            at.stack().tcp().close(at.handle());
            at.stack().advanceMs(1_001);
            assertThat(at.stack().engine().connections()).isZero();
        }
    }

    @Test
    void shouldSetBuffersThatAreNotTuned() {
        try (Wire wire = Wire.open(plain().receiveBuffer(20_000).sendBuffer(20_000).build())) {
            give(wire, plain().receiveBuffer(30_000).sendBuffer(40_000));
            assertThat(of(wire).receiveBuffer()).isEqualTo(30_000);
            assertThat(info.sendBuffer()).isEqualTo(40_000);
            assertThat(wire.tcp.sendSpace(wire.handle)).isEqualTo(40_000);
        }
    }

    @Test
    void shouldLimitButNotGrowBuffersThatAreTuned() {
        try (Wire wire = Wire.open(plain().receiveBuffer(20_000).sendBuffer(20_000).build())) {
            give(wire, plain().autotune(true).receiveBuffer(50_000).sendBuffer(50_000));
            assertThat(of(wire).receiveBuffer()).isEqualTo(20_000);
            assertThat(info.sendBuffer()).isEqualTo(20_000);
            give(wire, plain().autotune(true).receiveBuffer(10_000).sendBuffer(9_000));
            assertThat(of(wire).receiveBuffer()).isEqualTo(10_000);
            assertThat(info.sendBuffer()).isEqualTo(9_000);
        }
    }

    @Test
    void shouldLeaveBuffersAloneThatTheApplicationHasSet() {
        try (Wire wire = Wire.open(plain().receiveBuffer(20_000).sendBuffer(20_000).build())) {
            wire.tcp.receiveBuffer(wire.handle, 15_000);
            wire.tcp.sendBuffer(wire.handle, 16_000);
            give(wire, plain().receiveBuffer(30_000).sendBuffer(30_000));
            assertThat(of(wire).receiveBuffer()).isEqualTo(15_000);
            assertThat(info.sendBuffer()).isEqualTo(16_000);
            give(wire, plain().receiveBuffer(31_000).receiveBufferLocked(true).sendBuffer(32_000)
                    .sendBufferLocked(true));
            assertThat(of(wire).receiveBuffer()).isEqualTo(31_000);
            assertThat(info.sendBuffer()).isEqualTo(32_000);
        }
    }

    @Test
    void shouldLeaveBuffersAloneThatWereSetBeforeTheOpen() {
        final TcpSettings opened = plain().receiveBuffer(15_000).receiveBufferLocked(true).sendBuffer(16_000)
                .sendBufferLocked(true).build();
        for (final TcpState state : List.of(TcpState.SYN_SENT, TcpState.ESTABLISHED)) {
            try (Scenario at = Scenario.in(state, opened)) {
                at.stack().tcp().settings(at.handle(), plain().receiveBuffer(30_000).sendBuffer(30_000).build());
                at.stack().tcp().info(at.handle(), info);
                assertThat(info.receiveBuffer()).as("receive buffer in %s", state).isEqualTo(15_000);
                assertThat(info.sendBuffer()).as("send buffer in %s", state).isEqualTo(16_000);
            }
        }
    }

    @Test
    void shouldKeepWhatTheHandshakeAgreedOn() {
        final TcpSettings opened = plain().mss(1_000).build();
        try (Wire wire = Wire.open(opened, 7, 65_535)) {
            give(wire, plain().mss(500).windowScaling(false).windowScale(3).sack(true).timestamps(true).ecn(Ecn.ON)
                    .fastOpen(true).retries(3));
            final TcpSettings kept = wire.tcp.settings(wire.handle);
            assertThat(kept).usingRecursiveComparison()
                    .isEqualTo(opened.toBuilder().retries(3).build());
            assertThat(of(wire).sendMss()).isEqualTo(1_000);
            assertThat(info.windowScaling()).isTrue();
            wire.send(1_500);
            assertThat(wire.sent()).containsExactly("0+1000", "1000+500");
        }
    }

    @Test
    void shouldShareSettingsThatAgree() {
        final TcpSettings given = plain().retries(3).build();
        try (Wire wire = Wire.open(plain().build())) {
            wire.tcp.settings(wire.handle, given);
            assertThat(wire.tcp.settings(wire.handle)).isSameAs(given);
        }
    }

    @Test
    void shouldChangeToEveryCongestionControlAndKeepTheWindow() {
        for (final String from : CongestionControls.names()) {
            for (final String to : CongestionControls.names()) {
                shouldChange(from, to);
            }
        }
    }

    private void shouldChange(final String from, final String to) {
        try (Wire wire = Wire.open(plain().congestionControl(from).build())) {
            wire.send(5_000);
            wire.stack.advanceMs(10);
            wire.ackBytes(5_000);
            final int window = of(wire).congestionWindow();
            give(wire, plain().congestionControl(to));
            assertThat(of(wire).congestionControl()).isEqualTo(to);
            assertThat(wire.tcp.settings(wire.handle).congestionControl()).isEqualTo(to);
            assertThat(info.congestionWindow()).as("%s to %s", from, to).isEqualTo(window);
            wire.sent();
            wire.send(1_000);
            assertThat(wire.sent()).containsExactly("5000+1000");
            wire.ackBytes(6_000);
            assertThat(of(wire).unackedBytes()).isZero();
            wire.tcp.abort(wire.handle);
            assertThat(wire.stack.engine().slabInUse()).as("%s to %s", from, to).isZero();
        }
    }

    @Test
    void shouldRefuseACongestionControlThatIsNoneAndChangeNothing() {
        try (Wire wire = Wire.open(plain().build())) {
            final TcpSettings before = wire.tcp.settings(wire.handle);
            assertThatIllegalArgumentException().isThrownBy(
                    () -> wire.tcp.settings(wire.handle, plain().noDelay(false).congestionControl("tahoe").build()))
                    .withMessageContaining("\"tahoe\"");
            assertThat(wire.tcp.settings(wire.handle)).isSameAs(before);
        }
    }

    @Test
    void shouldAcknowledgeWhatIsOwedOnQuickAck() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.dataAt(0, 100);
            assertThat(wire.acks()).isEmpty();
            wire.tcp.quickAck(wire.handle, true);
            wire.stack.run();
            assertThat(wire.acks()).containsExactly(100);
        }
    }

    @Test
    void shouldHoldBackNoneOfTheNextSixteenOnQuickAck() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.tcp.quickAck(wire.handle, true);
            for (int i = 0; i < 16; i++) {
                wire.dataAt(100 * i, 100);
            }
            assertThat(wire.acks()).hasSize(16);
            wire.dataAt(1_600, 100);
            assertThat(wire.acks()).as("delayed again").isEmpty();
        }
    }

    @Test
    void shouldDelayAgainWithoutQuickAck() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.tcp.quickAck(wire.handle, true);
            wire.tcp.quickAck(wire.handle, false);
            wire.dataAt(0, 100);
            assertThat(wire.acks()).isEmpty();
        }
    }

    @Test
    void shouldOweNothingOnQuickAckWhereAllIsAcknowledged() {
        try (Wire wire = Wire.open(plain().build())) {
            wire.tcp.quickAck(wire.handle, true);
            wire.tcp.quickAck(wire.handle, false);
            wire.stack.run();
            assertThat(wire.stack.allSent()).extracting(Packet::toString).isEmpty();
        }
    }

    @Test
    void shouldBeginWithTheWholeBufferWhereTheApplicationHasSetIt() {
        final TcpSettings.Builder tuned = TcpSettings.DEFAULT.toBuilder().receiveBuffer(1 << 20).sendBuffer(1 << 19)
                .initialReceiveBuffer(65_536).initialSendBuffer(16_384);
        assertThat(tuned.build().initialReceiveBuffer()).isEqualTo(65_536);
        assertThat(tuned.build().initialSendBuffer()).isEqualTo(16_384);
        assertThat(tuned.receiveBufferLocked(true).build().initialReceiveBuffer()).isEqualTo(1 << 20);
        assertThat(tuned.sendBufferLocked(true).build().initialSendBuffer()).isEqualTo(1 << 19);
        final TcpSettings.Builder fixed = TcpSettings.DEFAULT.toBuilder().autotune(false);
        assertThat(fixed.build().initialReceiveBuffer()).isEqualTo(1 << 20);
        assertThat(fixed.build().initialSendBuffer()).isEqualTo(1 << 20);
        assertThat(tuned.receiveBufferLocked(false).receiveBuffer(3_000).build().initialReceiveBuffer())
                .isEqualTo(3_000);
    }
}
