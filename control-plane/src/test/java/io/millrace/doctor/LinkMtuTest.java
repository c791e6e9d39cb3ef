package io.millrace.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.control.listen.TcpListener;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkMtuTest {
    private static final InetAddress SERVER = InetAddress.ofLiteral("fd00::2");

    @Test
    void shouldNotTakeWhatRoutersSayOfTheLinkForAMistake() throws Exception {
        try (MemoryLink link = MemoryLink.builder().build();
                Millrace server = stack(link, 0, "fd00::2/64");
                Millrace client = stack(link, 1, "fd00::1/64")) {
            client.engine(0).commands().linkMtuV6(0, 1_400);
            final TcpListener listener = server.listen(new InetSocketAddress(SERVER, 80), 4, server.tcpSettings(),
                    false);
            client.engine(0).doWork();
            client.engine(0).tcp().connect(0, 0, 0, IpAddress.hi(SERVER), IpAddress.lo(SERVER), 80,
                    client.tcpSettings(), (connection, events) -> {});
            while (listener.acceptQueueDepth() == 0) {
                server.engine(0).doWork();
                client.engine(0).doWork();
            }
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
            return DuringRun.of(observer, 0);
        } catch (final IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Millrace stack(final MemoryLink link, final int side, final String address) throws IOException {
        return Millrace.builder(MillraceConfig.parse("""
                millrace.threading.control = shared
                millrace.ipv6.dad-transmits = 0
                millrace.observe.enabled = false
                millrace.ip.addresses = ["%s"]
                """.formatted(address))).device(link.side(side)).seed(side).launch();
    }
}
