package io.millrace.control.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        final Rfc6056Ports ports = new Rfc6056Ports(low, low + width, 0, 1, 64, Secret.ofSeed(seed));
        ports.begin(0, US, 0, PEER, 443);
        for (int i = 0; i < before; i++) {
            ports.next();
        }
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
            final Rfc6056Ports ports = new Rfc6056Ports(40_000, 40_000 + width - 1, engine, engines, 64,
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
        assertThatThrownBy(() -> new Rfc6056Ports(10, 9, 0, 1, 64, Secret.ofSeed(1)))
                .hasMessage("ephemeral ports: invalid port range 10-9");
        assertThatThrownBy(() -> new Rfc6056Ports(10, 11, 0, 3, 64, Secret.ofSeed(1)))
                .hasMessage("ephemeral ports: invalid engine 0 of 3");
        assertThatThrownBy(() -> new Rfc6056Ports(10, 11, 0, 1, 65, Secret.ofSeed(1)))
                .hasMessage("ephemeral ports: invalid table length 65");
    }

    @Test
    void shouldHideTheSecretInItsText() {
        assertThat(Secret.random().toString()).isEqualTo("Secret[hidden]");
    }

    private static Rfc6056Ports ports(final Secret secret) {
        return new Rfc6056Ports(32_768, 60_999, 0, 1, 64, secret);
    }

    private static int choose(final Rfc6056Ports ports, final long remote, final int port) {
        ports.begin(0, US, 0, remote, port);
        return ports.next();
    }
}
