package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.nativeports.tap.Steering;
import io.millrace.services.EchoHandler;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A flood of SYNs on a TAP that is faster than they are read, beside connections of the kernel that mean it. */
class SynFloodInteropTest extends KernelInteropBothFamilies {
    /** Frames that the kernel keeps in each queue of a TAP. */
    private static final int QUEUE = 4_096;
    private static final int OVERFLOW = 1_000;
    /** Places of frames that were read come free so many at once. */
    private static final int BATCH = 16;
    private static final int ECHOES = 2_000;
    private static final int NEW_CONNECTIONS = 10;

    /** The loop stands still, so that nothing depends on who is faster. */
    @Test
    void shouldLoseNothingOfAnEstablishedConnectionWhereSynsFindNoRoom() throws Exception {
        launchWithCookies();
        final Socket established = connectFromKernel(7);
        final CountDownLatch standing = new CountDownLatch(1);
        final CountDownLatch going = new CountDownLatch(1);
        final Future<?> stop = group.loopOf(0).submit(() -> {
            standing.countDown();
            going.await();
            return null;
        });
        standing.await();
        try (SynFlood flood = flood()) {
            final long before = lostByTheDevice();
            flood.send(QUEUE + OVERFLOW);
            assertThat(lostByTheDevice() - before).isBetween((long) OVERFLOW, (long) OVERFLOW + BATCH);
            established.getOutputStream().write(42);
        } finally {
            going.countDown();
        }
        stop.get(20, TimeUnit.SECONDS);
        assertThat(established.getInputStream().read()).isEqualTo(42);
        Await.until("the losses are told", () -> synsDropped() == OVERFLOW);
    }

    @Test
    void shouldEchoAndAcceptUnderAFloodAtFullSpeed() throws Exception {
        launchWithCookies();
        final Socket established = connectFromKernel(7);
        final long lost;
        try (SynFlood flood = flood()) {
            flood.start();
            Await.until("the device loses frames", () -> synsDropped() > 0);
            for (int i = 0; i < ECHOES; i++) {
                echo(established, i);
            }
            for (int i = 0; i < NEW_CONNECTIONS; i++) {
                echo(connectFromKernel(7), i);
            }
            lost = synsDropped();
        }
        assertThat(lost).isPositive();
        assertThat(counter("SyncookiesSent")).isPositive();
    }

    /** Nothing is half open then. */
    private void launchWithCookies() throws Exception {
        final String cause = Steering.unavailabilityCause();
        assumeTrue(cause == null, cause);
        launch(true, "millrace { listen.syn-cookies = always, ip.routes = [\"%s\"] }".formatted(SynFlood.route(family)),
                device -> device);
        serve(7, EchoHandler::new);
    }

    private static void echo(final Socket socket, final int value) throws IOException {
        socket.getOutputStream().write(value);
        assertThat(socket.getInputStream().read()).isEqualTo(value & 0xFF);
    }

    private SynFlood flood() throws Exception {
        return kernel.call(() -> SynFlood.open("mr0", mac, family));
    }

    private long synsDropped() {
        return stack.observer().readings().stream().filter(reading -> reading.label().equals("PortSynsDropped"))
                .mapToLong(reading -> reading.value()).sum();
    }

    /** What the kernel says that it has dropped on the way to us, with what came beside the queues. */
    private long lostByTheDevice() throws Exception {
        return kernel.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/dev")).stream()
                .filter(line -> line.strip().startsWith("mr0:")).mapToLong(line -> Long.parseLong(line.strip()
                        .split("[: ]+")[12]))
                .sum());
    }
}
