package io.millrace.bench.compare.work;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Workload;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * The fixed partner of servers that are compared: ping-pong by a socket of the kernel that does not block, asked again and
 * again until the answer is there, without Netty and without an event loop; so what differs is the server's. Takes a whole
 * core while it runs.
 */
public final class RawPing implements End {
    private static final int SMALL = 64;
    private static final int LARGE = 1_024;
    private static final long LIMIT_S = 10;

    private final SocketChannel socket;
    private final ByteBuffer request;
    private final ByteBuffer answer;
    private final Tally tally = new Tally(true);
    private final Thread thread = new Thread(this::run, "ping");
    private volatile @Nullable FutureTask<Mark> asked;
    private volatile boolean running;
    private volatile boolean closed;

    /** Connects. */
    public RawPing(final Cell cell, final InetSocketAddress service) throws IOException {
        final int length = cell.workload() == Workload.PING_PONG_1K ? LARGE : SMALL;
        request = ByteBuffer.allocateDirect(length);
        answer = ByteBuffer.allocateDirect(length);
        socket = SocketChannel.open(service);
        try {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true).configureBlocking(false);
        } catch (final IOException e) {
            CloseHelper.quietClose(socket);
            throw e;
        }
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed) {
            final FutureTask<Mark> task = asked;
            if (task != null) {
                asked = null;
                task.run();
            }
            if (!running) {
                Thread.onSpinWait();
                continue;
            }
            try {
                trip();
            } catch (final IOException e) {
                tally.fail("ping: " + e);
                running = false;
            }
        }
    }

    private void trip() throws IOException {
        final long sentNs = System.nanoTime();
        request.clear();
        while (request.hasRemaining()) {
            socket.write(request);
        }
        answer.clear();
        while (answer.hasRemaining() && !closed) {
            if (socket.read(answer) < 0) {
                throw new EOFException("the service has closed");
            }
        }
        tally.took(System.nanoTime() - sentNs);
        tally.arrived(1, answer.capacity());
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() throws IOException {
        running = false;
        mark();
    }

    /** Taken between two trips. */
    @Override
    public Mark mark() throws IOException {
        final FutureTask<Mark> task = new FutureTask<>(tally::mark);
        asked = task;
        try {
            return task.get(LIMIT_S, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            throw e.getCause() instanceof final IOException cause ? cause : new IOException(e.getCause());
        } catch (final TimeoutException e) {
            throw new IOException("the service does not answer", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(LIMIT_S));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        CloseHelper.quietClose(socket);
    }
}
