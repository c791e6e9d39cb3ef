package io.millrace.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.counters.ConnectionRecord;
import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.counters.Mailbox;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.DatagramHandler;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.MacAddress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ObserverTest {
    private static final long SERVER = IpAddress.v4(0x0a000002);
    private static final long SHORT_NS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path folder;

    private final MemoryLink link = MemoryLink.builder().build();
    private final CachedNanoClock clock = new CachedNanoClock();

    @AfterEach
    void closeLink() {
        link.close();
    }

    private Millrace stack(final int side, final String address) throws IOException {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.threading.control = shared
                millrace.ip.addresses = ["%s"]
                millrace.observe.directory = "%s"
                """.formatted(address, folder.resolve("observed")));
        return Millrace.builder(config).device(link.side(side)).clock(clock).seed(side).launch();
    }

    private void turns(final int count, final Millrace... stacks) {
        for (int i = 0; i < count; i++) {
            clock.advance(TimeUnit.MICROSECONDS.toNanos(100));
            for (final Millrace stack : stacks) {
                stack.engine(0).doWork();
            }
        }
    }

    /** Runs the stacks, at a standstill of their clock, until they have answered a question of another thread. */
    private <T> T asked(final Question<T> question, final Millrace... stacks) throws Exception {
        final List<T> answer = new ArrayList<>();
        final List<Exception> failures = new ArrayList<>();
        final AtomicBoolean done = new AtomicBoolean();
        final Thread asks = Thread.ofPlatform().start(() -> {
            try {
                answer.add(question.ask());
            } catch (final Exception e) {
                failures.add(e);
            } finally {
                done.set(true);
            }
        });
        while (!done.get()) {
            for (final Millrace stack : stacks) {
                stack.engine(0).doWork();
            }
        }
        asks.join();
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
        return answer.getFirst();
    }

    private interface Question<T> {
        T ask() throws Exception;
    }

    private static List<ObservedConnection> connections(final Observer observer) throws IOException {
        final List<ObservedConnection> all = new ArrayList<>();
        observer.connections(all::add);
        return all;
    }

    private long connect(final Millrace client, final ConnectionHandler handler) {
        return client.engine(0).tcp().connect(0, 0, 0, 0, SERVER, 80, client.tcpSettings(), handler);
    }

    private static List<ObservedEndpoint> endpoints(final Observer observer) throws IOException {
        final List<ObservedEndpoint> all = new ArrayList<>();
        observer.endpoints(all::add);
        return all;
    }

    @Test
    void shouldShowUdpEndpointsWithWhatWaitsForThem() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24");
                Millrace client = stack(1, "10.0.0.1/24");
                Observer observer = Observer.open(server.observationFile().orElseThrow());
                MemoryRegion text = MemoryRegion.allocate("test text", 64)) {
            final DatagramEndpoint bound = server.engine(0).udp().open(events -> {});
            bound.bind(0, SERVER, 53, false);
            bound.receiveBuffer(10_000);
            final DatagramEndpoint connected = server.engine(0).udp().open(new DatagramHandler() {
                @Override
                public void onReady(final int events) {}

                @Override
                public String owner() {
                    return "resolver";
                }
            });
            connected.connect(0, SERVER - 1, 5_353);
            server.engine(0).udp().open(events -> {});
            final DatagramEndpoint sender = client.engine(0).udp().open(events -> {});
            sender.ensureBound();
            sender.send(0, SERVER, 53, text.address(), 40);
            sender.send(0, SERVER, 53, text.address(), 2);
            turns(20, server, client);

            assertThat(asked(() -> endpoints(observer), server, client))
                    .extracting(endpoint -> endpoint.local().toString(),
                            endpoint -> String.valueOf(endpoint.remote()), ObservedEndpoint::waiting,
                            ObservedEndpoint::unreadBytes, ObservedEndpoint::receiveBuffer)
                    .containsExactly(tuple("/10.0.0.2:53", "null", 2, 42, 10_000),
                            tuple(connected.localAddress().toString(), "/10.0.0.1:5353", 0, 0, 212_992));
            assertThat(asked(() -> endpoints(observer), server, client).getLast().owner()).isEqualTo("resolver");
            bound.close();
            assertThat(asked(() -> server.endpoints(), server, client)).hasSize(1);
        }
    }

    /** More of one port, and over more ports, than fit an answer, a slice, or what a slice looks at. */
    @Test
    void shouldShowEveryUdpEndpointOnceHoweverManyThereAre() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24");
                Observer observer = Observer.open(server.observationFile().orElseThrow())) {
            for (int i = 0; i < 300; i++) {
                final DatagramEndpoint shared = server.engine(0).udp().open(events -> {});
                shared.bind(0, SERVER, 4_095, true);
                server.engine(0).udp().open(events -> {}).bind(0, SERVER, 65_535 - 200 * i, false);
            }
            final List<ObservedEndpoint> all = asked(() -> endpoints(observer), server);
            assertThat(all).hasSize(600);
            assertThat(all.stream().map(ObservedEndpoint::local).distinct()).hasSize(301);
        }
    }

    @Test
    void shouldShowAConnectionFromAnotherProcesssPointOfView() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24");
                Millrace client = stack(1, "10.0.0.1/24");
                Observer observer = Observer.open(server.observationFile().orElseThrow())) {
            final TcpListener listener = server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            connect(client, (connection, events) -> {});
            turns(20, server, client);

            final ObservedConnection waiting = asked(() -> connections(observer), server, client).getFirst();
            assertThat(waiting.owner()).isEqualTo(ObservedConnection.Owner.ACCEPT_QUEUE);
            assertThat(waiting.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(waiting.local()).isEqualTo("10.0.0.2:80");
            assertThat(waiting.listener()).isEqualTo(listener.id());

            final Accepted accepted = listener.poll();
            final Named handler = new Named();
            server.engine(0).tcp().attach(accepted.connection(), handler);
            final ObservedConnection taken = asked(() -> connections(observer), server, client).getFirst();
            assertThat(taken.handle()).isEqualTo(accepted.connection());
            assertThat(taken.owner()).isEqualTo(ObservedConnection.Owner.APPLICATION);
            assertThat(taken.ownerName()).isEqualTo("the application's name");
            assertThat(taken.congestionControl()).isEqualTo("cubic");
            assertThat(taken.pathMtu()).isEqualTo(1500);
            assertThat(taken.has(ConnectionRecord.FLAG_SACK | ConnectionRecord.FLAG_TIMESTAMPS)).isTrue();
            assertThat(taken.remotePort()).isEqualTo(
                    asked(() -> connections(client.observer()), server, client).getFirst().localPort());
        }
    }

    @Test
    void shouldShowWhatIsInFlightAndWhichTimerRuns() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24"); Millrace client = stack(1, "10.0.0.1/24")) {
            server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            final long connection = connect(client, (handle, events) -> {});
            turns(20, server, client);
            final TcpCalls tcp = client.engine(0).tcp();
            final int claimed = tcp.claim(connection, 1_000);
            tcp.commit(connection, claimed);
            tcp.flush(connection);
            client.engine(0).doWork();

            final ObservedConnection sending = asked(() -> connections(client.observer()), client).getFirst();
            assertThat(sending.unackedBytes()).isEqualTo(claimed);
            assertThat(sending.queuedBytes()).isEqualTo(claimed);
            assertThat(sending.sendMemory()).isPositive();
            assertThat(sending.timerNs(ObservedConnection.Timer.RETRANSMIT)).isPositive();
            assertThat(sending.timerNs(ObservedConnection.Timer.LIFE)).isEqualTo(ConnectionRecord.OFF);
            assertThat(sending.sinceSentNs()).isNotNegative();
        }
    }

    @Test
    void shouldShowEveryConnectionThroughASmallWindowWithoutStoppingTheLoop() throws Exception {
        final int connections = 5 * EngineArea.ANSWER_RECORDS + 7;
        try (Millrace server = stack(0, "10.0.0.2/24"); Millrace client = stack(1, "10.0.0.1/24")) {
            server.listen(new InetSocketAddress(80), 4_096, server.tcpSettings(), false);
            for (int i = 0; i < connections; i++) {
                connect(client, (connection, events) -> {});
                turns(3, server, client);
            }
            turns(20, server, client);

            final int[] ports = asked(() -> connections(server.observer()), server, client).stream()
                    .mapToInt(ObservedConnection::remotePort).toArray();
            assertThat(ports).hasSize(connections).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldWriteAtMostSixtyFourConnectionsATurn() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24");
                Millrace client = stack(1, "10.0.0.1/24");
                ObservationMemory memory = ObservationMemory.map(server.observationFile().orElseThrow())) {
            server.listen(new InetSocketAddress(80), 4_096, server.tcpSettings(), false);
            for (int i = 0; i < 100; i++) {
                connect(client, (connection, events) -> {});
                turns(3, server, client);
            }
            final long mailbox = memory.getInt(FileLayout.FIRST_AREA) + memory.getInt(FileLayout.AREA_MAILBOX);
            memory.putLongRelease(mailbox + Mailbox.REQUEST, 1);

            server.engine(0).doWork();
            assertThat(memory.getLongAcquire(mailbox + Mailbox.RESPONSE)).isZero();
            assertThat(memory.copy(mailbox + Mailbox.RECORDS + 63 * ConnectionRecord.LENGTH, 384)
                    .getInt(ConnectionRecord.PORTS)).as("the last of the first slice").isNotZero();
            assertThat(memory.copy(mailbox + Mailbox.RECORDS + 64 * ConnectionRecord.LENGTH, 384)
                    .getInt(ConnectionRecord.PORTS)).as("not in the first slice").isZero();
            assertThat(server.nextDeadlineNs()).as("goes on at once").isEqualTo(Long.MIN_VALUE);
            turns(3, server);
            assertThat(memory.getLongAcquire(mailbox + Mailbox.RESPONSE)).isEqualTo(1);
            assertThat(memory.getInt(mailbox + Mailbox.COUNT)).isEqualTo(100);
        }
    }

    @Test
    void shouldIgnoreAQuestionThatMakesNoSense() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24");
                ObservationMemory memory = ObservationMemory.map(server.observationFile().orElseThrow())) {
            final long mailbox = memory.getInt(FileLayout.FIRST_AREA) + memory.getInt(FileLayout.AREA_MAILBOX);
            long request = 0;
            for (final long cursor : new long[]{-1, Long.MIN_VALUE, Long.MAX_VALUE, 0x8000_0000L, 1L << 40,
                    0x1_7FFF_FFFFL, 0x7FFF_FFFFL}) {
                memory.putLong(mailbox + Mailbox.CURSOR, cursor);
                memory.putLongRelease(mailbox + Mailbox.REQUEST, ++request);
                turns(4, server);
                assertThat(memory.getLongAcquire(mailbox + Mailbox.RESPONSE)).isEqualTo(request);
                assertThat(memory.getInt(mailbox + Mailbox.COUNT)).isZero();
            }
            assertThat(server.counters()).containsEntry("Exceptions", 0L);
        }
    }

    @Test
    void shouldTellWhoAsksWhileTheStackIsClosed() throws Exception {
        for (int round = 0; round < 20; round++) {
            final Millrace server = stack(0, "10.0.0.2/24");
            final Observer observer = server.observer();
            final AtomicBoolean asking = new AtomicBoolean();
            final List<Throwable> ends = new ArrayList<>();
            final Thread asks = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        asking.set(true);
                        observer.routes();
                    }
                } catch (final Exception e) {
                    ends.add(e);
                }
            });
            while (!asking.get()) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < 50 * round; i++) {
                server.engine(0).doWork();
            }
            server.close();
            asks.join();
            assertThat(ends).singleElement().isInstanceOfSatisfying(IOException.class,
                    end -> assertThat(end).hasMessage("the stack was closed meanwhile"));
        }
    }

    @Test
    void shouldListTheConnectionsOfItsOwnProcessButNotToTheOneWhoMustAnswer() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24"); Millrace client = stack(1, "10.0.0.1/24")) {
            server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            final List<Exception> refused = new ArrayList<>();
            connect(client, (connection, events) -> {
                try {
                    client.connections();
                } catch (final IllegalStateException | IOException e) {
                    refused.add(e);
                }
            });
            client.engine(0).tryAttachDriver(Thread.currentThread());
            turns(20, server, client);
            assertThat(refused).first().isInstanceOf(IllegalStateException.class);
            client.engine(0).detachDriver();
            assertThat(asked(client::connections, client)).hasSize(1);
        }
    }

    @Test
    void shouldShowTimeWaitWithItsEnd() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24"); Millrace client = stack(1, "10.0.0.1/24")) {
            final TcpListener listener = server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            final long connection = connect(client, (handle, events) -> {});
            turns(20, server, client);
            client.engine(0).tcp().close(connection);
            server.engine(0).tcp().close(listener.poll().connection());
            turns(20, server, client);

            final ObservedConnection over = asked(() -> connections(client.observer()), server, client).getFirst();
            assertThat(over.state()).isEqualTo(TcpState.TIME_WAIT);
            assertThat(over.remote()).isEqualTo("10.0.0.2:80");
            assertThat(over.owner()).isEqualTo(ObservedConnection.Owner.NOBODY);
            assertThat(over.timerNs(ObservedConnection.Timer.LIFE)).isBetween(TimeUnit.SECONDS.toNanos(50),
                    TimeUnit.SECONDS.toNanos(121));
        }
    }

    @Test
    void shouldShowCountersGaugesAndTimesOfTheLoop() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24");
                Millrace client = stack(1, "10.0.0.1/24");
                Observer observer = Observer.open(server.observationFile().orElseThrow())) {
            server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            connect(client, (connection, events) -> {});
            turns(200, server, client);

            assertThat(value(observer, "TcpPassiveOpens")).isOne();
            assertThat(value(observer, "Connections")).isOne();
            assertThat(value(observer, "ConnectionsLimit")).isEqualTo(65_536);
            assertThat(value(observer, "ConnectionsQueued")).as("of the control plane").isOne();
            assertThat(value(observer, "LookNs")).isBetween(clock.nanoTime() - 1_000_000, clock.nanoTime());
            assertThat(value(observer, "LongestGapNs")).isEqualTo(100_000);
            assertThat(observer.loopTimes(0)[16]).as("100 us: 2^16 to 2^17 ns").isEqualTo(199);
            assertThat(observer.readings()).allSatisfy(reading -> {
                assertThat(reading.described().text()).isNotBlank();
                assertThat(reading.described().unit()).isNotBlank();
            });
        }
    }

    private static long value(final Observer observer, final String label) {
        return observer.readings().stream().filter(reading -> reading.label().equals(label)).findFirst().orElseThrow()
                .value();
    }

    @Test
    void shouldShowListenersAndRoutes() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24"); Millrace client = stack(1, "10.0.0.1/24")) {
            server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            server.listen(new InetSocketAddress("10.0.0.2", 81), 9, server.tcpSettings(), false);
            connect(client, (connection, events) -> {});
            turns(20, server, client);
            final Observer observer = server.observer();

            assertThat(asked(observer::listeners, server))
                    .extracting(ObservedListener::local, ObservedListener::backlog,
                            ObservedListener::acceptQueue, ObservedListener::acceptQueueHighest)
                    .containsExactlyInAnyOrder(tuple("0.0.0.0:80", 4, 1, 1),
                            tuple("10.0.0.2:81", 9, 0, 0));
            assertThat(asked(observer::routes, server))
                    .containsExactly(new ObservedRoute("address", "10.0.0.2/24", "", "PREFERRED", ""));
        }
    }

    @Test
    void shouldShowNeighbours() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24"); Millrace client = stack(1, "10.0.0.1/24")) {
            connect(client, (connection, events) -> {});
            turns(20, server, client);
            client.engine(0).tcp().connect(0, 0, 0, 0, IpAddress.v4(0x0a000009), 80, client.tcpSettings(),
                    (connection, events) -> {});
            turns(5, server, client);

            final String mac = MacAddress.toString(link.side(0).queue(0).capabilities().macAddress());
            assertThat(asked(client.observer()::neighbours, client)).containsExactlyInAnyOrder(
                    new ObservedNeighbour("10.0.0.2", mac, "DELAY", "", false),
                    new ObservedNeighbour("10.0.0.9", "", "INCOMPLETE", "", false));
        }
    }

    @Test
    void shouldAnswerMoreRowsThanFitIntoOneAnswer() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24")) {
            final int listeners = 2 * FileLayout.TEXT_RECORDS + 3;
            for (int port = 1; port <= listeners; port++) {
                server.listen(new InetSocketAddress(port), 4, server.tcpSettings(), false);
            }
            assertThat(asked(server.observer()::listeners, server)).extracting(ObservedListener::local)
                    .hasSize(listeners)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldKeepTheFileForItsOwnerAndRemoveItOnClosing() throws Exception {
        final Path file;
        try (Millrace server = stack(0, "10.0.0.2/24"); Millrace other = stack(1, "10.0.0.1/24")) {
            file = server.observationFile().orElseThrow();
            assertThat(file.getFileName()).hasToString(ProcessHandle.current().pid() + "-1.stack");
            assertThat(other.observationFile().orElseThrow()).isNotEqualTo(file);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                    .isEqualTo("rwx------");
        }
        assertThat(file).doesNotExist();
        assertThatThrownBy(() -> Observer.open(file)).isInstanceOf(IOException.class)
                .hasMessage(file + ": no such file; the stack that it belonged to is closed");
    }

    @Test
    void shouldRemoveTheFilesOfProcessesThatHaveEnded() throws Exception {
        final Path directory = folder.resolve("observed");
        final Path stale;
        try (Millrace server = stack(0, "10.0.0.2/24")) {
            final Path file = server.observationFile().orElseThrow();
            stale = ObservationFiles.nameFor(directory, ProcessHandle.current().pid(), 77);
            Files.copy(file, stale);
            try (RandomAccessFile edited = new RandomAccessFile(stale.toFile(), "rw")) {
                // the same id, but a process that started at another time
                edited.seek(FileLayout.PROCESS_START);
                edited.writeLong(Long.reverseBytes(ProcessIdentity.own() - 1));
            }
            final Path elsewhere = ObservationFiles.nameFor(directory, ProcessHandle.current().pid(), 78);
            Files.copy(stale, elsewhere);
            try (RandomAccessFile edited = new RandomAccessFile(elsewhere.toFile(), "rw")) {
                edited.seek(FileLayout.PID_NAMESPACE);
                edited.writeLong(Long.reverseBytes(ProcessIdentity.namespace() + 1));
            }
            final Path incomplete = Files.writeString(ObservationFiles.nameFor(directory, 999_999_999L, 1), "x");

            assertThat(ObservationFiles.removeStale(directory)).isEqualTo(2);
            assertThat(file).exists();
            assertThat(stale).doesNotExist();
            assertThat(incomplete).doesNotExist();
            assertThat(elsewhere).as("of a container whose processes nobody here knows").exists();
        }
    }

    @Test
    void shouldMakeTheFolderWithWhatLeadsToIt() throws Exception {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.threading.control = shared
                millrace.ip.addresses = ["10.0.0.2/24"]
                millrace.observe.directory = "%s"
                """.formatted(folder.resolve("a").resolve("b")));
        try (Millrace server = Millrace.builder(config).clock(clock).launch()) {
            assertThat(server.observationFile().orElseThrow()).exists();
        }
    }

    @Test
    void shouldSayThatAnotherVersionWroteTheFile() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24")) {
            final Path copy = folder.resolve("copy");
            Files.copy(server.observationFile().orElseThrow(), copy);
            try (RandomAccessFile edited = new RandomAccessFile(copy.toFile(), "rw")) {
                edited.seek(FileLayout.VERSION_OFFSET);
                edited.writeInt(Integer.reverseBytes(FileLayout.VERSION + 1));
            }
            assertThatThrownBy(() -> Observer.open(copy)).isInstanceOf(IOException.class)
                    .hasMessage(
                            copy + " has layout 4, and this Millrace reads layout 3: use the millrace command of the"
                                    + " version that runs there");
            Files.writeString(copy, "x".repeat(1_000));
            assertThatThrownBy(() -> Observer.open(copy)).isInstanceOf(IOException.class)
                    .hasMessage(copy + " is not the file of a stack, or not complete yet");
        }
    }

    @Test
    void shouldSayThatNobodyAnswersAndLetTheNextOneAsk() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24");
                Observer observer = Observer.open(server.observationFile().orElseThrow(), SHORT_NS)) {
            assertThatThrownBy(() -> connections(observer)).isInstanceOf(IOException.class)
                    .hasMessage("engine 0 of process "
                            + ProcessHandle.current().pid()
                            + " does not answer: its thread hangs, or nobody drives it");
            assertThatThrownBy(observer::routes).isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the control plane of process");
            assertThat(asked(() -> connections(server.observer()), server)).isEmpty();
        }
    }

    @Test
    void shouldTakeTheTurnOfAProcessThatEndedWhileItAsked() throws Exception {
        try (Millrace server = stack(0, "10.0.0.2/24");
                ObservationMemory memory = ObservationMemory.map(server.observationFile().orElseThrow())) {
            final long mailbox = memory.getInt(FileLayout.FIRST_AREA) + memory.getInt(FileLayout.AREA_MAILBOX);
            memory.putLong(mailbox, 999_999_999L << 24 | 1);
            assertThat(asked(() -> connections(server.observer()), server)).isEmpty();
        }
    }

    @Test
    void shouldDoWithoutAFileWhereItIsOffOrCannotBeMade() throws Exception {
        final Path blocked = Files.writeString(folder.resolve("blocked"), "no folder");
        for (final String setting : List.of("millrace.observe.enabled = false",
                "millrace.observe.directory = \"" + blocked + "\"")) {
            final MillraceConfig config = MillraceConfig.parse("""
                    millrace.threading.control = shared
                    millrace.ip.addresses = ["10.0.0.2/24"]
                    """ + setting);
            try (Millrace server = Millrace.builder(config).clock(clock).launch()) {
                assertThat(server.observationFile()).isEmpty();
                assertThat(asked(server.observer()::routes, server)).hasSize(1);
            }
        }
    }

    /** An application with a name. */
    private static final class Named implements ConnectionHandler {
        @Override
        public void onReady(final long connection, final int events) {}

        @Override
        public String owner() {
            return "the application's name";
        }
    }
}
