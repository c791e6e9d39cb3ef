package io.millrace.bench.shm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Both processes of the measurement: one asks and measures, the other one answers. Thread: the main thread of each. */
public final class Speed {
    private static final int SMALL = 64;
    private static final int FULL = 1_514;
    private static final int LARGE = 65_536 - 64;
    private static final int MEDIAN = 2;

    private final int rounds;
    private final int trips;
    private final long frames;

    /**
     * @param rounds how often everything is measured.
     * @param trips  round trips of each.
     * @param frames of a stream of small frames; a tenth as many full ones, a hundredth as many large ones.
     */
    public Speed(final int rounds, final int trips, final long frames) {
        this.rounds = rounds;
        this.trips = trips;
        this.frames = frames;
    }

    /** Starts the other process, and measures. */
    public void measure(final Class<?> tool, final Path file) throws IOException, InterruptedException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            final int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            final Process process = start(tool, "--answer", String.valueOf(port), "--file", file.toString(), "--rounds",
                    String.valueOf(rounds), "--trips", String.valueOf(trips), "--frames", String.valueOf(frames));
            try (SocketEnd socket = new SocketEnd(server.accept()); FrameEnd end = new FrameEnd(file.toString())) {
                for (int round = 0; round < rounds; round++) {
                    socket.read(1);
                    overKernel(socket);
                    overMemory(end);
                }
                process.waitFor();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private void overKernel(final SocketEnd socket) throws IOException {
        final long[] ns = new long[trips];
        for (int i = -trips; i < trips; i++) {
            final long start = System.nanoTime();
            socket.send(SMALL);
            socket.read(SMALL);
            ns[Math.max(0, i)] = System.nanoTime() - start;
        }
        final long start = System.nanoTime();
        for (long i = 0; i < largeFrames(); i++) {
            socket.send(LARGE);
        }
        socket.read(1);
        say("loopback TCP (both spin)", ns, "stream %.0f Gbit/s", gigabits(largeFrames(), LARGE, start));
    }

    private void overMemory(final FrameEnd end) {
        end.meet(SMALL);
        final long[] ns = new long[trips];
        for (int i = -trips; i < trips; i++) {
            final long start = System.nanoTime();
            end.send(FrameEnd.ANSWER, SMALL);
            end.flush();
            end.awaitAnswer();
            ns[Math.max(0, i)] = System.nanoTime() - start;
        }
        final double small = stream(end, FrameEnd.COUNT, frames, SMALL) / SMALL / Byte.SIZE * 1_000;
        final double full = stream(end, FrameEnd.COPY, frames / 10, FULL);
        final double large = stream(end, FrameEnd.COPY, largeFrames(), LARGE);
        end.send(FrameEnd.END, SMALL);
        end.flush();
        say("shm", ns, "64 B: %.1f M frames/s; a copy each side: 1,514 B %.0f Gbit/s, 64 KiB %.0f Gbit/s", small, full,
                large);
    }

    private static double stream(final FrameEnd end, final int kind, final long count, final int length) {
        final long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
            end.send(kind, length);
        }
        end.send(FrameEnd.ANSWER, SMALL);
        end.flush();
        end.awaitAnswer();
        return gigabits(count, length, start);
    }

    private long largeFrames() {
        return frames / 100;
    }

    private static double gigabits(final long count, final int length, final long startNs) {
        return count * length * (double) Byte.SIZE / (System.nanoTime() - startNs);
    }

    private static void say(final String what, final long[] ns, final String rest, final Object... values) {
        Arrays.sort(ns);
        System.out.printf(Locale.ROOT, "%-26s round trip of 64 B: p50 %,d ns, p99 %,d ns; %s%n", what,
                ns[ns.length / MEDIAN],
                ns[(int) (ns.length * 99L / 100)], String.format(Locale.ROOT, rest, values));
    }

    /** What the other process does. */
    public void answer(final int port, final Path file) throws IOException {
        try (SocketEnd socket = SocketEnd.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            for (int round = 0; round < rounds; round++) {
                socket.send(1);
                for (int i = 0; i < 2 * trips; i++) {
                    socket.read(SMALL);
                    socket.send(SMALL);
                }
                socket.read(largeFrames() * LARGE);
                socket.send(1);
                try (FrameEnd end = new FrameEnd(file.toString())) {
                    end.answer(SMALL);
                }
            }
        }
    }

    private static Process start(final Class<?> tool, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), tool.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).inheritIO().start();
    }
}
