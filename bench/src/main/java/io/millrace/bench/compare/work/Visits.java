package io.millrace.bench.compare.work;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Connections that live for one message there and back, sixteen of them at once; they go to the service's addresses in turn.
 * Latency is from the call to connect until the connection is closed here. Thread: the client's event loop.
 */
final class Visits implements Work {
    private static final int AT_ONCE = 16;
    private static final int LENGTH = 64;

    private final Bootstrap bootstrap;
    private final List<InetSocketAddress> service;
    private final boolean clientCloses;
    private final Tally tally;
    private final ChannelFutureListener onConnect = this::onConnect;
    private int next;
    private int underWay;
    private boolean running;

    /**
     * @param bootstrap    with all that its channels need but the handler; it gets that here.
     * @param service      all its addresses.
     * @param clientCloses whether the client closes first.
     */
    Visits(final Bootstrap bootstrap, final List<InetSocketAddress> service, final boolean clientCloses,
            final Tally tally) {
        this.service = service;
        this.clientCloses = clientCloses;
        this.tally = tally;
        this.bootstrap = bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(final Channel channel) {
                channel.pipeline().addLast(new Visit());
            }
        });
    }

    @Override
    public void start() {
        running = true;
        while (underWay < AT_ONCE) {
            visit();
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isIdle() {
        return underWay == 0;
    }

    private void visit() {
        underWay++;
        next = next + 1 == service.size() ? 0 : next + 1;
        bootstrap.connect(service.get(next)).addListener(onConnect);
    }

    private void onConnect(final ChannelFuture future) {
        if (!future.isSuccess()) {
            underWay--;
            tally.fail("cannot connect to the service: " + future.cause());
        }
    }

    private void onEnd() {
        underWay--;
        if (running) {
            visit();
        }
    }

    /** One connection. */
    private final class Visit extends ChannelInboundHandlerAdapter {
        private final long beginNs = System.nanoTime();
        private int awaited = LENGTH;

        @Override
        public void channelActive(final ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().directBuffer(LENGTH).writerIndex(LENGTH), ctx.voidPromise());
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final ByteBuf bytes = (ByteBuf) message;
            awaited -= bytes.readableBytes();
            bytes.release();
            if (awaited == 0 && clientCloses) {
                ctx.close();
            }
        }

        @Override
        public void channelInactive(final ChannelHandlerContext ctx) {
            if (awaited == 0) {
                tally.arrived(1, LENGTH);
                tally.took(System.nanoTime() - beginNs);
            } else {
                tally.fail("a connection ended before its answer: " + ctx.channel());
            }
            onEnd();
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
            tally.fail(cause + " on " + ctx.channel());
            ctx.close();
        }
    }
}
