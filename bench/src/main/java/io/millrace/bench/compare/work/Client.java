package io.millrace.bench.compare.work;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Workload;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The asking end of a workload. */
public final class Client extends LoopedEnd {
    private static final int SMALL = 64;
    private static final int LARGE = 1_024;
    private static final int STREAMS = 8;
    private static final int PIPELINES = 64;
    private static final int IDLE = 10_000;
    private static final int ACTIVE = 100;
    /** Connections that are opened at once: fewer than a service's backlog. */
    private static final int BATCH = 256;

    private final Loop loop;
    private final List<InetSocketAddress> service;
    private int next;

    /**
     * Connects.
     *
     * @param cell    whose workload it is, and how many messages or connections.
     * @param service all its addresses.
     */
    public Client(final Loop loop, final Cell cell, final List<InetSocketAddress> service) throws IOException {
        super(new LoopEnd(loop, new Tally(isTimed(cell.workload()))));
        this.loop = loop;
        this.service = List.copyOf(service);
        final Tally tally = end.tally();
        switch (cell.workload()) {
            case PING_PONG_64 -> connect(1, () -> new PingPong(SMALL, tally));
            case PING_PONG_1K -> connect(1, () -> new PingPong(LARGE, tally));
            case OPEN_LOOP -> connect(1, () -> new OpenLoop(cell.rate(), tally));
            case STREAM_IN_1 -> connect(1, () -> new Source(tally));
            case STREAM_IN_8 -> connect(STREAMS, () -> new Source(tally));
            case STREAM_OUT_1 -> connect(1, () -> new Sink(tally));
            case STREAM_OUT_8 -> connect(STREAMS, () -> new Sink(tally));
            case PIPELINE_64 -> connect(orElse(cell.rate(), PIPELINES), () -> new Pipeline(tally));
            case CROWD -> {
                connect(orElse(cell.rate(), IDLE), () -> new Connection(tally));
                connect(ACTIVE, () -> new PingPong(SMALL, tally));
            }
            case SHORT_CLIENT_CLOSES, SHORT_SERVER_CLOSES -> {
                final Visits visits = new Visits(bootstrap(), this.service,
                        cell.workload() == Workload.SHORT_CLIENT_CLOSES, tally);
                end.call(() -> {
                    end.add(visits);
                    return true;
                });
            }
            case HTTP, SEGMENT_1, SEGMENT_100K, CONNECTION, ENGINE_STREAM, IDLE_10, IDLE_MANY ->
                throw new IllegalArgumentException(
                        cell.workload() + " has another client");
        }
    }

    private static boolean isTimed(final Workload workload) {
        return switch (workload) {
            case STREAM_IN_1, STREAM_IN_8, STREAM_OUT_1, STREAM_OUT_8, PIPELINE_64 -> false;
            default -> true;
        };
    }

    private static int orElse(final int given, final int usual) {
        return given == 0 ? usual : given;
    }

    private Bootstrap bootstrap() {
        return new Bootstrap().group(loop.group()).channel(loop.client()).option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Service.WATER_MARK);
    }

    /** Opens connections that stay. */
    private void connect(final int count, final Supplier<Connection> handler) throws IOException {
        for (int left = count; left > 0; left -= BATCH) {
            final List<Connection> handlers = new ArrayList<>();
            final List<ChannelFuture> connecting = new ArrayList<>();
            for (int i = 0; i < Math.min(left, BATCH); i++) {
                handlers.add(handler.get());
                connecting.add(bootstrap().handler(handlers.get(i)).connect(service.get(next++ % service.size())));
            }
            for (final ChannelFuture future : connecting) {
                if (!future.awaitUninterruptibly().isSuccess()) {
                    throw new IOException("cannot connect: " + future.cause().getMessage(), future.cause());
                }
                end.add(future.channel());
            }
            end.call(() -> {
                handlers.stream().filter(Work.class::isInstance).map(Work.class::cast).forEach(end::add);
                return true;
            });
        }
    }
}
