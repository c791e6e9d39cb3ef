package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.counters.Counter;
import io.millrace.socket.MillraceSocket;
import io.millrace.socket.MillraceSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer that writes over packets while the stack of another process reads them, as no wire could: their headers are
 * other ones at each look. The process must live, and serve the next peer.
 */
@Timeout(180)
class HostileSharedMemoryTest {
    private static final int SECONDS = 60;
    private static final int TALKERS = 16;
    /** What comes back from the server before that is enough. */
    private static final int SEGMENTS = 2_000;
    private static final int STROKES_BETWEEN_LOOKS = 10_000;
    private static final int PAUSE = 20;
    /** Headers lie in front of that in a frame. */
    private static final int HEADERS = 256;
    /** Where a queue's rings begin, and the length of an entry. */
    private static final int RINGS = 4_096;
    private static final int ENTRY = 192;
    private static final InetSocketAddress ECHO = new InetSocketAddress("10.0.0.2", 7);
    private static final int PATIENCE_MS = 1_000;

    @TempDir
    private Path folder;
    private Path file;
    private Path config;

    @AfterEach
    void remove() throws IOException {
        for (final String suffix : new String[]{"", ".wake0-0", ".wake1-0"}) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
        }
    }

    @Test
    void shouldLiveWhilePacketsChangeUnderItsEyes() throws Exception {
        file = Files.isWritable(Path.of("/dev/shm"))
                ? Path.of("/dev/shm", "millrace-hostile-" + ProcessHandle.current().pid())
                : folder.resolve("shared");
        config = Files.writeString(folder.resolve("my.conf"), """
                millrace.port.frames = 128
                millrace.engine { slab = 64MiB, max-connections = 256, max-time-wait = 256 }
                """);
        try (CommandLine server = CommandLine.startHere(folder, "serve", "--port", "shm:" + file, "--config",
                config.toString(), "--address", "10.0.0.2/24", "--http", "80", "--echo", "7")) {
            server.awaitOutput("is ready");
            harass();
            assertThat(server.process.isAlive()).as(server.errors()).isTrue();
            assertThat(server.errors()).doesNotContain("Unexpected exception");
            final Path output = folder.resolve("output");
            try (CommandLine fetch = CommandLine.startHere(folder, "fetch", "--port", "shm:" + file, "--config",
                    config.toString(), "--address", "10.0.0.1/24", "-o", output.toString(),
                    "http://10.0.0.2/bytes/1000000")) {
                assertThat(fetch.exitCode(SECONDS)).as(fetch.errors()).isZero();
                assertThat(output).hasSize(1_000_000);
            }
            server.process.destroy();
            assertThat(server.exitCode(SECONDS)).isEqualTo(143);
        }
    }

    /** A client's traffic, over whose headers somebody writes. */
    private void harass() throws Exception {
        final AtomicBoolean done = new AtomicBoolean();
        final List<Thread> talkers = new ArrayList<>();
        try (Millrace stack = Millrace.launch(MillraceConfig.parse("""
                %s
                millrace { port.device = "shm:%s", ip.addresses = ["10.0.0.1/24"] }
                """.formatted(Files.readString(config), file)));
                MillraceSockets sockets = new MillraceSockets(stack)) {
            for (int i = 0; i < TALKERS; i++) {
                talkers.add(Thread.ofVirtual().start(() -> {
                    while (!done.get()) {
                        talk(sockets);
                    }
                }));
            }
            final MappedByteBuffer memory = map();
            final Random random = new Random(1);
            while (stack.counters().get(Counter.TCP_SEGMENTS_RECEIVED.label()) < SEGMENTS) {
                strike(memory, random);
            }
            done.set(true);
        }
        for (final Thread talker : talkers) {
            talker.join();
        }
    }

    private MappedByteBuffer map() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
        }
    }

    /**
     * One byte at a time of some frame's headers, in the client's pool at the end of the file, as it came second, or in its
     * ring, but not of the entries' numbers: then nothing would come any more.
     */
    private static void strike(final ByteBuffer memory, final Random random) {
        final int frames = Integer.reverseBytes(memory.getInt(24));
        final int slot = Integer.reverseBytes(memory.getInt(28));
        final int pool = memory.capacity() - (frames * slot + (1 << 16) - 1 & -(1 << 16));
        final int ring = (1 << 16) + RINGS + 2 * frames * ENTRY;
        for (int i = 0; i < STROKES_BETWEEN_LOOKS; i++) {
            final int at = random.nextBoolean()
                    ? pool + random.nextInt(frames) * slot + random.nextInt(HEADERS)
                    : ring + random.nextInt(2 * frames) * ENTRY + random.nextInt(Long.BYTES, ENTRY);
            final byte before = memory.get(at);
            memory.put(at, (byte) random.nextInt());
            for (int pause = 0; pause < PAUSE; pause++) {
                Thread.onSpinWait();
            }
            if (i % 4 != 0) {
                // Mostly so short that some of both is seen, and most packets are none the worse.
                memory.put(at, before);
            }
        }
    }

    private static void talk(final MillraceSockets sockets) {
        try (MillraceSocket socket = sockets.connect(ECHO, PATIENCE_MS)) {
            socket.setSoTimeout(PATIENCE_MS);
            final byte[] block = new byte[30_000];
            for (int i = 0; i < 100; i++) {
                socket.getOutputStream().write(block);
                socket.getInputStream().readNBytes(block.length / 2);
            }
        } catch (final IOException | IllegalStateException e) {
            // That is to be expected of such a link.
        }
    }
}
