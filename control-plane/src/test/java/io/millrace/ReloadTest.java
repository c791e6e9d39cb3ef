package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.AtRunTime;
import io.millrace.config.Cidr;
import io.millrace.config.ConfigException;
import io.millrace.config.ConfigKey;
import io.millrace.config.ConfigKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.TcpKeys;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.SendResult;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReloadTest {
    private static final String TWO = "millrace.ip.addresses = [\"10.0.0.2/24\", \"10.0.0.9/24\"]\n";

    @Test
    void shouldKeepConnectionsAsTheyWereOpened() throws IOException {
        try (StackPair pair = new StackPair("")) {
            final TcpListener listener = StackPair.listen(pair.stack, 80, 4);
            final long old = pair.accept(listener);
            final ReloadReport report = pair.stack.reload(with("millrace.tcp { mss = 600, congestion-control = bbr }"));
            assertThat(report.lines()).containsExactly("reloaded, 2 changed:",
                    "millrace.tcp.mss = 600 (was 0, text:7): for new connections",
                    "millrace.tcp.congestion-control = bbr (was cubic, text:7): for new connections");
            final long young = pair.accept(listener);
            assertThat(pair.engine().tcp().state(old)).isEqualTo(TcpState.ESTABLISHED);
            assertThat(pair.engine().tcp().settings(old).congestionControl()).isEqualTo("cubic");
            assertThat(pair.engine().tcp().settings(young).congestionControl()).isEqualTo("bbr");
            assertThat(pair.engine().tcp().sendMss(old)).isGreaterThan(600);
            assertThat(pair.stack.config().get(TcpKeys.MSS)).isEqualTo(600L);
        }
    }

    @Test
    void shouldChangeNothingWhereOneKeyCannotChange(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("my.conf");
        Files.writeString(file, """
                millrace.tcp.mss = 600
                millrace.port.mtu = 1400
                millrace.engine.max-connections = 512
                """);
        try (StackPair pair = new StackPair("")) {
            final MillraceConfig before = pair.stack.config();
            final ReloadReport report = pair.stack.reload(before.toBuilder().file(file).build());
            assertThat(report.isRefused()).isTrue();
            assertThat(report.lines()).containsExactly("refused, nothing has changed:",
                    file + ":2: millrace.port.mtu = 1400: is 1500 in the running stack, and only a restart changes it",
                    file + ":3: millrace.engine.max-connections = 512: is 256 in the running stack, and only a "
                            + "restart changes it");
            assertThat(pair.stack.config()).isSameAs(before);
            assertThat(pair.stack.tcpSettings().mss()).isZero();
        }
    }

    @Test
    void shouldRefuseEveryKeyThatNeedsARestart() throws IOException {
        try (StackPair pair = new StackPair("")) {
            final List<ConfigKey<?>> fixed = ConfigKeys.ALL.stream()
                    .filter(key -> key.atRunTime() == AtRunTime.RESTART).toList();
            assertThat(fixed).isNotEmpty();
            for (final ConfigKey<?> key : fixed) {
                final MillraceConfig before = pair.stack.config();
                final MillraceConfig next = before.toBuilder().text(key + " = " + OtherValue.of(key)).build();
                assertThat(pair.stack.reload(next).refused()).as(key.path()).hasSize(1)
                        .allMatch(problem -> problem.subject().startsWith(key + " = "));
                assertThat(pair.stack.config()).isSameAs(before);
            }
        }
    }

    @Test
    void shouldNameWhatNeedsARestartBesideWhatCannotBeRead() {
        final MillraceConfig running = MillraceConfig.parse("""
                millrace.threading.engines = 1
                millrace.engine.burst = 32
                """);
        assertThatThrownBy(() -> MillraceConfig.parse("""
                millrace.threading.engine = 1
                millrace.engine.burst = 16
                millrace.tcp.mss = 600
                millrace.engine.slab = much
                """)).isInstanceOfSatisfying(ConfigException.class, unreadable -> {
            final ReloadReport report = ReloadReport.unreadable(running, unreadable);
            assertThat(report.isRefused()).isTrue();
            assertThat(report.lines()).hasSize(4);
            assertThat(report.lines()).last().asString()
                    .endsWith("millrace.engine.burst = 16: is 32 in the running stack, and only a restart changes it");
        });
    }

    @Test
    void shouldSayOfAConfigurationWithoutSyntaxNothingElse() {
        assertThatThrownBy(() -> MillraceConfig.parse("millrace.engine.burst = 16 }"))
                .isInstanceOfSatisfying(ConfigException.class, unreadable -> assertThat(
                        ReloadReport.unreadable(MillraceConfig.parse("millrace.engine.burst = 32"), unreadable)
                                .lines())
                        .hasSize(2));
    }

    @Test
    void shouldChangeAddressesOfFurtherPortsButNotThePorts() throws IOException {
        final String second = "{ device = memory, addresses = [\"10.1.0.2/24\"] }";
        try (StackPair pair = new StackPair("millrace.ports = [" + second + "]")) {
            final MillraceConfig before = pair.stack.config();
            for (final String ports : List.of("", second + ", { device = memory, addresses = [\"10.2.0.2/24\"] }",
                    "{ device = memory, mtu = 1400, addresses = [\"10.1.0.2/24\"] }")) {
                final ReloadReport report = pair.stack.reload(with("millrace.ports = [" + ports + "]"));
                assertThat(report.refused()).as(ports).singleElement().satisfies(problem -> assertThat(
                        problem.message()).contains("ports neither come nor go without a restart"));
            }
            assertThat(pair.stack.config()).isSameAs(before);
            pair.stack.routes().addAddress(Cidr.parse("10.3.0.2/24"));
            assertThat(pair.stack.reload(with("millrace.ports = [{ device = memory, addresses = [\"10.3.0.3/24\"] }]"))
                    .lines()).as("what the program added is in the way").last().asString()
                    .contains("10.3.0.3/24 of link 1 overlaps 10.3.0.2/24 of link 0");
            assertThat(pair.stack.reload(with("millrace.ports = [{ device = memory, addresses = [\"10.4.0.3/24\"] }]"))
                    .isRefused()).isFalse();
            assertThat(pair.stack.routes().current().routing().addresses()).hasToString(
                    "[10.0.0.2/24, 10.4.0.3/24 link 1, 10.3.0.2/24]");
        }
    }

    @Test
    void shouldSayWhereAValueWasThatIsGone() throws IOException {
        try (StackPair pair = new StackPair("millrace.tcp.mss = 600")) {
            assertThat(pair.stack.reload(with("")).lines()).containsExactly("reloaded, 1 changed:",
                    "millrace.tcp.mss = 0 (was 600, text:7): for new connections");
        }
    }

    @Test
    void shouldSayThatNothingDiffers() throws IOException {
        try (StackPair pair = new StackPair("")) {
            assertThat(pair.stack.reload(with("")).lines())
                    .containsExactly("nothing has changed: the configuration is the one in effect");
        }
    }

    @Test
    void shouldRefuseToTakeAnAddressFromAListener() throws IOException {
        try (StackPair pair = new StackPair(TWO)) {
            final TcpListener listener = pair.stack.listen(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.9"), 80),
                    4, pair.stack.tcpSettings(), false);
            assertThat(pair.stack.reload(with("")).lines()).containsExactly("refused, nothing has changed:",
                    "text:6: millrace.ip.addresses = [\"10.0.0.2/24\"]: takes away what listeners, datagram endpoints or "
                            + "connections use: 10.0.0.9");
            listener.close();
            assertThat(pair.stack.reload(with("")).isRefused()).isFalse();
            assertThat(pair.stack.localAddresses()).containsExactly(InetAddress.ofLiteral("10.0.0.2"));
        }
    }

    @Test
    void shouldRefuseToTakeAnAddressFromADatagramEndpoint() throws IOException {
        try (StackPair pair = new StackPair(TWO)) {
            final DatagramEndpoint endpoint = pair.engine().udp().open(events -> {});
            endpoint.bind(0, StackPair.v4("10.0.0.9"), 53, false);
            assertThat(pair.stack.reload(with("")).isRefused()).isTrue();
            endpoint.close();
            assertThat(pair.stack.reload(with("")).isRefused()).isFalse();
        }
    }

    @Test
    void shouldRefuseToTakeAnAddressFromAConnectionUntilItIsOver() throws IOException {
        try (StackPair pair = new StackPair(TWO)) {
            final TcpListener listener = StackPair.listen(pair.stack, 80, 4);
            StackPair.open(pair.peer, "10.0.0.9", 80);
            pair.until(() -> listener.acceptQueueDepth() > 0);
            assertThat(pair.stack.reload(with("")).isRefused()).isTrue();
            pair.engine().tcp().abort(listener.poll().connection());
            pair.run(100);
            assertThat(pair.stack.reload(with("")).isRefused()).isFalse();
        }
    }

    @Test
    void shouldRefuseAPortRangeThatLeavesAnEngineNone() throws IOException {
        final String one = "millrace.ephemeral-ports { low = 50000, high = 50000 }";
        try (StackPair pair = new StackPair("")) {
            assertThat(pair.stack.reload(with(one)).isRefused()).as("one engine, one port").isFalse();
        }
        try (MemoryLink link = MemoryLink.builder().queues(2).build();
                Millrace wide = Millrace.builder(with("")).device(link.side(0)).launch()) {
            assertThat(wide.reload(with(one)).refused()).hasToString("[text:7: millrace.ephemeral-ports.low = 50000: "
                    + "leaves 1 ports to 2 engines, each of which needs one of its own]");
        }
    }

    @Test
    void shouldRefuseWhereTheStackIsClosed() throws IOException {
        final Millrace stack;
        try (StackPair pair = new StackPair("")) {
            stack = pair.stack;
        }
        assertThatThrownBy(() -> stack.reload(with(""))).isInstanceOf(IllegalStateException.class)
                .hasMessage("the stack is closed");
    }

    @Test
    void shouldServeTheOtherFamilyAtAWildcardThatWasBoundBefore() throws IOException {
        try (StackPair pair = new StackPair("")) {
            final TcpListener listener = StackPair.listen(pair.stack, 80, 4);
            final AtomicInteger datagrams = new AtomicInteger();
            pair.engine().udp().open(events -> datagrams.incrementAndGet()).bind(0, IpAddress.ANY_V4, 53, false);
            pair.stack.reload(with("millrace.ip.addresses = [\"10.0.0.2/24\", \"fd00::2/64\"]"));
            pair.peer.reload(StackPair.config("10.0.0.1/24",
                    "millrace.ip.addresses = [\"10.0.0.1/24\", \"fd00::1/64\"]"));
            final InetAddress added = InetAddress.ofLiteral("fd00::2");
            pair.until(() -> pair.stack.localAddresses().contains(added)
                    && pair.peer.localAddresses().contains(InetAddress.ofLiteral("fd00::1")));
            final long hi = IpAddress.hi(added);
            final long lo = IpAddress.lo(added);
            pair.peerEngine().tcp().connect(0, 0, 0, hi, lo, 80, pair.peer.tcpSettings(), (connection, events) -> {});
            pair.until(() -> listener.acceptQueueDepth() > 0);
            final DatagramEndpoint sender = pair.peerEngine().udp().open(events -> {});
            assertThat(sender.connect(hi, lo, 53)).isEqualTo(SendResult.SENT);
            assertThat(sender.send(0, 0)).isEqualTo(SendResult.SENT);
            pair.until(() -> datagrams.get() > 0);
        }
    }

    private static MillraceConfig with(final String text) {
        return StackPair.config("10.0.0.2/24", text);
    }
}
