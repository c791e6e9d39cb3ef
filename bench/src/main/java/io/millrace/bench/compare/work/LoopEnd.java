package io.millrace.bench.compare.work;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** An end whose connections live on one event loop. */
final class LoopEnd implements End {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOK_NS = 200_000;

    private final Loop loop;
    private final Tally tally;
    /** Thread: the loop's. */
    private final List<Work> works = new ArrayList<>();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    LoopEnd(final Loop loop, final Tally tally) {
        this.loop = loop;
        this.tally = tally;
    }

    Tally tally() {
        return tally;
    }

    /** Takes part in start and stop from now on. Thread: the loop's. */
    void add(final Work work) {
        works.add(work);
    }

    /** Is closed with this end. Thread: any. */
    void add(final Channel channel) {
        channels.add(channel);
    }

    /** Runs something on the loop, and waits for it. */
    <T> T call(final Callable<T> task) throws IOException {
        try {
            return loop.group().next().submit(task).get(LIMIT_NS, TimeUnit.NANOSECONDS);
        } catch (final ExecutionException e) {
            throw e.getCause() instanceof final IOException cause ? cause : new IOException(e.getCause());
        } catch (final TimeoutException e) {
            throw new IOException("the event loop does not answer", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void start() throws IOException {
        call(() -> {
            works.forEach(Work::start);
            return true;
        });
    }

    @Override
    public void stop() throws IOException {
        call(() -> {
            works.forEach(Work::stop);
            return true;
        });
        final long begunNs = System.nanoTime();
        while (!call(this::isIdle)) {
            mark();
            if (System.nanoTime() - begunNs > LIMIT_NS) {
                throw new IOException("messages do not come back");
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private boolean isIdle() {
        return works.stream().allMatch(Work::isIdle);
    }

    @Override
    public Mark mark() throws IOException {
        return call(() -> {
            works.forEach(Work::onMark);
            return tally.mark();
        });
    }

    @Override
    public void close() {
        channels.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
