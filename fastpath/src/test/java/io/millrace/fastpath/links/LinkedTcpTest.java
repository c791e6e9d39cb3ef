package io.millrace.fastpath.links;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.StandInListener;
import io.millrace.fastpath.wire.IpAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP of a stack with two links: a plain one of MTU 1,500, and one of 9,000 whose port segments and completes checksums. */
@OverBothFamilies
class LinkedTcpTest {
    private static final int ETHERNET = 14;
    private static final int PLAIN = 0;
    private static final int FAST = 1;
    private static final int PLAIN_MTU = 1_500;
    private static final int FAST_MTU = 9_000;

    private static LinkedHosts hosts() {
        return new LinkedHosts(LinkedHosts.link(PLAIN_MTU), LinkedHosts.link(FAST_MTU).offloads(true));
    }

    /** Bytes of text in a full segment: IP header, TCP header and timestamps come off. */
    private static int text(final int mtu) {
        return mtu - Family.current().headerLength() - 20 - 12;
    }

    @Test
    void shouldSendEachConnectionOverTheLinkOfItsRoute() {
        try (LinkedHosts hosts = hosts()) {
            final LinkedStream plain = new LinkedStream(hosts, hosts.right.address(PLAIN), 80).send(300_000);
            final LinkedStream fast = new LinkedStream(hosts, hosts.right.address(FAST), 81).send(300_000);
            hosts.until(() -> plain.isDone() && fast.isDone());
            assertThat(hosts.left.engine.tcp().sendMss(plain.handle())).isEqualTo(text(PLAIN_MTU));
            assertThat(hosts.left.engine.tcp().sendMss(fast.handle())).isEqualTo(text(FAST_MTU));
            assertThat(hosts.left.gates[PLAIN].longest()).isEqualTo(ETHERNET + PLAIN_MTU);
            assertThat(hosts.left.gates[PLAIN].longestVirtual()).isZero();
            assertThat(hosts.left.gates[FAST].longestVirtual()).isGreaterThan(2 * FAST_MTU);
            assertThat(hosts.left.gates[PLAIN].partial()).isZero();
            assertThat(hosts.left.gates[FAST].partial()).as("the port completes every checksum")
                    .isEqualTo(hosts.left.gates[FAST].taken());
            assertThat(hosts.left.takeEvents()).containsExactlyInAnyOrder(
                    "wanted 0 " + text(hosts.right.address(PLAIN), 0),
                    "wanted 1 " + text(hosts.right.address(FAST), 0));
        }
    }

    private static String text(final int address, final int ignored) {
        return IpAddress.toString(Family.current().hi(), Family.current().lo(address));
    }

    /** RFC 9293 §3.7.1: by the link that leads to the peer, also in a cookie. */
    @ParameterizedTest
    @ValueSource(ints = {PLAIN, FAST})
    void shouldAnswerACookieOverTheLinkOfTheRoute(final int link) {
        try (LinkedHosts hosts = hosts()) {
            final LinkedStream stream = new LinkedStream(hosts, hosts.right.address(link), 80,
                    StandInListener.Cookies.ALWAYS).send(100_000);
            hosts.until(stream::isDone);
            assertThat(hosts.right.counter(Counter.SYNCOOKIES_SENT)).isPositive();
            assertThat(hosts.right.gates[1 - link].taken()).isZero();
            assertThat(hosts.right.engine.tcp().sendMss(stream.accepted()))
                    .isLessThanOrEqualTo(text(link == PLAIN ? PLAIN_MTU : FAST_MTU));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PLAIN, FAST})
    void shouldResetOverTheLinkOfTheRoute(final int link) {
        try (LinkedHosts hosts = hosts()) {
            final TcpFailure[] failure = {TcpFailure.NONE};
            hosts.left.engine.tcp().connect(0, 0, 0, Family.current().hi(),
                    Family.current().lo(hosts.right.address(link)), 99, TcpSettings.DEFAULT,
                    (connection, events) -> failure[0] = hosts.left.engine.tcp().failure(connection));
            hosts.until(() -> failure[0] != TcpFailure.NONE);
            assertThat(failure[0]).isEqualTo(TcpFailure.REFUSED);
            assertThat(hosts.right.gates[1 - link].taken()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PLAIN, FAST})
    void shouldNotLetALinkThatTakesNothingHoldUpTheOther(final int dead) {
        try (LinkedHosts hosts = hosts()) {
            final LinkedStream held = new LinkedStream(hosts, hosts.right.address(dead), 80);
            final LinkedStream free = new LinkedStream(hosts, hosts.right.address(1 - dead), 81);
            hosts.until(() -> held.accepted() != 0 && free.accepted() != 0);
            hosts.left.gates[dead].shut(true);
            held.send(3_000_000);
            hosts.turns(100);
            free.send(3_000_000);
            hosts.until(free::isDone);
            assertThat(held.received()).isZero();
            hosts.left.gates[dead].shut(false);
            hosts.until(held::isDone);
        }
    }

    /** Frames that wait for neighbours on one link leave those of the other their places. */
    @Test
    void shouldNotLetNeighboursOfOneLinkHoldUpThoseOfTheOther() {
        try (LinkedHosts hosts = hosts()) {
            hosts.left.silent(true);
            for (int i = 0; i < 40; i++) {
                hosts.left.engine.tcp().connect(0, 0, 0, Family.current().hi(),
                        Family.current().lo(LinkedRoutes.address(FAST, 100 + i)), 80, TcpSettings.DEFAULT,
                        (connection, events) -> {});
            }
            hosts.turns(3);
            assertThat(hosts.left.counter(Counter.NEIGHBOUR_QUEUE_FULL)).as("all that wait on that link").isPositive();
            hosts.left.silent(false);
            final long dropped = hosts.left.counter(Counter.NEIGHBOUR_QUEUE_FULL);
            final LinkedStream free = new LinkedStream(hosts, hosts.right.address(PLAIN), 81).send(100_000);
            hosts.turns(3);
            assertThat(hosts.left.counter(Counter.NEIGHBOUR_QUEUE_FULL)).isEqualTo(dropped);
            hosts.until(free::isDone);
        }
    }

    @Test
    void shouldFollowARouteToASmallerLinkAndBackWhileDataFlows() {
        try (LinkedHosts hosts = hosts()) {
            final int host = hosts.right.address(FAST);
            final LinkedStream stream = new LinkedStream(hosts, host, 80).send(4_000_000);
            hosts.until(() -> stream.received() > 500_000);
            hosts.left.control.routes(hosts.left.routes().with(host, hosts.right.address(PLAIN)));
            hosts.left.gates[PLAIN].taken();
            hosts.until(() -> stream.received() > 2_000_000);
            assertThat(hosts.left.engine.tcp().sendMss(stream.handle())).isEqualTo(text(PLAIN_MTU));
            assertThat(hosts.left.gates[PLAIN].longest()).isEqualTo(ETHERNET + PLAIN_MTU);
            hosts.left.gates[FAST].taken();
            hosts.until(() -> stream.received() > 2_500_000);
            assertThat(hosts.left.gates[FAST].taken()).as("everything goes the new way").isZero();
            hosts.left.control.routes(hosts.left.routes());
            hosts.until(() -> stream.received() > 3_000_000);
            hosts.left.gates[PLAIN].taken();
            hosts.until(stream::isDone);
            assertThat(hosts.left.gates[PLAIN].taken()).isZero();
            assertThat(hosts.left.engine.tcp().sendMss(stream.handle())).isEqualTo(text(FAST_MTU));
        }
    }

    /** The way is given up before a link comes back: what was lost on it goes out again, cut for the other. */
    @Test
    void shouldSendAgainOverAnotherLinkWhatOneHasLost() {
        try (LinkedHosts hosts = hosts()) {
            final int host = hosts.right.address(FAST);
            final LinkedStream stream = new LinkedStream(hosts, host, 80).send(2_000_000);
            hosts.until(() -> stream.received() > 300_000);
            hosts.left.gates[FAST].lossy(true);
            hosts.turns(50);
            hosts.left.control.routes(hosts.left.routes().with(host, hosts.right.address(PLAIN)));
            hosts.until(stream::isDone);
            assertThat(hosts.left.counter(Counter.TCP_RETRANSMITS)).isPositive();
            assertThat(hosts.left.gates[PLAIN].longest()).isEqualTo(ETHERNET + PLAIN_MTU);
        }
    }

    /** Routes change at any moment, ports take nothing for a while: every byte arrives in order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldKeepEveryByteHoweverRoutesChange(final long seed) {
        final Random random = new Random(seed);
        try (LinkedHosts hosts = hosts()) {
            final int[] addresses = {hosts.right.address(PLAIN), hosts.right.address(FAST)};
            final LinkedStream[] streams = {new LinkedStream(hosts, addresses[0], 80).send(1_000_000),
                    new LinkedStream(hosts, addresses[1], 81).send(1_000_000)};
            for (int i = 0; i < 60; i++) {
                hosts.turns(random.nextInt(40));
                final LinkedHost host = random.nextInt(4) == 0 ? hosts.right : hosts.left;
                final int other = host == hosts.left ? 2 : 1;
                LinkedRoutes routes = host.routes();
                for (int link = 0; link < 2; link++) {
                    if (random.nextBoolean()) {
                        routes = routes.with(LinkedRoutes.address(link, other),
                                LinkedRoutes.address(1 - link, other));
                    }
                }
                host.control.routes(routes);
                final GatePort gate = host.gates[random.nextInt(2)];
                switch (random.nextInt(6)) {
                    case 0 -> gate.shut(true);
                    case 1 -> gate.lossy(true);
                    default -> {
                        gate.shut(false);
                        gate.lossy(false);
                    }
                }
            }
            for (final LinkedHost host : new LinkedHost[]{hosts.left, hosts.right}) {
                for (final GatePort gate : host.gates) {
                    gate.shut(false);
                    gate.lossy(false);
                }
            }
            hosts.until(() -> streams[0].isDone() && streams[1].isDone());
        }
    }
}
