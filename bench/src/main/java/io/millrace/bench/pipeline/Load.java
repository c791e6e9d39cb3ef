package io.millrace.bench.pipeline;

import io.netty.channel.ChannelHandler;

/** The client of a benchmark. Thread: its event loop's, but {@link #round}. */
interface Load extends ChannelHandler {
    /** Moves so many messages, and ends the round when they have arrived. */
    void start(long messages);

    /** What the benchmark's thread waits for. */
    Round round();
}
