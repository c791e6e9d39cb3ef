package io.millrace.bench.wire;

import io.millrace.nativeports.linux.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A thread that reads or writes a socket of the kernel until it is told to end. Thread: one, besides its own. */
final class KernelFlow implements Host.Flow {
    private final KernelSocket socket;
    private final @Nullable Meter meter;
    private final Thread thread;
    private volatile boolean running = true;
    private boolean stopped;
    private long retransmissions;

    private KernelFlow(final KernelSocket socket, final @Nullable Meter meter) {
        this.socket = socket;
        this.meter = meter;
        thread = Thread.ofPlatform().daemon().name(meter == null ? "kernel-sender" : "kernel-receiver")
                .unstarted(meter == null ? this::send : () -> receive(meter));
    }

    static KernelFlow sender(final KernelSocket connected) {
        return new KernelFlow(connected, null);
    }

    static KernelFlow receiver(final KernelSocket listening, final Meter meter) throws IOException {
        listening.limitWaits();
        return new KernelFlow(listening, meter);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        running = false;
        try {
            thread.join();
            retransmissions = socket.retransmissions();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            socket.close();
        }
    }

    @Override
    public long retransmissions() {
        return retransmissions;
    }

    private void send() {
        while (running) {
            final long written = socket.write();
            if (written < 0 && !KernelSocket.isTimeout(written)) {
                report("write", written);
                return;
            }
        }
    }

    private void receive(final Meter counted) {
        int accepted = -Errno.EAGAIN;
        while (running && KernelSocket.isTimeout(accepted)) {
            accepted = socket.accept();
        }
        if (accepted >= 0) {
            try (KernelSocket connection = KernelSocket.accepted(accepted)) {
                connection.limitWaits();
                receive(connection, counted);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void receive(final KernelSocket connection, final Meter counted) {
        while (running) {
            final long count = connection.read();
            if (count > 0) {
                counted.onBytes(count);
            } else if (!KernelSocket.isTimeout(count)) {
                report("read", count);
                return;
            }
        }
    }

    /** An end that nobody has asked for: the figure will be too small, and the reader should know why. */
    private void report(final String what, final long result) {
        if (running && (meter == null || !meter.isOver())) {
            System.err.printf("the kernel's %s ended early: %s%n", what,
                    result == 0 ? "end of stream" : Errno.describe((int) -result));
        }
    }
}
