package io.millrace.bench.pipeline;

import io.millrace.bench.OffHeapBenchmark;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** {@link NettyPipelineBenchmark} for datagrams: one at a time, there and back. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DatagramPipelineBenchmark extends OffHeapBenchmark {
    /** A connected channel, and one that answers whoever asks. */
    @State(Scope.Benchmark)
    public static class Endpoints extends Ends {
        /** What joins the two ends. */
        @Param({"epoll", "millrace"})
        public String transport;
        /** Bytes of a datagram. */
        @Param({"64", "1024"})
        public int size;

        /** Binds and connects. */
        @Setup(Level.Trial)
        public void open() {
            final PingPong load = new PingPong(size);
            open(transport, load,
                    ends -> new Bootstrap().group(ends.server).channel(ends.datagramChannel).handler(new Echo())
                            .bind(ends.bindTo).syncUninterruptibly().channel(),
                    (ends, server) -> new Bootstrap().group(ends.client).channel(ends.datagramChannel)
                            .handler(new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(final Channel opened) {
                                    opened.pipeline().addLast(new Unpack(), load);
                                }
                            }).connect(server.localAddress()).syncUninterruptibly().channel());
        }
    }

    /** A datagram there and back. */
    @Benchmark
    @OperationsPerInvocation(Ends.MESSAGES)
    public long echo(final Endpoints endpoints) {
        return endpoints.move();
    }

    /** Passes the content of datagrams on. */
    private static final class Unpack extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.fireChannelRead(((DatagramPacket) message).content());
        }
    }

    /** Sends each datagram back to where it came from. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final DatagramPacket packet = (DatagramPacket) message;
            ctx.write(new DatagramPacket(packet.content(), packet.sender()), ctx.voidPromise());
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }
}
