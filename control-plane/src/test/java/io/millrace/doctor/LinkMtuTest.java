package io.millrace.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;

import io.millrace.Millrace;
import io.millrace.MillraceBuilder;
import io.millrace.config.MillraceConfig;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.observe.Observer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LinkMtuTest {
    private static final int TEXT_BYTES = 4_000;
    private static final InetAddress SERVER = InetAddress.ofLiteral("fd00::2");

    /** Routers of IPv6, a server of DHCP of IPv4. */
    @ParameterizedTest(name = "IPv6 {0}")
    @ValueSource(booleans = {true, false})
    void shouldNotTakeWhatIsSaidOfTheLinkForAMistake(final boolean v6) throws Exception {
        final InetAddress address = v6 ? SERVER : InetAddress.ofLiteral("10.0.0.2");
        final AtomicLong aheadNs = new AtomicLong();
        try (MemoryLink link = MemoryLink.builder().build();
                Millrace server = stack(link, 0, v6 ? "fd00::2/64" : "10.0.0.2/24");
                Millrace client = builder(link, 1, v6 ? "fd00::1/64" : "10.0.0.1/24")
                        .clock(() -> System.nanoTime() + aheadNs.get()).launch()) {
            if (v6) {
                client.engine(0).commands().linkMtuV6(0, 1_400);
            } else {
                client.engine(0).commands().linkMtuV4(0, 1_400);
            }
            final TcpListener listener = server.listen(new InetSocketAddress(address, 80), 4, server.tcpSettings(),
                    false);
            client.engine(0).doWork();
            client.engine(0).tcp().connect(0, 0, 0, IpAddress.hi(address), IpAddress.lo(address), 80,
                    client.tcpSettings(), (connection, events) -> {});
            while (listener.acceptQueueDepth() == 0) {
                server.engine(0).doWork();
                client.engine(0).doWork();
            }
            // the gauges are shown some times a second
            aheadNs.addAndGet(TimeUnit.SECONDS.toNanos(1));
            client.engine(0).doWork();
            final Observer observer = client.observer();
            final CompletableFuture<List<Integer>> paths = CompletableFuture.supplyAsync(() -> paths(observer));
            final CompletableFuture<List<Finding>> findings = paths.thenApplyAsync(ignored -> findings(observer));
            while (!findings.isDone()) {
                client.engine(0).doWork();
            }
            assertThat(paths.get()).containsExactly(1_400);
            assertThat(findings.get()).extracting(Finding::symptom).doesNotContain(Symptom.PATH_MTU_ON_LINK,
                    Symptom.NOT_DRIVEN);
        }
    }

    /** Smaller segments are only being tried where nothing is acknowledged (RFC 8899 §4.4). */
    @Test
    void shouldNotBlameTheMtuWhereAPeerIsGone() throws Exception {
        final AtomicLong aheadNs = new AtomicLong();
        try (MemoryLink link = MemoryLink.builder().build();
                Millrace server = stack(link, 0, "fd00::2/64");
                Millrace client = builder(link, 1, "fd00::1/64").clock(() -> System.nanoTime() + aheadNs.get())
                        .launch();
                MemoryRegion text = MemoryRegion.allocate("test text", TEXT_BYTES)) {
            final TcpListener listener = server.listen(new InetSocketAddress(SERVER, 80), 4, server.tcpSettings(),
                    false);
            client.engine(0).doWork();
            final long connection = client.engine(0).tcp().connect(0, 0, 0, IpAddress.hi(SERVER),
                    IpAddress.lo(SERVER), 80, client.tcpSettings(), (same, events) -> {});
            while (listener.acceptQueueDepth() == 0) {
                server.engine(0).doWork();
                client.engine(0).doWork();
            }
            // from here on the server takes nothing
            assertThat(client.engine(0).tcp().send(connection, text.address(), TEXT_BYTES)).isEqualTo(TEXT_BYTES);
            client.engine(0).tcp().flush(connection);
            while (client.engine(0).counters().get(Counter.TCP_MTU_BLACK_HOLES) == 0) {
                assertThat(client.engine(0).connections()).as("the connection").isOne();
                aheadNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
                client.engine(0).doWork();
            }
            final Observer observer = client.observer();
            final CompletableFuture<List<Integer>> paths = CompletableFuture.supplyAsync(() -> paths(observer));
            final CompletableFuture<List<Finding>> findings = paths.thenApplyAsync(ignored -> findings(observer));
            while (!findings.isDone()) {
                client.engine(0).doWork();
            }
            assertThat(paths.get()).as("what is tried").singleElement(INTEGER).isLessThan(1_500);
            assertThat(findings.get()).extracting(Finding::symptom).doesNotContain(Symptom.PATH_MTU_ON_LINK,
                    Symptom.NOT_DRIVEN);
        }
    }

    private static List<Integer> paths(final Observer observer) {
        try {
            final List<Integer> paths = new ArrayList<>();
            observer.connections(connection -> paths.add(connection.pathMtu()));
            return paths;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Finding> findings(final Observer observer) {
        try {
            return DuringRun.of(observer, 0, List.of());
        } catch (final IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Millrace stack(final MemoryLink link, final int side, final String address) throws IOException {
        return builder(link, side, address).launch();
    }

    private static MillraceBuilder builder(final MemoryLink link, final int side, final String address) {
        return Millrace.builder(MillraceConfig.parse("""
                millrace.threading.control = shared
                millrace.ipv6.dad-transmits = 0
                millrace.observe.enabled = false
                millrace.ip.addresses = ["%s"]
                """.formatted(address))).device(link.side(side)).seed(side);
    }
}
