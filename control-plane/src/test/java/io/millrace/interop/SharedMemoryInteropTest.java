package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.socket.MillraceSocket;
import io.millrace.socket.MillraceSockets;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stacks of two processes over a file in shared memory. */
@Timeout(180)
class SharedMemoryInteropTest {
    private static final int BYTES = 32 << 20;
    private static final String URL = "http://10.0.0.2/bytes/" + BYTES;
    private static final InetSocketAddress ECHO = new InetSocketAddress("10.0.0.2", 7);
    private static final int PATIENCE_MS = 60_000;
    private static final int SECONDS = 90;

    @TempDir
    private Path folder;
    private Path file;
    private Path config;
    private final long bytesBefore = MemoryRegion.bytesInUse();

    @BeforeEach
    void configure() throws IOException {
        file = Files.isWritable(Path.of("/dev/shm"))
                ? Path.of("/dev/shm", "millrace-interop-" + ProcessHandle.current().pid())
                : folder.resolve("shared");
        config = Files.writeString(folder.resolve("my.conf"), """
                millrace.port.frames = 128
                millrace.engine { slab = 64MiB, max-connections = 256, max-time-wait = 256 }
                """);
    }

    @AfterEach
    void shouldLeaveNothing() throws IOException {
        for (final String suffix : new String[]{"", ".wake0-0", ".wake1-0"}) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    private CommandLine serve() throws Exception {
        final CommandLine server = CommandLine.startHere(folder, "serve", "--port", "shm:" + file, "--config",
                config.toString(), "--address", "10.0.0.2/24", "--http", "80", "--echo", "7");
        server.awaitOutput("is ready");
        return server;
    }

    private CommandLine fetch(final Path output) throws IOException {
        return CommandLine.startHere(folder, "fetch", "--port", "shm:" + file, "--config", config.toString(),
                "--address", "10.0.0.1/24", "-o", output.toString(), "--timeout", "60", URL);
    }

    private Millrace client() throws IOException {
        return Millrace.launch(MillraceConfig.parse("""
                %s
                millrace { port.device = "shm:%s", ip.addresses = ["10.0.0.1/24"] }
                """.formatted(Files.readString(config), file)));
    }

    private void assertFetched(final CommandLine fetch, final Path output) throws Exception {
        assertThat(fetch.exitCode(SECONDS)).as(fetch.errors()).isZero();
        assertThat(output).hasSize(BYTES);
        // "/bytes/N" are lines of their own number.
        final byte[] bytes = Files.readAllBytes(output);
        for (int at = 0; at < BYTES; at += 16) {
            assertThat(new String(bytes, at, 15, StandardCharsets.US_ASCII))
                    .isEqualTo("%015x".formatted(at / 16));
            if (at == 1 << 16) {
                at = BYTES - (1 << 16);
            }
        }
    }

    @Test
    void shouldFetchFromAnotherProcess() throws Exception {
        final Path one = folder.resolve("one");
        final Path other = folder.resolve("other");
        try (CommandLine server = serve()) {
            for (final Path output : new Path[]{one, other}) {
                try (CommandLine fetch = fetch(output)) {
                    assertFetched(fetch, output);
                }
            }
            assertThat(Files.mismatch(one, other)).isEqualTo(-1);
            server.process.destroy();
            assertThat(server.exitCode(SECONDS)).isEqualTo(143);
        }
        assertThat(file).as("removed by the last").doesNotExist();
    }

    /** Bytes there and back, compared by their hash. */
    private static void assertEcho(final MillraceSockets sockets, final int length, final long seed) throws Exception {
        try (MillraceSocket socket = sockets.connect(ECHO, PATIENCE_MS)) {
            final MessageDigest sent = MessageDigest.getInstance("SHA-256");
            final CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    final OutputStream out = socket.getOutputStream();
                    final byte[] block = new byte[65_537];
                    final Random random = new Random(seed);
                    for (int left = length; left > 0; left -= block.length) {
                        random.nextBytes(block);
                        final int count = Math.min(left, block.length);
                        sent.update(block, 0, count);
                        out.write(block, 0, count);
                    }
                    socket.shutdownOutput();
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            final MessageDigest received = MessageDigest.getInstance("SHA-256");
            final byte[] block = new byte[65_536];
            long total = 0;
            for (int n = socket.getInputStream().read(block); n >= 0; n = socket.getInputStream().read(block)) {
                received.update(block, 0, n);
                total += n;
            }
            writing.join();
            assertThat(total).isEqualTo(length);
            assertThat(received.digest()).isEqualTo(sent.digest());
        }
    }

    /** The client is there first. */
    @Test
    void shouldGoOnWithTheNextProcessAfterOneWasKilled() throws Exception {
        try (Millrace stack = client(); MillraceSockets sockets = new MillraceSockets(stack)) {
            try (CommandLine server = serve()) {
                assertEcho(sockets, BYTES, 1);
                try (MillraceSocket open = sockets.connect(ECHO, PATIENCE_MS)) {
                    open.getOutputStream().write(1);
                    assertThat(open.getInputStream().read()).isEqualTo(1);
                    server.process.destroyForcibly().waitFor();
                    open.getOutputStream().write(new byte[100_000]);
                }
            }
            try (CommandLine next = serve()) {
                assertEcho(sockets, BYTES, 2);
                next.process.destroyForcibly().waitFor();
            }
            try (CommandLine last = serve()) {
                assertEcho(sockets, 1 << 20, 3);
                last.process.destroy();
                assertThat(last.exitCode(SECONDS)).isEqualTo(143);
            }
        }
    }

    @Test
    void shouldServeTheNextProcessAfterOneWasKilled() throws Exception {
        final Path output = folder.resolve("output");
        try (CommandLine server = serve()) {
            for (int i = 0; i < 2; i++) {
                Files.deleteIfExists(output);
                try (CommandLine killed = fetch(output)) {
                    Await.until("some of it is there", () -> {
                        assertThat(killed.process.isAlive()).as(killed.errors()).isTrue();
                        return Files.exists(output) && Files.size(output) > 0;
                    });
                    killed.process.destroyForcibly().waitFor();
                }
            }
            try (CommandLine fetch = fetch(output)) {
                assertFetched(fetch, output);
            }
            assertThat(server.process.isAlive()).isTrue();
        }
    }
}
