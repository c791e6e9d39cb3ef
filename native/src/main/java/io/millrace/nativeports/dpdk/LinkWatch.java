package io.millrace.nativeports.dpdk;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks after open ports four times a second, on a thread that lives while there is one: asking a driver for the state of
 * its link may take long, which no engine may wait for. What DPDK has logged meanwhile goes to the log. Thread: with
 * {@link Eal}'s lock held.
 */
final class LinkWatch {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DpdkDevice.class);
    private static final long INTERVAL_MS = 250;
    private static final int MOST_LINES = 20;
    private static final List<PortState> PORTS = new ArrayList<>();
    @Nullable
    private static Thread thread;

    private LinkWatch() {}

    static void add(final Eal eal, final PortState port) {
        port.look();
        PORTS.add(port);
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("dpdk-watch").start(() -> run(eal));
        }
    }

    /** @return the thread where it ends now. */
    static @Nullable Thread remove(final PortState port) {
        PORTS.remove(port);
        if (!PORTS.isEmpty() || thread == null) {
            return null;
        }
        final Thread ending = thread;
        thread = null;
        Eal.class.notifyAll();
        return ending;
    }

    /** Waits for the end of the thread, without the lock. */
    static void awaitEnd(final @Nullable Thread ending) {
        if (ending == null || Thread.holdsLock(Eal.class)) {
            return;
        }
        try {
            ending.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(final Eal eal) {
        synchronized (Eal.class) {
            while (thread == Thread.currentThread()) {
                PORTS.forEach(PortState::look);
                tell(eal.news());
                try {
                    Eal.class.wait(INTERVAL_MS);
                } catch (final InterruptedException e) {
                    return;
                }
            }
        }
    }

    private static void tell(final List<String> news) {
        news.stream().limit(MOST_LINES).forEach(line -> LOGGER.info("DPDK: {}", line));
        if (news.size() > MOST_LINES) {
            LOGGER.info("DPDK: and {} lines more", news.size() - MOST_LINES);
        }
    }
}
