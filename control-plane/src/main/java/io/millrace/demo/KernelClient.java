package io.millrace.demo;

import io.millrace.services.HexLines;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An HTTP client on the kernel's TCP: curl, which asks for random lengths of {@code /bytes/N} over one connection.
 * Thread: any; blocks.
 */
final class KernelClient {
    private static final int LONGEST = 40_000;
    private static final int BUFFER = 1 << 16;
    private static final int TIMEOUT_MS = 60_000;
    private static final String CURL = "curl";

    private final String server;
    private final int port;
    private final SplittableRandom random;
    private final boolean withCurl;

    private KernelClient(final String server, final int port, final long seed, final boolean withCurl) {
        this.server = server;
        this.port = port;
        this.random = new SplittableRandom(seed);
        this.withCurl = withCurl;
    }

    /** With curl where it is installed, else with Java's own sockets. */
    static KernelClient best(final String server, final int port, final long seed) {
        boolean curl;
        try {
            curl = new ProcessBuilder(CURL, "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor() == 0;
        } catch (final IOException e) {
            curl = false;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            curl = false;
        }
        return new KernelClient(server, port, seed, curl);
    }

    String name() {
        return withCurl ? CURL : "Java's sockets (curl is not installed)";
    }

    /** One connection with so many requests; every byte is compared. */
    void run(final Tally tally, final int requests) {
        final List<Integer> lengths = lengths(requests);
        boolean complete = false;
        try {
            complete = withCurl ? curl(tally, lengths) : plain(tally, lengths);
        } catch (final IOException e) {
            tally.onFailure(e);
        }
        tally.onConnectionOver(complete);
    }

    private synchronized List<Integer> lengths(final int requests) {
        final List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            lengths.add(random.nextInt(LONGEST + 1));
        }
        return lengths;
    }

    /** The bodies come one after the other on curl's output; curl's times are not asked for, ours are as good. */
    private boolean curl(final Tally tally, final List<Integer> lengths) throws IOException {
        final List<String> command = new ArrayList<>(List.of(CURL, "-sS", "-N", "--fail", "--max-time",
                String.valueOf(TIMEOUT_MS / 1_000)));
        for (final int length : lengths) {
            command.add("http://" + server + ':' + port + "/bytes/" + length);
        }
        final Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (InputStream bodies = process.getInputStream()) {
            return compare(tally, lengths, bodies) && bodies.read() < 0 && process.waitFor() == 0;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroy();
        }
    }

    private static boolean compare(final Tally tally, final List<Integer> lengths, final InputStream bodies)
            throws IOException {
        for (final int length : lengths) {
            final long startNs = System.nanoTime();
            if (!compare(tally, length, bodies, startNs)) {
                return false;
            }
        }
        return true;
    }

    private static boolean compare(final Tally tally, final int length, final InputStream body, final long startNs)
            throws IOException {
        final byte[] buffer = new byte[BUFFER];
        final int read = body.readNBytes(buffer, 0, length);
        boolean right = read == length;
        for (int i = 0; i < read; i++) {
            right &= buffer[i] == HexLines.at(i);
        }
        tally.onResponse(System.nanoTime() - startNs, read, right);
        return read == length;
    }

    private boolean plain(final Tally tally, final List<Integer> lengths) throws IOException {
        try (Socket socket = new Socket(server, port)) {
            socket.setSoTimeout(TIMEOUT_MS);
            for (final int length : lengths) {
                final long startNs = System.nanoTime();
                socket.getOutputStream()
                        .write(("GET /bytes/" + length + " HTTP/1.1\r\nhost: " + server + "\r\n\r\n").getBytes(
                                StandardCharsets.US_ASCII));
                skipHeader(socket.getInputStream());
                if (!compare(tally, length, socket.getInputStream(), startNs)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void skipHeader(final InputStream in) throws IOException {
        int last = 0;
        while (last != 0x0D0A0D0A) {
            final int next = in.read();
            if (next < 0) {
                throw new IOException("the server closed within a header");
            }
            last = last << 8 | next;
        }
    }
}
