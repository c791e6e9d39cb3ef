package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the benchmarks do, counted instead of timed, against {@code bench/baseline/fast-path.txt}: bytes on the heap, and
 * segments for each other. No clock and no other load changes these, so a difference is a change of the stack: one that is
 * wanted is written down there.
 */
@Timeout(120)
class FastPathBaselineTest {
    private static final Path BASELINE = Path.of("baseline", "fast-path.txt");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int OPERATIONS = 1_000;
    private static final int TRIES = 100;
    private static final int STREAM = 64 << 20;
    private static final double MEBIBYTES = 64;

    private final Map<String, String> counted = new TreeMap<>();

    @Test
    void shouldAllocateAndSendWhatTheBaselineSays() throws IOException {
        for (final Family family : Family.values()) {
            segments(family, 1);
            datagrams(family);
        }
        segments(Family.IPV4, 10_000);
        idle();
        connections();
        stream(false);
        stream(true);
        final Map<String, String> expected = new TreeMap<>();
        for (final String line : Files.readAllLines(BASELINE)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                final List<String> halves = List.of(line.split("\\s*=\\s*"));
                expected.put(halves.getFirst(), halves.getLast());
            }
        }
        assertThat(counted).isEqualTo(expected);
    }

    private void segments(final Family family, final int connections) {
        final String name = family + " segments of " + connections + " connections";
        try (EstablishedPeers peers = new EstablishedPeers(family, connections, 64, false, 0)) {
            allocated(name, () -> {
                peers.send(0);
                peers.turn();
            });
            allocated(name + " in bursts", () -> {
                for (int i = 0; i < EstablishedPeers.BURST; i++) {
                    peers.send(i);
                }
                peers.turn();
            });
            assertThat(peers.whatIsWrong()).isNull();
        }
    }

    private void datagrams(final Family family) {
        try (DatagramEcho echo = new DatagramEcho(family, 64, false)) {
            allocated(family + " datagrams", () -> echo.turn(1));
            assertThat(echo.whatIsWrong()).isNull();
        }
    }

    private void idle() {
        try (EstablishedPeers peers = new EstablishedPeers(10_000, 64, true, 0)) {
            allocated("idle turns", peers::turn);
        }
    }

    private void connections() {
        try (EnginePair pair = new EnginePair(false)) {
            allocated("whole connections", pair::oneByteConnection);
            final long client = pair.sentByClient();
            final long server = pair.sentByServer();
            for (int i = 0; i < OPERATIONS; i++) {
                pair.oneByteConnection();
            }
            put("segments of a whole connection, client", (double) (pair.sentByClient() - client) / OPERATIONS);
            put("segments of a whole connection, server", (double) (pair.sentByServer() - server) / OPERATIONS);
        }
    }

    private void stream(final boolean offloads) {
        final String name = "stream " + (offloads ? "with" : "without") + " offloads";
        try (EnginePair pair = new EnginePair(offloads)) {
            pair.openStream();
            allocated(name, () -> pair.stream(1 << 10));
            final long client = pair.sentByClient();
            final long server = pair.sentByServer();
            pair.stream(STREAM);
            final double data = pair.sentByClient() - client;
            put(name + ", segments for a MiB", data / MEBIBYTES);
            put(name + ", acknowledgements for a segment", (pair.sentByServer() - server) / data);
        }
    }

    private void put(final String name, final double ratio) {
        counted.put(name, String.format(Locale.ROOT, "%.2f", ratio));
    }

    /**
     * Bytes that this thread allocates in so many turns: the least of several tries, since the JVM itself allocates where code
     * runs for the first time, or anew after it was compiled otherwise. What a turn allocates is part of each try.
     */
    private void allocated(final String name, final Runnable operation) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < TRIES && least > 0; i++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            repeat(operation, OPERATIONS);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        counted.put(name + ", bytes on the heap", String.valueOf(least));
    }

    private static void repeat(final Runnable operation, final int times) {
        for (int i = 0; i < times; i++) {
            operation.run();
        }
    }
}
