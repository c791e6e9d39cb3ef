package io.millrace.bench.pipeline;

import io.millrace.bench.OffHeapBenchmark;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
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
import org.openjdk.jmh.annotations.TearDown;

/**
 * A message through the whole Netty pipeline, from {@code write} to the peer's {@code channelRead}: two event loops, and
 * between them two Millrace stacks and a link in memory, or the kernel's loopback and epoll. With {@code -prof gc} the
 * bytes allocated for a message, by all threads together.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NettyPipelineBenchmark extends OffHeapBenchmark {
    /** Two event loops and one connection. */
    @State(Scope.Benchmark)
    public abstract static class Connection extends Ends {
        /** What joins the two ends. */
        @Param({"epoll", "millrace", "millrace-offloads"})
        public String transport;

        /** Netty's allocator on both sides: {@code pooled} or {@code adaptive}, whose own garbage counts. */
        @Param("pooled")
        public String allocator;

        void open(final Load client, final ChannelHandler peer) {
            final ByteBufAllocator buffers = "pooled".equals(allocator)
                    ? PooledByteBufAllocator.DEFAULT
                    : new AdaptiveByteBufAllocator();
            open(transport, client,
                    ends -> new ServerBootstrap().group(ends.server).channel(ends.serverChannel).childHandler(peer)
                            .childOption(ChannelOption.ALLOCATOR, buffers).bind(ends.bindTo).syncUninterruptibly()
                            .channel(),
                    (ends, server) -> new Bootstrap().group(ends.client).channel(ends.clientChannel).handler(client)
                            .option(ChannelOption.ALLOCATOR, buffers).connect(server.localAddress())
                            .syncUninterruptibly().channel());
        }
    }

    /** Messages there and back, one at a time. */
    public static class Echoed extends Connection {
        /** Bytes of a message. */
        @Param({"64", "1024", "16384", "262144"})
        public int size;

        /** Connects. */
        @Setup(Level.Trial)
        public void open() {
            open(new PingPong(size), new PingPong.Echo());
        }
    }

    /** Messages one way, as many as the channel takes. */
    public static class Streamed extends Connection {
        /** Bytes of a message. */
        @Param({"64", "1024", "16384", "262144"})
        public int size;

        /** Connects. */
        @Setup(Level.Trial)
        public void open() {
            final Stream stream = new Stream(size, null);
            open(stream, stream.sink());
        }
    }

    /** Regions of a file one way. */
    public static class Filed extends Connection {
        /** Bytes of a region. */
        @Param({"16384", "262144"})
        public int size;

        private File file;

        /** Connects. */
        @Setup(Level.Trial)
        public void open() throws IOException {
            file = File.createTempFile("millrace", ".region");
            Files.write(file.toPath(), new byte[size]);
            final Stream stream = new Stream(size, file);
            open(stream, stream.sink());
        }

        /** Deletes the file. */
        @TearDown(Level.Trial)
        public void delete() throws IOException {
            Files.delete(file.toPath());
        }
    }

    /** A message there and back. */
    @Benchmark
    @OperationsPerInvocation(Ends.MESSAGES)
    public long echo(final Echoed connection) {
        return connection.move();
    }

    /** A message one way. */
    @Benchmark
    @OperationsPerInvocation(Ends.MESSAGES)
    public long stream(final Streamed connection) {
        return connection.move();
    }

    /** A region of a file one way. */
    @Benchmark
    @OperationsPerInvocation(Ends.MESSAGES)
    public long file(final Filed connection) {
        return connection.move();
    }
}
