package io.millrace.bench.compare.work;

import io.millrace.bench.compare.result.Workload;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelFuture;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The serving end of a workload, on all addresses of its host. */
public final class Service extends LoopedEnd {
    /** As much may wait in a channel: some messages of a stream. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 << 10, 1 << 20);

    private static final int BACKLOG = 4_096;
    private static final int VISIT = 64;

    private final Workload workload;
    private final int port;

    /**
     * Listens.
     *
     * @param port 0: one that is free.
     */
    public Service(final Loop loop, final Workload workload, final int port) throws IOException {
        super(new LoopEnd(loop, new Tally(false)));
        this.workload = workload;
        final ChannelFuture bound = new ServerBootstrap().group(loop.group()).channel(loop.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG).childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(final Channel channel) {
                        serve(channel);
                    }
                }).bind(port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen: " + bound.cause().getMessage(), bound.cause());
        }
        end.add(bound.channel());
        this.port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    private static final ChannelHandler ECHO = new Echo();

    private void serve(final Channel channel) {
        switch (workload) {
            case PING_PONG_64, PING_PONG_1K, OPEN_LOOP, PIPELINE_64, CROWD, SHORT_CLIENT_CLOSES -> channel.pipeline()
                    .addLast(ECHO);
            case SHORT_SERVER_CLOSES -> channel.pipeline().addLast(new LastWord(VISIT));
            case STREAM_IN_1, STREAM_IN_8 -> channel.pipeline().addLast(new Sink(end.tally()));
            case STREAM_OUT_1, STREAM_OUT_8 -> {
                final Source source = new Source(end.tally());
                channel.pipeline().addLast(source);
                end.add(source);
            }
            case HTTP -> channel.pipeline().addLast(new HttpServerCodec(), new PlainText());
            case SEGMENT_1, SEGMENT_100K, CONNECTION, ENGINE_STREAM, IDLE_10, IDLE_MANY ->
                throw new IllegalArgumentException(
                        workload + " has no service");
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }
}
