package io.millrace.bench.compare.work;

import io.millrace.Millrace;
import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Workload;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceIoHandler;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of a process, and the stacks below them. Settings of stacks are {@link #SETTINGS}, then system properties
 * ({@code -Dmillrace.…}), which say more and win. Thread: one.
 */
public final class Loops implements AutoCloseable {
    /** Where a service listens that is on a stack of its own. */
    public static final String SERVER = "10.0.0.1";

    /** Addresses of the same service, from here on: so that ports do not run out where connections come and go. */
    public static final String SERVER_RANGE = "10.64.0.1";

    private static final int FRAMES = 4_096;
    private static final int QUEUE = 2_048;

    /**
     * A loop spins: what it is compared with, epoll that polls, takes a whole core as well. Others cannot look into these stacks:
     * whether they can took no time that could be measured for ping-pong on one loop, and processes that are killed would leave files.
     */
    private static final String SETTINGS = """
            millrace {
              threading { control = shared, idle = spin }
              engine { max-connections = 32768, slab = 1GiB }
              listen { backlog = 4096, syn-queue = 4096 }
              ephemeral-ports { low = 1024, high = 65535 }
              observe.enabled = false
            }
            """;
    private static final String SERVER_SETTINGS = """
            millrace.ip { addresses = ["10.0.0.1/24"], own-prefixes = ["10.64.0.0/16"] }
            """;
    private static final String CLIENT_SETTINGS = """
            millrace.ip { addresses = ["10.0.0.2/24"], routes = ["10.64.0.0/16 via 10.0.0.1"] }
            """;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private @Nullable Loop server;
    private @Nullable Loop client;
    /** Of the loops. */
    private int threads = 2;

    private Loops() {}

    /**
     * Both ends in this process.
     *
     * @param one whether they share one thread: of the kernel one event loop for both, of Millrace the loops of two stacks, a
     *            loop driving one engine, which that thread turns one after the other.
     */
    public static Loops both(final Cell cell, final boolean one) throws IOException {
        final Loops loops = new Loops();
        try {
            loops.openBoth(cell, one);
            return loops;
        } catch (final IOException | RuntimeException | Error e) {
            loops.close();
            throw e;
        }
    }

    private void openBoth(final Cell cell, final boolean one) throws IOException {
        if (!cell.contender().isMillrace()) {
            server = kernel(cell);
            client = one ? server : kernel(cell);
            return;
        }
        final MemoryLink link = MemoryLink.builder().framesPerSide(FRAMES).queueLength(QUEUE).build();
        parts.push(link);
        final Millrace serving = launch(SERVER_SETTINGS, link.side(0));
        final Millrace asking = launch(CLIENT_SETTINGS, link.side(1));
        if (!one) {
            server = keep(Loop.of(serving));
            client = keep(Loop.of(asking));
            return;
        }
        final List<ManualIoEventLoop> turned = OneThread
                .turning(List.of(MillraceIoHandler.newFactory(serving), MillraceIoHandler.newFactory(asking)));
        server = keep(Loop.of(turned.getFirst()));
        client = keep(Loop.of(turned.getLast()));
        threads = 1;
    }

    /** Of a process that has none. */
    public static Loops none() {
        return new Loops();
    }

    /** The service's end. Of Millrace, the device is the one that system properties say. */
    public static Loops server(final Cell cell) throws IOException {
        final Loops loops = new Loops();
        loops.server = loops.single(cell, SERVER_SETTINGS);
        return loops;
    }

    /** The client's end. */
    public static Loops client(final Cell cell) throws IOException {
        final Loops loops = new Loops();
        loops.client = loops.single(cell, CLIENT_SETTINGS);
        return loops;
    }

    private Loop single(final Cell cell, final String settings) throws IOException {
        return cell.contender().isMillrace() ? keep(Loop.of(launch(settings, null))) : kernel(cell);
    }

    private Millrace launch(final String settings, final @Nullable PacketDevice device) throws IOException {
        final MillraceConfig config = MillraceConfig.builder().text(SETTINGS).text(settings).systemProperties().build();
        final Millrace stack = device == null
                ? Millrace.builder(config).launch()
                : Millrace.builder(config).device(device).launch();
        parts.push(stack);
        return stack;
    }

    private Loop kernel(final Cell cell) {
        return keep(Loop.of(cell.contender(), cell.workload() == Workload.OPEN_LOOP));
    }

    private Loop keep(final Loop loop) {
        parts.push(loop);
        return loop;
    }

    /** Lets all loops sleep, at once, so that what else is to be done in this process has the processors. */
    public void rest(final long ms) {
        final List<Future<?>> resting = new ArrayList<>();
        Arrays.asList(server, client).stream().filter(Objects::nonNull).distinct().limit(threads)
                .forEach(loop -> resting.add(loop.group().next()
                        .submit(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms)))));
        resting.forEach(Future::awaitUninterruptibly);
    }

    /** @throws IllegalStateException where there is none here. */
    public Loop server() {
        return require(server);
    }

    /** @throws IllegalStateException where there is none here. */
    public Loop client() {
        return require(client);
    }

    private static Loop require(final @Nullable Loop loop) {
        if (loop == null) {
            throw new IllegalStateException("that end is in another process");
        }
        return loop;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (final Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
