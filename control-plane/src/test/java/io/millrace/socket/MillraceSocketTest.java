package io.millrace.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.port.MemoryLink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocking sockets against blocking sockets, over two stacks on a memory link. */
@Timeout(120)
class MillraceSocketTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("10.0.0.1", 80);

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Millrace serverStack;
    private Millrace clientStack;
    private MillraceSockets serverSide;
    private MillraceSockets clientSide;
    private MillraceServerSocket server;

    private void start(final int engines) throws IOException {
        final MemoryLink link = MemoryLink.builder().queues(engines).build();
        serverStack = stack(link, 0, "10.0.0.1/24", engines);
        clientStack = stack(link, 1, "10.0.0.2/24", engines);
        serverSide = new MillraceSockets(serverStack);
        clientSide = new MillraceSockets(clientStack);
        toClose.addAll(List.of(clientSide, serverSide, clientStack, serverStack, link));
        server = serverSide.listen(SERVER, 0);
    }

    private static Millrace stack(final MemoryLink link, final int side, final String address, final int engines)
            throws IOException {
        return Millrace
                .builder(MillraceConfig.parse("millrace { threading.engines = " + engines + "\nip.addresses = [\""
                        + address + "\"]\nengine { slab = 64MiB, max-connections = 4096, max-time-wait = 4096 }"
                        + "\nlisten { backlog = 2000, max-backlog = 2000 } }"))
                .device(link.side(side)).launch();
    }

    @AfterEach
    void shouldLeaveNothingBehind() throws Exception {
        for (final AutoCloseable next : toClose) {
            next.close();
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith("millrace"));
    }

    /** Something done on a thread of its own. */
    private static final class Doing<T> {
        private final Thread thread;
        private final CompletableFuture<T> outcome = new CompletableFuture<>();
        private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

        Doing(final Callable<T> action) {
            thread = Thread.ofVirtual().start(() -> {
                try {
                    outcome.complete(action.call());
                } catch (final Throwable t) {
                    outcome.completeExceptionally(t);
                }
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
        }

        /** Waits until the thread waits. */
        Doing<T> waits() {
            while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
                assertThat(outcome).isNotDone();
                Thread.onSpinWait();
            }
            return this;
        }

        Throwable failure() {
            try {
                throw new AssertionError("did not fail: " + outcome.join());
            } catch (final CompletionException e) {
                return e.getCause();
            }
        }
    }

    private record Pair(MillraceSocket client, MillraceSocket accepted) {
        private InputStream in() throws IOException {
            return client.getInputStream();
        }

        private OutputStream out() throws IOException {
            return client.getOutputStream();
        }
    }

    private Pair connect() throws IOException {
        final MillraceSocket client = clientSide.connect(SERVER, 10_000);
        return new Pair(client, server.accept());
    }

    private static byte[] pattern(final int length, final int seed) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) + seed);
        }
        return bytes;
    }

    private static void echo(final MillraceSocket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldEchoOnAThousandVirtualThreads(final int engines) throws Exception {
        start(engines);
        final int clients = 1_000;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            final Future<?> accepting = threads.submit(() -> {
                for (int i = 0; i < clients; i++) {
                    final MillraceSocket socket = server.accept();
                    threads.submit(() -> echo(socket));
                }
                return null;
            });
            final List<Future<byte[]>> answers = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                final byte[] request = pattern(3_000, i);
                answers.add(threads.submit(() -> {
                    try (MillraceSocket socket = clientSide.connect(SERVER, 60_000)) {
                        for (int part = 0; part < request.length; part += 1_000) {
                            socket.getOutputStream().write(request, part, 1_000);
                        }
                        socket.shutdownOutput();
                        return socket.getInputStream().readAllBytes();
                    }
                }));
            }
            for (int i = 0; i < clients; i++) {
                assertThat(answers.get(i).get()).isEqualTo(pattern(3_000, i));
            }
            accepting.get();
        }
    }

    @Test
    void shouldHoldTheWriterBackUntilSomebodyReads() throws Exception {
        start(1);
        final Pair pair = connect();
        final byte[] bytes = pattern(8_000_000, 7);
        final Doing<Void> writing = new Doing<>(() -> {
            pair.out().write(bytes);
            pair.client.shutdownOutput();
            return null;
        });
        writing.waits();
        assertThat(pair.accepted.getInputStream().readNBytes(bytes.length / 2)).isEqualTo(
                Arrays.copyOf(bytes, bytes.length / 2));
        assertThat(pair.accepted.getInputStream().readAllBytes()).isEqualTo(
                Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length));
        writing.outcome.join();
    }

    @Test
    void shouldTellAddresses() throws Exception {
        start(1);
        final MillraceSocket client = clientSide.newSocket();
        client.bind(new InetSocketAddress("10.0.0.2", 4_711));
        client.connect(SERVER, 10_000);
        final MillraceSocket accepted = server.accept();
        assertThat(client.getLocalSocketAddress()).isEqualTo(new InetSocketAddress("10.0.0.2", 4_711));
        assertThat(client.getRemoteSocketAddress()).isEqualTo(SERVER);
        assertThat(accepted.getRemoteSocketAddress()).isEqualTo(client.getLocalSocketAddress());
        assertThat(accepted.getLocalSocketAddress()).isEqualTo(SERVER);
        assertThat(server.getLocalSocketAddress()).isEqualTo(SERVER);
    }

    @Test
    void shouldTellTheEndOfTheInputAndStillSend() throws Exception {
        start(1);
        final Pair pair = connect();
        pair.out().write("question".getBytes(StandardCharsets.US_ASCII));
        pair.client.shutdownOutput();
        assertThat(pair.accepted.getInputStream().readAllBytes()).asString().isEqualTo("question");
        assertThat(pair.accepted.getInputStream().read()).isEqualTo(-1);
        pair.accepted.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
        pair.accepted.close();
        assertThat(pair.in().readAllBytes()).asString().isEqualTo("answer");
        assertThatThrownBy(() -> pair.out().write(1)).hasMessage("Socket output is shutdown");
        assertThatThrownBy(pair.client::shutdownOutput).hasMessage("Socket output is already shutdown");
    }

    @Test
    void shouldReadNoMoreAfterShutdownOfTheInput() throws Exception {
        start(1);
        final Pair pair = connect();
        final Doing<Integer> reading = new Doing<>(() -> pair.in().read()).waits();
        pair.client.shutdownInput();
        assertThat(reading.outcome.join()).isEqualTo(-1);
        pair.accepted.getOutputStream().write(new byte[100]);
        assertThat(pair.in().read()).isEqualTo(-1);
        assertThat(pair.in().available()).isZero();
    }

    @Test
    void shouldTellWhatIsAvailable() throws Exception {
        start(1);
        final Pair pair = connect();
        pair.accepted.getOutputStream().write(new byte[3]);
        while (pair.in().available() < 3) {
            Thread.onSpinWait();
        }
        assertThat(pair.in().read(new byte[2])).isEqualTo(2);
        assertThat(pair.in().available()).isEqualTo(1);
        assertThat(pair.in().read(new byte[0])).isZero();
    }

    @Test
    void shouldGiveUpReadingInTimeAndLoseNothing() throws Exception {
        start(1);
        final Pair pair = connect();
        pair.client.setSoTimeout(20);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> pair.in().read()).isInstanceOf(SocketTimeoutException.class)
                    .hasMessage("Read timed out");
        }
        pair.accepted.getOutputStream().write(new byte[]{1, 2, 3});
        pair.client.setSoTimeout(0);
        assertThat(pair.in().readNBytes(3)).containsExactly(1, 2, 3);
    }

    @Test
    void shouldGiveUpAcceptingInTime() throws Exception {
        start(1);
        server.setSoTimeout(20);
        assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class).hasMessage("Accept timed out");
        server.setSoTimeout(0);
        assertThat(connect().accepted.isConnected()).isTrue();
    }

    @Test
    void shouldGiveUpConnectingInTime() throws Exception {
        start(1);
        final MillraceSocket socket = clientSide.newSocket();
        assertThatThrownBy(() -> socket.connect(new InetSocketAddress("10.0.0.9", 80), 20))
                .isInstanceOf(SocketTimeoutException.class).hasMessage("Connect timed out");
        assertThat(socket.isClosed()).isTrue();
        assertThat(socket.isConnected()).isFalse();
    }

    @Test
    void shouldTellThatAConnectionIsRefused() throws Exception {
        start(1);
        final MillraceSocket socket = clientSide.newSocket();
        assertThatThrownBy(() -> socket.connect(new InetSocketAddress("10.0.0.1", 81), 10_000))
                .isInstanceOf(ConnectException.class).hasMessage("Connection refused");
        assertThat(socket.isClosed()).isTrue();
        assertThatThrownBy(() -> serverSide.listen(SERVER, 0)).isInstanceOf(BindException.class);
        assertThatThrownBy(() -> clientSide.newSocket().connect(InetSocketAddress.createUnresolved("nowhere", 1), 0))
                .isInstanceOf(UnknownHostException.class);
    }

    @Test
    void shouldReadWhatArrivedBeforeAReset() throws Exception {
        start(1);
        final Pair pair = connect();
        pair.accepted.getOutputStream().write("last words".getBytes(StandardCharsets.US_ASCII));
        while (pair.in().available() < 10) {
            Thread.onSpinWait();
        }
        pair.accepted.setSoLinger(true, 0);
        pair.accepted.close();
        final Doing<Integer> writing = new Doing<>(() -> {
            while (true) {
                pair.out().write(1);
            }
        });
        assertThat(writing.failure()).isInstanceOf(SocketException.class).hasMessage("Connection reset by peer");
        assertThat(pair.in().readNBytes(10)).asString().isEqualTo("last words");
        assertThatThrownBy(() -> pair.in().read()).isInstanceOf(SocketException.class)
                .hasMessage("Connection reset by peer");
    }

    @Test
    void shouldDeliverWhatWasWrittenBeforeClose() throws Exception {
        start(1);
        for (final int linger : new int[]{-1, 100}) {
            final Pair pair = connect();
            pair.client.setSoLinger(linger >= 0, linger);
            assertThat(pair.client.getSoLinger()).isEqualTo(linger);
            pair.out().write(pattern(100_000, linger));
            pair.client.close();
            assertThat(pair.accepted.getInputStream().readAllBytes()).isEqualTo(pattern(100_000, linger));
            pair.accepted.close();
        }
    }

    @Test
    void shouldLingerNoLongerThanTold() throws Exception {
        start(1);
        final Pair pair = connect();
        final Doing<Void> filling = new Doing<Void>(() -> {
            pair.out().write(new byte[20_000_000]);
            return null;
        }).waits();
        pair.client.setSoLinger(true, 1);
        // nobody reads: the FIN cannot be acknowledged
        pair.client.close();
        assertThat(filling.failure()).hasMessage("Socket closed");
    }

    @Test
    void shouldEndWhatWaitsWhereItIsClosed() throws Exception {
        start(1);
        final Pair pair = connect();
        final List<Doing<?>> waiting = List.of(new Doing<>(() -> pair.in().read()).waits(),
                new Doing<>(() -> pair.in().read()).waits(), new Doing<>(() -> {
                    pair.out().write(new byte[20_000_000]);
                    return 0;
                }).waits());
        pair.client.close();
        assertThat(waiting).allSatisfy(call -> assertThat(call.failure()).isInstanceOf(SocketException.class)
                .hasMessage("Socket closed"));
        assertThat(waiting.stream().map(Doing::failure)).as("each tells where its own thread waited")
                .doesNotHaveDuplicates();
        assertThatThrownBy(pair.client::getInputStream).hasMessage("Socket closed");
        final MillraceSocket socket = clientSide.newSocket();
        final Doing<Void> connecting = new Doing<Void>(() -> {
            socket.connect(new InetSocketAddress("10.0.0.9", 80), 0);
            return null;
        }).waits();
        socket.close();
        assertThat(connecting.failure()).hasMessage("Socket closed");
        final List<Doing<?>> accepting = List.of(new Doing<>(server::accept).waits(),
                new Doing<>(server::accept).waits());
        server.close();
        assertThat(accepting).allSatisfy(call -> assertThat(call.failure()).hasMessage("Socket closed"));
    }

    @Test
    void shouldCloseWhereAThreadThatWaitsIsInterrupted() throws Exception {
        start(1);
        final Pair pair = connect();
        shouldBeInterrupted(new Doing<>(() -> pair.in().read()).waits());
        assertThat(pair.client.isClosed()).isTrue();
        final Pair other = connect();
        shouldBeInterrupted(new Doing<>(() -> {
            other.out().write(new byte[20_000_000]);
            return 0;
        }).waits());
        assertThat(other.client.isClosed()).isTrue();
        final MillraceSocket socket = clientSide.newSocket();
        shouldBeInterrupted(new Doing<>(() -> {
            socket.connect(new InetSocketAddress("10.0.0.9", 80), 0);
            return 0;
        }).waits());
        assertThat(socket.isClosed()).isTrue();
        shouldBeInterrupted(new Doing<>(server::accept).waits());
        assertThat(server.isClosed()).isTrue();
    }

    private static void shouldBeInterrupted(final Doing<?> call) {
        call.thread.interrupt();
        assertThat(call.failure()).isInstanceOf(SocketException.class).hasMessage("Closed by interrupt");
        assertThat(call.interrupted.join()).as("still interrupted").isTrue();
    }

    @Test
    void shouldEndEveryReadThatRacesWithClose() throws Exception {
        start(1);
        for (int i = 0; i < 200; i++) {
            final Pair pair = connect();
            final Doing<Integer> reading = new Doing<>(() -> pair.in().read());
            final Doing<Void> writing = new Doing<>(() -> {
                pair.accepted.getOutputStream().write(1);
                return null;
            });
            pair.client.close();
            // either it was read, or the socket was closed
            try {
                assertThat(reading.outcome.join()).isEqualTo(1);
            } catch (final CompletionException e) {
                assertThat(e.getCause()).isInstanceOf(SocketException.class).hasMessage("Socket closed");
            }
            writing.outcome.handle((done, failure) -> done).join();
            pair.accepted.close();
        }
    }

    @Test
    void shouldFailWhereTheStackIsClosed() throws Exception {
        start(1);
        final Pair pair = connect();
        final Doing<Integer> reading = new Doing<>(() -> pair.accepted.getInputStream().read()).waits();
        final Doing<?> accepting = new Doing<>(server::accept).waits();
        serverStack.close();
        assertThat(reading.failure()).isInstanceOf(SocketException.class);
        assertThat(accepting.failure()).hasMessage("Socket closed");
        assertThatThrownBy(() -> pair.in().read()).hasMessage("Connection reset by peer");
        assertThatThrownBy(() -> serverSide.connect(SERVER, 0)).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> serverSide.listen(SERVER, 0)).isInstanceOf(IOException.class);
        assertThatCode(pair.accepted::close).doesNotThrowAnyException();
    }

    @Test
    void shouldFailWhereTheSocketsAreClosedAndLeaveTheStackToOthers() throws Exception {
        start(1);
        final Pair pair = connect();
        final Doing<Integer> reading = new Doing<>(() -> pair.in().read()).waits();
        assertThatThrownBy(() -> new MillraceSockets(clientStack)).isInstanceOf(IllegalStateException.class)
                .hasMessage("engine 0 is driven by another thread");
        clientSide.close();
        assertThat(reading.failure()).hasMessage("Socket closed");
        assertThatThrownBy(() -> clientSide.connect(SERVER, 0)).hasMessage("the sockets of this stack are closed");
        assertThat(pair.accepted.getInputStream().read()).as("closed in good order").isEqualTo(-1);
        clientSide = new MillraceSockets(clientStack);
        toClose.addFirst(clientSide);
        assertThat(connect().client.isConnected()).isTrue();
    }

    @Test
    void shouldShareAStackWithEventLoops() throws Exception {
        start(1);
        clientSide.close();
        final MillraceEventLoopGroup group = new MillraceEventLoopGroup(clientStack);
        clientSide = MillraceSockets.sharing(clientStack, group::loopOf);
        try {
            final Pair pair = connect();
            pair.out().write(pattern(1_000, 1));
            assertThat(pair.accepted.getInputStream().readNBytes(1_000)).isEqualTo(pattern(1_000, 1));
            final Doing<Integer> reading = new Doing<>(() -> pair.in().read()).waits();
            clientSide.close();
            assertThat(reading.failure()).hasMessage("Socket closed");
        } finally {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
        assertThatThrownBy(() -> clientSide.connect(SERVER, 0)).hasMessage("the sockets of this stack are closed");
    }

    @Test
    void shouldKeepOptions() throws Exception {
        start(1);
        final MillraceSocket socket = clientSide.newSocket();
        socket.setTcpNoDelay(true);
        socket.setKeepAlive(true);
        socket.setTrafficClass(0x48);
        socket.setSoTimeout(5);
        socket.connect(SERVER, 0);
        assertThat(socket.getTcpNoDelay()).isTrue();
        assertThat(socket.getKeepAlive()).isTrue();
        assertThat(socket.getTrafficClass()).isEqualTo(0x48);
        assertThat(socket.getSoTimeout()).isEqualTo(5);
        socket.setTcpNoDelay(false);
        assertThat(socket.getTcpNoDelay()).isFalse();
        assertThatThrownBy(() -> socket.setTrafficClass(256)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket.setSoTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket.setSoLinger(true, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket.connect(SERVER, 0)).hasMessage("Already connected");
        assertThatThrownBy(() -> clientSide.newSocket().getInputStream()).hasMessage("Socket is not connected");
        assertThatThrownBy(() -> serverSide.newServerSocket().accept()).hasMessage("Socket is not bound yet");
    }
}
