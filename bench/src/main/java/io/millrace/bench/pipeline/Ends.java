package io.millrace.bench.pipeline;

import io.netty.channel.Channel;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Two event loops, a channel on each, and what a benchmark does with them. Thread: the benchmark's. */
@State(Scope.Benchmark)
public abstract class Ends {
    static final int MESSAGES = 2_000;

    private Transport ends;
    private Channel server;
    private Channel channel;
    private Load load;
    private final Runnable start = () -> load.start(MESSAGES);

    /**
     * Opens both channels.
     *
     * @param transport name of what joins them: see {@link Transport}.
     * @param bound     opens the one that is sent to.
     * @param connected opens the other, connected to the first.
     */
    final void open(final String transport, final Load client, final Function<Transport, Channel> bound,
            final Connected connected) {
        load = client;
        ends = new Transport(transport);
        server = bound.apply(ends);
        channel = connected.to(ends, server);
    }

    final long move() {
        load.round().begin();
        channel.eventLoop().execute(start);
        load.round().await();
        return MESSAGES;
    }

    /** Closes everything. */
    @TearDown(Level.Trial)
    public final void close() {
        channel.close().syncUninterruptibly();
        server.close().syncUninterruptibly();
        ends.close();
    }

    /** Opens a channel that is connected to another. */
    interface Connected {
        Channel to(Transport ends, Channel server);
    }
}
