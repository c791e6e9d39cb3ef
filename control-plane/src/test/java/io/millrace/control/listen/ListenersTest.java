package io.millrace.control.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Cidr;
import io.millrace.config.SynCookieMode;
import io.millrace.control.RecordingCommands;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.security.Secret;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.ListenOptions;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpPrefix;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListenersTest {
    private static final ListenOptions REUSE = ListenOptions.DEFAULT.withBacklog(16).withReuseAddress(true);

    private final RecordingCommands engine0 = new RecordingCommands();
    private final RecordingCommands engine1 = new RecordingCommands();
    private final Set<Integer> busyPorts = new HashSet<>();
    private Listeners listeners = listeners(ListenSettings.DEFAULT);

    @Test
    void shouldFindTheListenerOfAnAddressAndPort() throws IOException {
        final TcpListener listener = listen("10.0.0.2", 80, false);
        assertThat(lookup("10.0.0.2", 80)).isSameAs(listener);
        assertThat(lookup("10.0.0.2", 81)).isNull();
        assertThat(lookup("10.0.1.2", 80)).isNull();
    }

    @Test
    void shouldLetEitherWildcardListenToBothFamiliesAsInJava() throws IOException {
        for (final String wildcard : List.of("0.0.0.0", "::")) {
            final TcpListener both = listen(wildcard, 80, false);
            assertThat(both.localAddress().getAddress()).isEqualTo(InetAddress.ofLiteral("::"));
            assertThat(lookup("10.0.0.2", 80)).isSameAs(both);
            assertThat(lookup("10.0.1.2", 80)).isSameAs(both);
            assertThat(lookup("fd00::2", 80)).isSameAs(both);
            both.close();
        }
    }

    @Test
    void shouldLetTheWildcardListenToItsFamilyAloneWhereToldSo() throws IOException {
        listeners = listeners(ListenSettings.DEFAULT, true);
        final TcpListener four = listen("0.0.0.0", 80, false);
        assertThat(lookup("10.0.0.2", 80)).isSameAs(four);
        assertThat(lookup("10.0.1.2", 80)).isSameAs(four);
        assertThat(lookup("fd00::2", 80)).isNull();
        final TcpListener six = listen("::", 80, false);
        assertThat(lookup("fd00::2", 80)).isSameAs(six);
        six.close();
        listen("fd00::2", 80, false);
        assertThatThrownBy(() -> listen("10.0.0.2", 80, false)).isInstanceOf(BindException.class)
                .hasMessage("address already in use: 10.0.0.2:80 (listener 0.0.0.0:80)");
    }

    @Test
    void shouldTakeTheWildcardOfIpv4ForItselfWhereThereIsNoOther() throws IOException {
        listeners = new Listeners(ListenSettings.DEFAULT, false,
                new PublishedRoutes(RouteTable.of(List.of(Cidr.parse("10.0.0.2/24")), List.of())),
                new EngineCommands[]{engine0}, busyPorts::contains, Secret.ofSeed(1), new ControlCounters());
        assertThat(listen("0.0.0.0", 80, false).localAddress().getAddress())
                .isEqualTo(InetAddress.ofLiteral("0.0.0.0"));
    }

    @Test
    void shouldPreferTheSpecificAddress() throws IOException {
        listeners = listeners(ListenSettings.DEFAULT, true);
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
                .hasMessage("192.168.1.9 is none of this stack's addresses: 10.0.0.2, 10.0.1.2, fd00::2");
    }

    @Test
    void shouldRefuseANameThatIsNotResolved() {
        assertThatThrownBy(() -> listeners.listen(InetSocketAddress.createUnresolved("nowhere", 80),
                TcpSettings.DEFAULT, ListenOptions.DEFAULT)).isInstanceOf(UnknownHostException.class)
                .hasMessage("nowhere");
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
                .hasMessage("address already in use: [::]:80 (listener 10.0.0.2:80)");
        listen("::", 81, true);
        assertThatThrownBy(() -> listen("fd00::2", 81, false)).isInstanceOf(BindException.class).hasMessage(
                "address already in use: [fd00::2]:81 (listener [::]:81)");
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
            final TcpListener listener = few.listen(address("0.0.0.0", 0), TcpSettings.DEFAULT, REUSE);
            assertThat(listener.localAddress().getPort()).isEqualTo(listener.port());
            chosen.add(listener.port());
        }
        assertThat(chosen).containsExactlyInAnyOrder(40_000, 40_001, 40_003);
        assertThatThrownBy(() -> few.listen(address("0.0.0.0", 0), TcpSettings.DEFAULT, REUSE))
                .isInstanceOf(BindException.class).hasMessage("no free port in 40000-40003");
    }

    @Test
    void shouldShareFlowsAmongListenersThatAllReuseThePort() throws IOException {
        final List<TcpListener> sharing = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sharing.add(sharing("10.0.0.2", 80));
        }
        final Map<TcpListener, Integer> flows = new HashMap<>();
        for (int remotePort = 1; remotePort <= 40_000; remotePort++) {
            final TcpListener chosen = lookup("10.0.0.2", 80, remotePort);
            assertThat(lookup("10.0.0.2", 80, remotePort)).as("the same for the SYN and its last ACK").isSameAs(chosen);
            flows.merge(chosen, 1, Integer::sum);
        }
        assertThat(flows).containsOnlyKeys(sharing);
        assertThat(flows.values()).allMatch(count -> count > 9_500 && count < 10_500);
    }

    @Test
    void shouldLeaveTheFlowsOfTheOthersWhereTheyAreWhenOneClosesAndWhenOneOpens() throws IOException {
        sharing("10.0.0.2", 80);
        final TcpListener closing = sharing("10.0.0.2", 80);
        sharing("10.0.0.2", 80);
        final List<TcpListener> before = chosen();
        closing.close();
        final List<TcpListener> after = chosen();
        final TcpListener opened = sharing("10.0.0.2", 80);
        final List<TcpListener> last = chosen();
        for (int flow = 0; flow < before.size(); flow++) {
            assertThat(after.get(flow)).isNotSameAs(closing);
            if (before.get(flow) != closing) {
                assertThat(after.get(flow)).isSameAs(before.get(flow));
            }
            if (last.get(flow) != opened) {
                assertThat(last.get(flow)).isSameAs(after.get(flow));
            }
        }
        assertThat(last).contains(opened);
    }

    private List<TcpListener> chosen() {
        return IntStream.range(1, 3_000).mapToObj(remotePort -> lookup("10.0.0.2", 80, remotePort)).toList();
    }

    @Test
    void shouldRefuseToShareAPortUnlessAllReuseIt() throws IOException {
        sharing("10.0.0.2", 80);
        assertThatThrownBy(() -> listen("10.0.0.2", 80, true)).isInstanceOf(BindException.class);
        assertThatThrownBy(() -> listen("0.0.0.0", 80, false)).isInstanceOf(BindException.class);
        assertThat(sharing("0.0.0.0", 80).port()).as("and the wildcard beside it").isEqualTo(80);
        listen("10.0.1.2", 81, true);
        assertThatThrownBy(() -> sharing("10.0.1.2", 81)).isInstanceOf(BindException.class);
    }

    @Test
    void shouldPreferTheSpecificAddressAmongThoseThatReuseThePort() throws IOException {
        final TcpListener wildcard = sharing("0.0.0.0", 80);
        final TcpListener specific = sharing("10.0.0.2", 80);
        assertThat(chosen()).containsOnly(specific);
        assertThat(lookup("10.0.1.2", 80)).isSameAs(wildcard);
    }

    @Test
    void shouldTakeAPortFromItsConnectionsWhereItIsReused() throws IOException {
        busyPorts.add(80);
        assertThatThrownBy(() -> listen("10.0.0.2", 80, false)).isInstanceOf(BindException.class);
        assertThat(sharing("10.0.0.2", 80).port()).isEqualTo(80);
    }

    @Test
    void shouldExpectACookieAtEveryListenerThatSharesThePort() throws IOException {
        final Listeners flooded = listeners(
                new ListenSettings(8, 8, 8, SynCookieMode.ALWAYS, false, List.of(), 40_000, 40_003));
        final ListenOptions share = ListenOptions.DEFAULT.withReusePort(true);
        final TcpListener first = flooded.listen(address("10.0.0.2", 80), TcpSettings.DEFAULT, share);
        final TcpListener second = flooded.listen(address("10.0.0.2", 80), TcpSettings.DEFAULT, share);
        final TcpListener other = flooded.listen(address("10.0.0.2", 81), TcpSettings.DEFAULT, share);
        first.onSyn(true, 0);
        first.close();
        assertThat(second.expectsCookies(0)).isTrue();
        assertThat(other.expectsCookies(0)).isFalse();
    }

    @Test
    void shouldAdmitOnlyTheSourcesOfTheApplicationAndOfTheConfiguration() throws IOException {
        final ListenerRule rule = new ListenerRule(0, IpAddress.ANY_V4, 80, 0, List.of(IpPrefix.parse("10.0.0.0/8")),
                null);
        final Listeners ruled = listeners(
                new ListenSettings(8, 8, 8, SynCookieMode.OFF, false, List.of(rule), 40_000, 40_003));
        final TcpListener listener = ruled.listen(address("10.0.0.2", 80), TcpSettings.DEFAULT, ListenOptions.DEFAULT
                .withSources(List.of(IpPrefix.parse("10.9.0.0/16"), IpPrefix.parse("192.168.0.1"))));
        assertThat(admits(listener, "10.9.1.1")).isTrue();
        assertThat(admits(listener, "10.8.1.1")).as("the application's").isFalse();
        assertThat(admits(listener, "192.168.0.1")).as("the configuration's").isFalse();
        assertThat(admits(listener, "fd00::1")).isFalse();
        assertThat(listener.sourcesRefused()).isEqualTo(3);
        final TcpListener open = ruled.listen(address("10.0.0.2", 81), TcpSettings.DEFAULT, ListenOptions.DEFAULT);
        assertThat(admits(open, "fd00::1")).isTrue();
    }

    private static boolean admits(final TcpListener listener, final String address) {
        final InetAddress inet = InetAddress.ofLiteral(address);
        return listener.admits(IpAddress.hi(inet), IpAddress.lo(inet));
    }

    @Test
    void shouldApplyTheRuleOfItsAddressAndPort() throws IOException {
        final TcpSettings small = TcpSettings.DEFAULT.toBuilder().mss(500).build();
        final InetSocketAddress specific = address("10.0.0.2", 80);
        final ListenerRule one = new ListenerRule(0, IpAddress.lo(specific.getAddress()), 80, 3, List.of(), small);
        final ListenerRule every = new ListenerRule(0, 0, 80, 5, List.of(), null);
        final ListenSettings settings = new ListenSettings(8, 8, 8, SynCookieMode.OFF, false, List.of(one, every),
                40_000, 40_003);
        final Listeners ruled = listeners(settings);
        assertThat(ruled.settings(specific, TcpSettings.DEFAULT)).isSameAs(small);
        assertThat(ruled.settings(address("10.0.1.2", 80), TcpSettings.DEFAULT)).isSameAs(TcpSettings.DEFAULT);
        assertThat(ruled.listen(specific, small, ListenOptions.DEFAULT).backlog()).isEqualTo(3);
        final TcpListener other = ruled.listen(address("10.0.1.2", 80), small, ListenOptions.DEFAULT.withBacklog(7));
        assertThat(other.backlog()).as("bounded").isEqualTo(5);
        assertThat(backlog(ruled, 81, 0)).isEqualTo(8);
        other.follow(UnaryOperator.identity());
        final TcpSettings medium = TcpSettings.DEFAULT.toBuilder().mss(700).build();
        ruled.reload(new ListenSettings(8, 8, 8, SynCookieMode.OFF, false,
                List.of(new ListenerRule(0, 0, 80, 2, List.of(), medium)), 40_000, 40_003), TcpSettings.DEFAULT);
        assertThat(other.backlog()).isEqualTo(2);
        assertThat(other.settings()).isSameAs(medium);
    }

    @Test
    void shouldBoundTheBacklog() throws IOException {
        final Listeners bounded = listeners(new ListenSettings(16, 64, 8, 40_000, 40_100));
        assertThat(backlog(bounded, 1, 0)).isEqualTo(16);
        assertThat(backlog(bounded, 2, -1)).isEqualTo(16);
        assertThat(backlog(bounded, 3, 63)).isEqualTo(63);
        assertThat(backlog(bounded, 4, 65)).isEqualTo(64);
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
        return listeners(settings, false);
    }

    private Listeners listeners(final ListenSettings settings, final boolean v6Only) {
        final RouteTable routes = RouteTable.of(
                List.of(Cidr.parse("10.0.0.2/24"), Cidr.parse("10.0.1.2/24"), Cidr.parse("fd00::2/64")), List.of());
        return new Listeners(settings, v6Only, new PublishedRoutes(routes), new EngineCommands[]{engine0, engine1},
                busyPorts::contains, Secret.ofSeed(1), new ControlCounters());
    }

    private TcpListener listen(final String address, final int port, final boolean reuse) throws IOException {
        return listeners.listen(address(address, port), TcpSettings.DEFAULT, REUSE.withReuseAddress(reuse));
    }

    private static int backlog(final Listeners bounded, final int port, final int asked) throws IOException {
        return bounded.listen(address("10.0.0.2", port), TcpSettings.DEFAULT, REUSE.withBacklog(asked)).backlog();
    }

    private TcpListener sharing(final String address, final int port) throws IOException {
        return listeners.listen(address(address, port), TcpSettings.DEFAULT,
                ListenOptions.DEFAULT.withReusePort(true));
    }

    private TcpListener lookup(final String address, final int port) {
        return lookup(address, port, 40_000);
    }

    private TcpListener lookup(final String address, final int port, final int remotePort) {
        final var inet = InetAddress.ofLiteral(address);
        return (TcpListener) listeners.lookup(IpAddress.hi(inet), IpAddress.lo(inet), 0, IpAddress.v4(0x0A000009),
                port << 16 | remotePort);
    }

    private static InetSocketAddress address(final String address, final int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }
}
