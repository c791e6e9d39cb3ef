package io.millrace.control.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.control.RecordingCommands;
import io.millrace.config.Cidr;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.security.Secret;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ListenersTest {
    private final RecordingCommands engine0 = new RecordingCommands();
    private final RecordingCommands engine1 = new RecordingCommands();
    private final Set<Integer> busyPorts = new HashSet<>();
    private final Listeners listeners = listeners(ListenSettings.DEFAULT);

    @Test
    void shouldFindTheListenerOfAnAddressAndPort() throws IOException {
        final TcpListener listener = listen("10.0.0.2", 80, false);
        assertThat(lookup("10.0.0.2", 80)).isSameAs(listener);
        assertThat(lookup("10.0.0.2", 81)).isNull();
        assertThat(lookup("10.0.1.2", 80)).isNull();
    }

    @Test
    void shouldLetTheWildcardListenToEveryAddressOfItsFamily() throws IOException {
        final TcpListener four = listen("0.0.0.0", 80, false);
        final TcpListener both = listen("::", 81, false);
        assertThat(lookup("10.0.0.2", 80)).isSameAs(four);
        assertThat(lookup("10.0.1.2", 80)).isSameAs(four);
        assertThat(lookup("fd00::2", 80)).isNull();
        assertThat(lookup("10.0.0.2", 81)).isSameAs(both);
        assertThat(lookup("fd00::2", 81)).isSameAs(both);
    }

    @Test
    void shouldPreferTheSpecificAddress() throws IOException {
        final TcpListener both = listen("::", 80, true);
        final TcpListener four = listen("0.0.0.0", 80, true);
        final TcpListener specific = listen("10.0.0.2", 80, true);
        assertThat(lookup("10.0.0.2", 80)).isSameAs(specific);
        assertThat(lookup("10.0.1.2", 80)).isSameAs(four);
        assertThat(lookup("fd00::2", 80)).isSameAs(both);
    }

    @Test
    void shouldFindEachOfManyListeners() throws IOException {
        for (int port = 1; port <= 500; port++) {
            listen("10.0.0.2", port, false);
        }
        for (int port = 1; port <= 500; port++) {
            final var found = lookup("10.0.0.2", port);
            assertThat(found).isNotNull();
            assertThat(found.port()).isEqualTo(port);
        }
        assertThat(lookup("10.0.0.2", 501)).isNull();
        assertThat(listeners.all()).extracting(TcpListener::id).doesNotHaveDuplicates().hasSize(500);
    }

    @Test
    void shouldRefuseAnAddressThatIsNotOwn() {
        assertThatThrownBy(() -> listen("192.168.1.9", 80, true)).isInstanceOf(BindException.class)
                .hasMessage("192.168.1.9 is none of this stack's addresses: 10.0.0.2, 10.0.1.2, fd00:0:0:0:0:0:0:2");
    }

    @Test
    void shouldRefuseANameThatIsNotResolved() {
        assertThatThrownBy(() -> listeners.listen(InetSocketAddress.createUnresolved("nowhere", 80), 1,
                TcpSettings.DEFAULT, true)).isInstanceOf(UnknownHostException.class).hasMessage("nowhere");
    }

    @Test
    void shouldRefuseAnEndpointThatIsBoundEvenWithReuse() throws IOException {
        listen("10.0.0.2", 80, true);
        assertThatThrownBy(() -> listen("10.0.0.2", 80, true)).isInstanceOf(BindException.class)
                .hasMessage("address already in use: 10.0.0.2:80 (listener 10.0.0.2:80)");
        listen("10.0.1.2", 80, false);
    }

    @Test
    void shouldRefuseAnOverlapUnlessBothReuseTheAddress() throws IOException {
        listen("10.0.0.2", 80, false);
        assertThatThrownBy(() -> listen("0.0.0.0", 80, true)).isInstanceOf(BindException.class)
                .hasMessage("address already in use: 0.0.0.0:80 (listener 10.0.0.2:80)");
        listen("::", 81, true);
        assertThatThrownBy(() -> listen("fd00::2", 81, false)).isInstanceOf(BindException.class).hasMessage(
                "address already in use: [fd00:0:0:0:0:0:0:2]:81 (listener [0:0:0:0:0:0:0:0]:81)");
    }

    @Test
    void shouldLeaveAPortToItsConnectionsUnlessTheAddressIsReused() throws IOException {
        busyPorts.add(80);
        assertThatThrownBy(() -> listen("10.0.0.2", 80, false)).isInstanceOf(BindException.class)
                .hasMessage("address already in use: 10.0.0.2:80 (connections of an earlier listener;"
                        + " SO_REUSEADDR takes the port nevertheless)");
        assertThat(listen("10.0.0.2", 80, true).port()).isEqualTo(80);
    }

    @Test
    void shouldChooseAFreePortWhereNoneIsAskedFor() throws IOException {
        final Listeners few = listeners(new ListenSettings(8, 8, 8, 40_000, 40_003));
        busyPorts.add(40_002);
        final Set<Integer> chosen = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            final TcpListener listener = few.listen(address("0.0.0.0", 0), 1, TcpSettings.DEFAULT, true);
            assertThat(listener.localAddress().getPort()).isEqualTo(listener.port());
            chosen.add(listener.port());
        }
        assertThat(chosen).containsExactlyInAnyOrder(40_000, 40_001, 40_003);
        assertThatThrownBy(() -> few.listen(address("0.0.0.0", 0), 1, TcpSettings.DEFAULT, true))
                .isInstanceOf(BindException.class).hasMessage("no free port in 40000-40003");
    }

    @Test
    void shouldBoundTheBacklog() throws IOException {
        final Listeners bounded = listeners(new ListenSettings(16, 64, 8, 40_000, 40_100));
        assertThat(bounded.listen(address("10.0.0.2", 1), 0, TcpSettings.DEFAULT, true).backlog()).isEqualTo(16);
        assertThat(bounded.listen(address("10.0.0.2", 2), -1, TcpSettings.DEFAULT, true).backlog()).isEqualTo(16);
        assertThat(bounded.listen(address("10.0.0.2", 3), 63, TcpSettings.DEFAULT, true).backlog()).isEqualTo(63);
        assertThat(bounded.listen(address("10.0.0.2", 4), 65, TcpSettings.DEFAULT, true).backlog()).isEqualTo(64);
    }

    @Test
    void shouldUnpublishAClosedListenerAndTellEveryEngine() throws IOException {
        final TcpListener first = listen("10.0.0.2", 80, false);
        final TcpListener second = listen("10.0.1.2", 80, false);
        first.close();
        first.close();
        assertThat(lookup("10.0.0.2", 80)).isNull();
        assertThat(lookup("10.0.1.2", 80)).isSameAs(second);
        assertThat(engine0.take()).containsExactly("closed " + first.id());
        assertThat(engine1.take()).containsExactly("closed " + first.id());
        assertThat(listen("10.0.0.2", 80, false).id()).isGreaterThan(second.id());
    }

    @Test
    void shouldCloseAllAndOpenNoMore() throws IOException {
        final TcpListener first = listen("10.0.0.2", 80, false);
        final TcpListener second = listen("10.0.1.2", 80, false);
        listeners.close();
        assertThat(first.isClosed()).isTrue();
        assertThat(second.isClosed()).isTrue();
        assertThat(listeners.all()).isEmpty();
        assertThatThrownBy(() -> listen("10.0.0.2", 80, false)).isInstanceOf(SocketException.class)
                .hasMessage("the stack is closed");
    }

    private Listeners listeners(final ListenSettings settings) {
        final RouteTable routes = RouteTable.of(
                List.of(Cidr.parse("10.0.0.2/24"), Cidr.parse("10.0.1.2/24"), Cidr.parse("fd00::2/64")), List.of());
        return new Listeners(settings, new PublishedRoutes(routes), new EngineCommands[]{engine0, engine1},
                busyPorts::contains, Secret.ofSeed(1), new ControlCounters());
    }

    private TcpListener listen(final String address, final int port, final boolean reuse) throws IOException {
        return listeners.listen(address(address, port), 16, TcpSettings.DEFAULT, reuse);
    }

    private TcpListener lookup(final String address, final int port) {
        final var inet = InetAddress.ofLiteral(address);
        return (TcpListener) listeners.lookup(IpAddress.hi(inet), IpAddress.lo(inet), port);
    }

    private static InetSocketAddress address(final String address, final int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }
}
