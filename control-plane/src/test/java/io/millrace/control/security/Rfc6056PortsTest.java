package io.millrace.control.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.fastpath.wire.IpAddress;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class Rfc6056PortsTest {
    private static final long US = IpAddress.v4(0x0a000002);
    private static final long PEER = IpAddress.v4(0x0a000001);

    @Property(tries = 200)
    void shouldVisitEveryPortOfTheRangeOnce(@ForAll @IntRange(min = 1, max = 60_000) final int low,
            @ForAll @IntRange(min = 0, max = 5_000) final int width, @ForAll final long seed,
            @ForAll @IntRange(max = 70_000) final int before) {
        final Rfc6056Ports ports = new Rfc6056Ports(low, low + width, 0, 1, FlowPlacement.ONE_QUEUE, 64,
                Secret.ofSeed(seed));
        for (int i = 0; i < before; i++) {
            choose(ports, PEER, 443);
        }
        ports.begin(0, US, 0, PEER, 443);
        final Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < ports.candidates(); i++) {
            final int port = ports.next();
            assertThat(port).isBetween(low, low + width);
            seen.add(port);
        }
        assertThat(seen).hasSize(width + 1);
    }

    @Property(tries = 100)
    void shouldDivideTheRangeAmongEngines(@ForAll @IntRange(min = 1, max = 16) final int engines,
            @ForAll @IntRange(min = 16, max = 500) final int width) {
        final Set<Integer> seen = new HashSet<>();
        int total = 0;
        for (int engine = 0; engine < engines; engine++) {
            final Rfc6056Ports ports = new Rfc6056Ports(40_000, 40_000 + width - 1, engine, engines,
                    FlowPlacement.AS_SENT, 64,
                    Secret.ofSeed(3));
            ports.begin(0, US, 0, PEER, 443);
            for (int i = 0; i < ports.candidates(); i++) {
                seen.add(ports.next());
                total++;
            }
        }
        assertThat(total).isEqualTo(width);
        assertThat(seen).hasSize(width);
    }

    @Property(tries = 50)
    void shouldChooseEveryPortOnceByWhichAnswersComeToTheEngine(@ForAll @IntRange(min = 2, max = 64) final int engines,
            @ForAll final long seed) {
        final RssPlacement placement = RssPlacement.spread(RssKey.of(Secret.ofSeed(seed).bytes(RssKey.LENGTH)),
                engines);
        final Set<Integer> seen = new HashSet<>();
        for (int engine = 0; engine < engines; engine++) {
            final Rfc6056Ports ports = new Rfc6056Ports(40_000, 40_999, engine, engines, placement, 64,
                    Secret.ofSeed(seed));
            ports.begin(0, US, 0, PEER, 443);
            for (int port = ports.next(); port != 0; port = ports.next()) {
                assertThat(placement.queue(0, US, port, 0, PEER, 443)).isEqualTo(engine);
                assertThat(seen.add(port)).isTrue();
            }
        }
        assertThat(seen).hasSize(1_000).allMatch(port -> port >= 40_000 && port < 41_000);
    }

    @Test
    void shouldSayThatThereIsNoPortByWhichAnswersCome() {
        final Rfc6056Ports ports = new Rfc6056Ports(40_000, 40_999, 1, 2, FlowPlacement.ONE_QUEUE, 64,
                Secret.ofSeed(1));
        ports.begin(0, US, 0, PEER, 443);
        assertThat(ports.next()).isZero();
    }

    @Test
    void shouldNotComeBackToAPortBeforeTheOthersOfItsEngine() {
        final RssPlacement placement = RssPlacement.spread(RssKey.EXAMPLE, 4);
        final Rfc6056Ports ports = new Rfc6056Ports(40_000, 40_999, 2, 4, placement, 64, Secret.ofSeed(1));
        final Set<Integer> seen = new HashSet<>();
        ports.begin(0, US, 0, PEER, 443);
        int mine = 0;
        for (int port = 40_000; port < 41_000; port++) {
            mine += placement.queue(0, US, port, 0, PEER, 443) == 2 ? 1 : 0;
        }
        for (int i = 0; i < mine; i++) {
            assertThat(seen.add(choose(ports, PEER, 443))).isTrue();
        }
        assertThat(seen).contains(choose(ports, PEER, 443));
    }

    @Test
    void shouldGiveGrowingPortsToOneDestination() {
        final Rfc6056Ports ports = ports(Secret.ofSeed(9));
        int previous = choose(ports, PEER, 443);
        for (int i = 0; i < 100; i++) {
            final int port = choose(ports, PEER, 443);
            assertThat(port).isEqualTo(previous == 60_999 ? 32_768 : previous + 1);
            previous = port;
        }
    }

    @Test
    void shouldStartElsewhereForAnotherDestinationAndSecret() {
        final Set<Integer> seen = new HashSet<>();
        seen.add(choose(ports(Secret.ofSeed(9)), PEER, 443));
        seen.add(choose(ports(Secret.ofSeed(9)), PEER + 1, 443));
        seen.add(choose(ports(Secret.ofSeed(9)), PEER, 444));
        seen.add(choose(ports(Secret.ofSeed(10)), PEER, 443));
        assertThat(seen).hasSize(4);
    }

    @Test
    void shouldRepeatWithTheSameSecret() {
        assertThat(choose(ports(Secret.ofSeed(9)), PEER, 443)).isEqualTo(choose(ports(Secret.ofSeed(9)), PEER, 443));
    }

    @Test
    void shouldRefuseWhatIsNoRange() {
        assertThatThrownBy(() -> new Rfc6056Ports(10, 9, 0, 1, FlowPlacement.ONE_QUEUE, 64, Secret.ofSeed(1)))
                .hasMessage("ephemeral ports: invalid port range 10-9");
        assertThatThrownBy(() -> new Rfc6056Ports(10, 11, 0, 3, FlowPlacement.AS_SENT, 64, Secret.ofSeed(1)))
                .hasMessage("ephemeral ports: invalid engine 0 of 3");
        assertThatThrownBy(() -> new Rfc6056Ports(10, 11, 0, 1, FlowPlacement.ONE_QUEUE, 65, Secret.ofSeed(1)))
                .hasMessage("ephemeral ports: invalid table length 65");
    }

    @Test
    void shouldHideTheSecretInItsText() {
        assertThat(Secret.random().toString()).isEqualTo("Secret[hidden]");
    }

    private static Rfc6056Ports ports(final Secret secret) {
        return new Rfc6056Ports(32_768, 60_999, 0, 1, FlowPlacement.ONE_QUEUE, 64, secret);
    }

    private static int choose(final Rfc6056Ports ports, final long remote, final int port) {
        ports.begin(0, US, 0, remote, port);
        return ports.next();
    }
}
