package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInListener.Cookies;
import io.millrace.fastpath.wire.Ipv4Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The passive open by SYN cookies (RFC 4987 §3.6). */
@OverBothFamilies
class CookieHandshakeTest {
    private static final byte[] NOTHING = {};
    private static final int PEER_ISS = 5_000;

    /** A link of the same MTU for both families: segments over IPv6 are shorter. */
    private final StackDriver stack = new StackDriver(EngineSettings.DEFAULT, new QueuePort(StackDriver.MTU));
    private final Application application = new Application(stack);
    private final StackDriver.Listener listener = listener(TcpSettings.DEFAULT);
    private final Peer peer = new Peer(stack, 40_000, 80, PEER_ISS);

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void shouldRememberNothingOfASynThatFindsTheQueueFull() {
        listener.cookies(Cookies.WHEN_FULL);
        listener.backlog(1);
        new Peer(stack, 39_999, 80, 1).send("S", NOTHING, 1_460, -1);
        stack.allSent();
        final long slab = stack.engine().slabInUse();
        final Packet synAck = syn(1_460, 7);
        assertThat(synAck.is("SA")).isTrue();
        assertThat(synAck.ack()).isEqualTo(PEER_ISS + 1);
        assertThat(synAck.mss()).isEqualTo(StackDriver.MTU - Family.current().headerLength() - 20);
        assertThat(stack.engine().connections()).isEqualTo(1);
        assertThat(stack.engine().slabInUse()).isEqualTo(slab);
        assertThat(listener.syns()).isEqualTo(1);
        assertThat(stack.counter(Counter.SYNCOOKIES_SENT)).isEqualTo(1);
        assertThat(stack.counter(Counter.LISTEN_SYN_QUEUE_FULL)).isZero();
    }

    @Test
    void shouldSendNoSynAckAgain() {
        syn(1_460, -1);
        assertThat(stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldMakeTheConnectionOfTheLastAckAndGiveItsTextToTheApplication() {
        final Packet synAck = syn(1_460, -1);
        peer.seq(PEER_ISS + 1).expect(synAck.seq() + 1).send("PA", "early");
        final long handle = listener.accept(stack, application);
        assertThat(stack.tcp().state(handle)).isEqualTo(TcpState.ESTABLISHED);
        assertThat(stack.receive(handle, 10)).isEqualTo("early".getBytes());
        assertThat(stack.sent().ack()).isEqualTo(PEER_ISS + 6);
        stack.send(handle, "late".getBytes());
        assertThat(stack.sent().seq()).isEqualTo(synAck.seq() + 1);
        assertThat(stack.counter(Counter.SYNCOOKIES_RECV)).isEqualTo(1);
        assertThat(stack.counter(Counter.SYNCOOKIES_FAILED)).isZero();
        assertThat(listener.syns()).isZero();
        abort(handle);
    }

    @Test
    void shouldTakeAFinOnTheLastAck() {
        final Packet synAck = syn(1_460, -1);
        peer.seq(PEER_ISS + 1).expect(synAck.seq() + 1).send("FA", "all");
        final long handle = listener.accept(stack, application);
        assertThat(stack.tcp().state(handle)).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(stack.receive(handle, 10)).isEqualTo("all".getBytes());
        abort(handle);
    }

    @ParameterizedTest(name = "SACK {0}, ECN {1}, window scale {2}")
    @CsvSource({"true, true, 7", "false, true, 0", "true, false, 14", "false, false, -1", "true, true, -1"})
    void shouldKeepTheOptionsInTheTimestamp(final boolean sack, final boolean ecn, final int scale) {
        final StackDriver.Listener willing = listener(
                TcpSettings.DEFAULT.toBuilder().ecn(TcpSettings.Ecn.PASSIVE).build());
        peer.with(packet -> (sack ? packet.withSackPermitted() : packet).withTimestamps(100, 0));
        peer.send(ecn ? "SEC" : "S", NOTHING, 1_460, scale);
        final Packet synAck = stack.sent();
        assertThat(synAck.extras().sackPermitted()).isEqualTo(sack);
        assertThat(synAck.has("E")).isEqualTo(ecn);
        assertThat(synAck.scale() >= 0).isEqualTo(scale >= 0);
        assertThat(synAck.extras().tsEcr()).isEqualTo(100);
        peer.with(packet -> packet.withTimestamps(101, synAck.extras().tsVal()));
        peer.window(500).seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        final TcpInfo info = info(willing);
        assertThat(info.timestamps()).isTrue();
        assertThat(info.sack()).isEqualTo(sack);
        assertThat(info.ecn()).isEqualTo(ecn);
        assertThat(info.windowScaling()).isEqualTo(scale >= 0);
        assertThat(info.sendWindow()).isEqualTo(500 << Math.max(0, scale));
        assertThat(info.receiveWindowShift()).isEqualTo(Math.max(0, synAck.scale()));
    }

    /** Whatever the options say, a timestamp is never ahead of the clock, so those that follow are not older. */
    @Test
    void shouldSendTimestampsThatGrowFromTheCookieOn() {
        for (int ms = 0; ms < 130; ms++) {
            stack.advanceMs(1);
            peer.with(packet -> packet.withSackPermitted().withTimestamps(100, 0)).seq(PEER_ISS);
            final Packet synAck = syn(1_460, 5);
            peer.with(packet -> packet.withTimestamps(100, synAck.extras().tsVal()));
            peer.seq(PEER_ISS + 1).expect(synAck.seq() + 1).send("PA", "x");
            final long handle = listener.accept(stack, application);
            final Packet ack = stack.sent();
            assertThat(ack.extras().tsVal() - synAck.extras().tsVal()).isBetween(0, 63);
            abort(handle);
        }
    }

    @Test
    void shouldDropWhatIsOlderThanTheLastAckOfTheHandshake() {
        peer.with(packet -> packet.withTimestamps(100, 0));
        final Packet synAck = syn(1_460, 5);
        peer.with(packet -> packet.withTimestamps(101, synAck.extras().tsVal()));
        peer.seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        final long handle = listener.accept(stack, application);
        peer.with(packet -> packet.withTimestamps(99, synAck.extras().tsVal())).send("PA", "old");
        assertThat(stack.counter(Counter.TCP_PAWS_DROPPED)).isEqualTo(1);
        abort(handle);
    }

    @Test
    void shouldGiveNoOptionsToAPeerWithoutTimestamps() {
        final StackDriver.Listener willing = listener(
                TcpSettings.DEFAULT.toBuilder().ecn(TcpSettings.Ecn.PASSIVE).build());
        peer.with(Packet::withSackPermitted).send("SEC", NOTHING, 1_460, 7);
        final Packet synAck = stack.sent();
        assertThat(synAck.is("SA")).isTrue();
        assertThat(synAck.extras().sackPermitted()).isFalse();
        assertThat(synAck.extras().timestamps()).isFalse();
        assertThat(synAck.scale()).isEqualTo(-1);
        peer.with(packet -> packet).window(500).seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        final TcpInfo info = info(willing);
        assertThat(info.sack() || info.ecn() || info.windowScaling() || info.timestamps()).isFalse();
        assertThat(info.sendWindow()).isEqualTo(500);
    }

    /** Below 1,220 a cookie cannot say it over IPv6: the SYN is remembered. */
    @ParameterizedTest(name = "MSS {0} becomes {1}, over IPv6 {2}")
    @CsvSource({"-1, 536, 1220", "536, 536, 536", "1299, 536, 1220", "1300, 1300, 1220", "1400, 1300, 1220",
            "1420, 1300, 1420", "1440, 1440, 1440", "1459, 1440, 1440", "1460, 1460, 1440", "9000, 1460, 1440"})
    void shouldRoundTheMssDownToAUsualOne(final int offered, final int keptOverV4, final int keptOverV6) {
        final Packet synAck = syn(offered, -1);
        peer.seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        assertThat(info(listener).sendMss()).isEqualTo(Family.current() == Family.V4 ? keptOverV4 : keptOverV6);
    }

    @Test
    void shouldGiveAPeerWithALesserMssAPlaceInTheQueueOrNothing() {
        syn(535, -1);
        assertThat(listener.syns()).isEqualTo(1);
        listener.backlog(1);
        final Peer second = new Peer(stack, 40_001, 80, 7_000);
        second.send("S", NOTHING, 535, -1);
        assertThat(stack.allSent()).isEmpty();
        assertThat(stack.counter(Counter.LISTEN_SYN_QUEUE_FULL)).isEqualTo(1);
        assertThat(stack.counter(Counter.SYNCOOKIES_SENT)).isZero();
    }

    @Test
    void shouldResetWhatIsNoCookieOfThisHandshake() {
        final Packet synAck = syn(1_460, -1);
        final int cookie = synAck.seq();
        for (final int[] numbers : new int[][]{{PEER_ISS + 1, cookie + 9}, {PEER_ISS + 2, cookie + 1},
                {PEER_ISS, cookie + 1}, {PEER_ISS + 1, cookie - 7}}) {
            peer.sendAt("A", numbers[0], numbers[1], NOTHING);
            final Packet reset = stack.sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.seq()).isEqualTo(numbers[1]);
        }
        new Peer(stack, 40_001, 80, PEER_ISS).sendAt("A", PEER_ISS + 1, cookie + 1, NOTHING);
        assertThat(stack.sent().is("R")).as("another port").isTrue();
        assertThat(stack.counter(Counter.SYNCOOKIES_FAILED)).isEqualTo(5);
        assertThat(stack.counter(Counter.TCP_NO_CONNECTION)).isEqualTo(5);
        assertThat(stack.engine().connections()).isZero();
    }

    @Test
    void shouldNotLookForACookieInARstOrASynAck() {
        final Packet synAck = syn(1_460, -1);
        peer.sendAt("RA", PEER_ISS + 1, synAck.seq() + 1, NOTHING);
        assertThat(stack.allSent()).isEmpty();
        peer.sendAt("SA", PEER_ISS + 1, synAck.seq() + 1, NOTHING);
        assertThat(stack.sent().is("R")).isTrue();
        assertThat(stack.counter(Counter.SYNCOOKIES_RECV) + stack.counter(Counter.SYNCOOKIES_FAILED)).isZero();
    }

    @Test
    void shouldResetAStrayAckUnlookedAtWhereNoCookieWasSent() {
        peer.sendAt("A", PEER_ISS + 1, 1_001, NOTHING);
        assertThat(stack.sent().is("R")).isTrue();
        assertThat(stack.counter(Counter.SYNCOOKIES_FAILED)).isZero();
    }

    @Test
    void shouldRefuseACookieThatWasMadeForAnotherWindowScaleOfOurs() {
        peer.with(packet -> packet.withTimestamps(100, 0));
        final Packet synAck = syn(1_460, 5);
        final StackDriver.Listener other = listener(TcpSettings.DEFAULT.toBuilder().windowScale(1).build());
        new Peer(stack, 41_000, 80, 1).send("S", NOTHING, 1_460, -1);
        stack.allSent();
        peer.with(packet -> packet.withTimestamps(101, synAck.extras().tsVal()));
        peer.seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        assertThat(stack.sent().is("R")).as("windows would be read wrongly").isTrue();
        assertThat(other.poll()).isZero();
    }

    @Test
    void shouldHoldTheHandshakeBackWhileTheAcceptQueueIsFull() {
        listener.backlog(1);
        new Peer(stack, 39_999, 80, 1).open(1_460);
        final Packet synAck = syn(1_460, -1);
        peer.seq(PEER_ISS + 1).expect(synAck.seq() + 1).sendAt("PA", PEER_ISS + 1, synAck.seq() + 1, "held".getBytes());
        assertThat(stack.allSent()).isEmpty();
        assertThat(stack.engine().connections()).isEqualTo(1);
        assertThat(stack.counter(Counter.HANDSHAKES_HELD_BACK)).isEqualTo(1);
        abort(listener.accept(stack, application));
        peer.send("PA", "held");
        final long handle = listener.accept(stack, application);
        assertThat(stack.receive(handle, 10)).isEqualTo("held".getBytes());
        abort(handle);
    }

    @Test
    void shouldResetAHandshakeThatFindsTheAcceptQueueFullWhereToldSo() {
        listener.backlog(1);
        listener.abortsOnOverflow(true);
        new Peer(stack, 39_999, 80, 1).open(1_460);
        final Packet synAck = syn(1_460, -1);
        peer.seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        final Packet reset = stack.sent();
        assertThat(reset.is("R")).isTrue();
        assertThat(reset.seq()).isEqualTo(synAck.seq() + 1);
        abort(listener.accept(stack, application));
    }

    @Test
    void shouldResetAConnectionWhoseListenerClosesInTheMiddleOfTheLastAck() {
        final Packet synAck = syn(1_460, -1);
        listener.close();
        peer.seq(PEER_ISS + 1).expect(synAck.seq() + 1).send("PA", "too late");
        assertThat(stack.sent().is("R")).isTrue();
        assertThat(stack.engine().connections()).isZero();
    }

    @Test
    void shouldMeasureNoRoundTripOfAHandshakeThatNobodyRemembers() {
        final Packet synAck = syn(1_460, -1);
        stack.advanceMs(500);
        peer.seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        final TcpInfo info = info(listener);
        assertThat(info.srttNs()).isZero();
        assertThat(info.rtoNs()).isEqualTo(TcpSettings.DEFAULT.rtoInitialNs());
    }

    @Test
    void shouldTakeAllThatTheSynAckPromised() {
        final Packet synAck = syn(1_460, -1);
        peer.seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        final long handle = listener.accept(stack, application);
        for (int sent = 0; sent < synAck.window(); sent += 1_000) {
            peer.data(new byte[Math.min(1_000, synAck.window() - sent)]);
        }
        assertThat(stack.tcp().available(handle)).isEqualTo(synAck.window());
        abort(handle);
    }

    @Test
    void shouldSendWithTheTrafficClassOfTheListener() {
        listener(TcpSettings.DEFAULT.toBuilder().trafficClass(0xB8 | Ipv4Header.CE).build());
        peer.send("S", NOTHING, 1_460, -1);
        final byte[] synAck = stack.port().poll();
        final int first = (synAck[0] & 0xFF) << Byte.SIZE | synAck[1] & 0xFF;
        assertThat((Family.current() == Family.V4 ? first : first >> 4) & 0xFF).isEqualTo(0xB8);
    }

    /** Without a place in the queue a SYN that reopens a connection in TIME_WAIT is dropped: no cookie can be high enough. */
    @Test
    void shouldNotReopenAConnectionInTimeWaitByACookie() {
        final Packet synAck = syn(1_460, -1);
        peer.seq(PEER_ISS + 1).ack(synAck.seq() + 1);
        final long handle = listener.accept(stack, application);
        stack.tcp().close(handle);
        stack.run();
        peer.ack(stack.sent().seq() + 1).send("FA", "");
        assertThat(stack.engine().timeWaits()).isEqualTo(1);
        stack.allSent();
        final long sent = stack.counter(Counter.SYNCOOKIES_SENT);
        peer.seq(PEER_ISS + 70_000).send("S", NOTHING, 1_460, -1);
        assertThat(stack.sent().is("SA")).isTrue();
        assertThat(stack.counter(Counter.SYNCOOKIES_SENT)).isEqualTo(sent);
        assertThat(listener.syns()).isEqualTo(1);
    }

    private StackDriver.Listener listener(final TcpSettings settings) {
        final StackDriver.Listener opened = stack.listen(80, 16, settings);
        opened.cookies(Cookies.ALWAYS);
        return opened;
    }

    private Packet syn(final int mss, final int scale) {
        peer.send("S", NOTHING, mss, scale);
        return stack.sent();
    }

    private TcpInfo info(final StackDriver.Listener of) {
        final long handle = of.accept(stack, application);
        final TcpInfo info = new TcpInfo();
        assertThat(stack.tcp().info(handle, info)).isTrue();
        abort(handle);
        return info;
    }

    private void abort(final long handle) {
        assertThat(handle).isPositive();
        stack.tcp().abort(handle);
        stack.run();
        stack.allSent();
    }
}
