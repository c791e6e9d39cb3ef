package io.millrace.wire;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Drives a {@link Wire} on a thread of its own. With nothing to do it sleeps, for 50 µs at a time, and for half a
 * millisecond once nothing has come for a second; a delayed frame is waited for without sleeping once it is near, so
 * that it leaves on time. Thread: any may start and close.
 */
public final class WireThread implements AutoCloseable {
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(10);
    private static final long MAX_PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);
    /** The longest park, the kernel's timer slack of 50 µs, and the time that a sleeper needs to wake up. */
    private static final long NEAR_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long QUIET_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long QUIET_PARK_NS = TimeUnit.MICROSECONDS.toNanos(500);
    /** A longer time between two turns is told: other threads had the core. */
    private static final long AWAY_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int SPINS = 10;
    private static final int YIELDS = 20;

    private final Wire wire;
    private final Thread thread;
    private volatile boolean running = true;
    private volatile long awayNs;

    private WireThread(final Wire wire) {
        this.wire = wire;
        thread = Thread.ofPlatform().daemon().name("millrace-wire").unstarted(this::run);
    }

    /** Starts the thread. */
    public static WireThread start(final Wire wire) {
        final WireThread driver = new WireThread(wire);
        driver.thread.start();
        return driver;
    }

    /** The wire; its reports may be read while it runs. */
    public Wire wire() {
        return wire;
    }

    /**
     * How long altogether the thread has been kept from its work for more than a millisecond at a time, by others that
     * had the core: frames were late by up to that much.
     */
    public long awayNs() {
        return awayNs;
    }

    /** Stops the thread, waits for its end, and closes the wire with its ports. */
    @Override
    public void close() {
        running = false;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        wire.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        final IdleStrategy idle = new BackoffIdleStrategy(SPINS, YIELDS, MIN_PARK_NS, MAX_PARK_NS);
        long lastNs = System.nanoTime();
        long previousNs = lastNs;
        while (running) {
            final long nowNs = System.nanoTime();
            if (nowNs - previousNs > AWAY_NS) {
                // One writer: no update is lost.
                awayNs = awayNs + nowNs - previousNs;
            }
            previousNs = nowNs;
            if (wire.turn(nowNs) > 0) {
                lastNs = nowNs;
                idle.reset();
                continue;
            }
            final long deadlineNs = wire.nextDeadlineNs();
            if (deadlineNs == Long.MAX_VALUE && nowNs - lastNs > QUIET_NS) {
                LockSupport.parkNanos(QUIET_PARK_NS);
            } else if (deadlineNs == Long.MAX_VALUE || deadlineNs - nowNs > NEAR_NS) {
                idle.idle();
            } else {
                // Others may have the core meanwhile: a yield returns in half a microsecond where nobody wants it.
                Thread.yield();
            }
        }
    }
}
