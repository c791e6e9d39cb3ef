package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.testing.BalancePort;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two stacks whose channels hold and lend everything they may: random kinds of buffers go there and back, the server
 * keeps what it received for a while and lets go of it on other threads, and every byte is looked at. At the end nothing
 * is left, on the heap's side or off it.
 */
@Timeout(60)
class ZeroCopyTest {
    private static final int PORT = 80;
    private static final int LENGTH = 1 << 20;

    @TempDir
    private Path directory;

    private final long memoryBefore = MemoryRegion.bytesInUse();
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final List<BalancePort> ports = new ArrayList<>();
    private final Queue<Channel> accepted = new ConcurrentLinkedQueue<>();
    private MemoryLink link;
    private LinkedStack serverStack;
    private LinkedStack clientStack;
    private MillraceEventLoopGroup serverGroup;
    private MillraceEventLoopGroup clientGroup;

    private void start(final boolean offloads, final Faults faults) {
        link = MemoryLink.builder().ethernet(false).offloads(offloads).build();
        ports.add(new BalancePort(link.side(0).queue(0)));
        ports.add(new BalancePort(
                offloads ? link.side(1).queue(0) : new FaultInjectionPort(link.side(1).queue(0), faults, faults, 42)));
        serverStack = new LinkedStack("10.0.0.1", 1, queue -> ports.get(0));
        clientStack = new LinkedStack("10.0.0.2", 1, queue -> ports.get(1));
        serverGroup = new MillraceEventLoopGroup(serverStack);
        clientGroup = new MillraceEventLoopGroup(clientStack);
    }

    @AfterEach
    void close() {
        clientGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        serverGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        clientStack.close();
        serverStack.close();
        link.close();
        assertThat(allocator.metric().usedDirectMemory()).as("direct bytes not released").isZero();
        assertThat(allocator.metric().usedHeapMemory()).as("heap bytes not released").isZero();
        assertThat(MemoryRegion.bytesInUse()).as("off-heap bytes of the stacks").isEqualTo(memoryBefore);
    }

    private Channel connect(final ChannelHandler server, final ChannelHandler client) {
        new ServerBootstrap().group(serverGroup).channel(MillraceServerSocketChannel.class).childHandler(server)
                .childOption(ChannelOption.ALLOCATOR, allocator).childOption(MillraceChannelOption.ZERO_COPY_SEND, 1)
                .option(MillraceChannelOption.ZERO_COPY_RECEIVE, 1).bind("10.0.0.1", PORT).syncUninterruptibly();
        return new Bootstrap().group(clientGroup).channel(MillraceSocketChannel.class).handler(client)
                .option(ChannelOption.ALLOCATOR, allocator).option(MillraceChannelOption.ZERO_COPY_SEND, 1)
                .option(MillraceChannelOption.ZERO_COPY_RECEIVE, 1).connect(new InetSocketAddress("10.0.0.1", PORT))
                .syncUninterruptibly().channel();
    }

    /** Keeps what it receives for a while; sends it back as it is, or lets go of it on another thread and sends a copy. */
    private final class Hoarder extends ChannelInboundHandlerAdapter {
        private static final int MOST = 300;

        private final Random random;
        private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>();

        Hoarder(final Random random) {
            this.random = random;
        }

        @Override
        public void channelActive(final ChannelHandlerContext ctx) {
            accepted.add(ctx.channel());
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            kept.add((ByteBuf) message);
            if (kept.size() > MOST) {
                sendBack(ctx);
            }
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext ctx) {
            while (random.nextInt(4) != 0 && !kept.isEmpty()) {
                sendBack(ctx);
            }
            ctx.flush();
            if (!kept.isEmpty()) {
                // whatever does not come any more
                ctx.executor().execute(() -> channelReadComplete(ctx));
            }
        }

        private void sendBack(final ChannelHandlerContext ctx) {
            final ByteBuf oldest = kept.remove();
            if (random.nextBoolean()) {
                ctx.write(oldest);
            } else {
                ctx.write(ctx.alloc().buffer(oldest.readableBytes()).writeBytes(oldest, oldest.readerIndex(),
                        oldest.readableBytes()));
                clientGroup.next().execute(oldest::release);
            }
        }

        @Override
        public void handlerRemoved(final ChannelHandlerContext ctx) {
            kept.forEach(ReferenceCountUtil::release);
            kept.clear();
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
            ctx.close();
        }
    }

    /** Checks what comes back. */
    private static final class Checker extends ChannelInboundHandlerAdapter {
        private volatile int received;
        private volatile int wrongAt = -1;

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final ByteBuf buffer = (ByteBuf) message;
            int position = received;
            while (buffer.isReadable()) {
                if (buffer.readByte() != byteAt(position) && wrongAt < 0) {
                    wrongAt = position;
                }
                position++;
            }
            buffer.release();
            received = position;
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
            ctx.close();
        }
    }

    private static byte byteAt(final int position) {
        return (byte) (position * 31 + (position >> 8) * 17 + (position >> 16) * 101);
    }

    private static byte[] bytes(final int from, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = byteAt(from + i);
        }
        return bytes;
    }

    /** Sends {@link #LENGTH} bytes in messages of random lengths and kinds. */
    private void send(final Channel channel, final Random random) throws IOException {
        final Path file = directory.resolve("bytes");
        Files.write(file, bytes(0, LENGTH));
        final Messages messages = new Messages(allocator, file.toFile(), random);
        int sent = 0;
        while (sent < LENGTH) {
            final int length = Math.min(1 + random.nextInt(1 << random.nextInt(1, 18)), LENGTH - sent);
            final byte[] content = bytes(sent, length);
            messages.write(channel, content, sent);
            sent += length;
            if (random.nextInt(3) == 0) {
                channel.flush();
            }
        }
        channel.flush();
    }

    private void echo(final long seed) throws IOException {
        final Checker checker = new Checker();
        final Channel channel = connect(new Hoarder(new Random(seed)), checker);
        send(channel, new Random(seed));
        Rig.until(() -> checker.received == LENGTH || checker.wrongAt >= 0 || !channel.isOpen());
        assertThat(checker.wrongAt).as("the first wrong byte").isEqualTo(-1);
        assertThat(checker.received).isEqualTo(LENGTH);
        assertThat(serverStack.engine(0).counters().get(Counter.TCP_FRAMES_LENT)).isPositive();
        assertThat(serverStack.engine(0).counters().get(Counter.TCP_BYTES_HELD)).isPositive();
        assertThat(clientStack.engine(0).counters().get(Counter.TCP_BYTES_HELD)).isPositive();
        channel.close().syncUninterruptibly();
        Rig.until(() -> accepted.stream().noneMatch(Channel::isOpen));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldEchoEveryByteInVirtualSegments(final long seed) throws IOException {
        start(true, Faults.NONE);
        echo(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void shouldEchoEveryByteOverALossyLink(final long seed) throws IOException {
        start(false, Faults.builder().loss(0.02).reordering(0.02, 200_000).duplication(0.01).build());
        echo(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9, 10, 11, 12})
    void shouldLeaveNothingWhenClosedAtAnyMoment(final long seed) throws IOException {
        final Random random = new Random(seed);
        start(random.nextBoolean(), Faults.builder().loss(0.01).build());
        final Checker checker = new Checker();
        final Channel channel = connect(new Hoarder(new Random(seed)), checker);
        send(channel, random);
        final int moment = random.nextInt(LENGTH);
        Rig.until(() -> checker.received >= moment || !channel.isOpen());
        assertThat(checker.wrongAt).isEqualTo(-1);
        switch (random.nextInt(4)) {
            case 0 -> channel.close().syncUninterruptibly();
            case 1 -> {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.close().syncUninterruptibly();
            }
            case 2 -> clientStack.close();
            default -> serverStack.close();
        }
        Rig.until(() -> !channel.isOpen() || !accepted.peek().isOpen());
        channel.close().syncUninterruptibly();
        accepted.peek().close().syncUninterruptibly();
    }

    @Test
    void shouldLeaveBuffersReadableThatTheApplicationHasWhenTheStackIsClosed() throws IOException {
        start(true, Faults.NONE);
        final Queue<ByteBuf> kept = new ConcurrentLinkedQueue<>();
        final Channel channel = connect(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(final ChannelHandlerContext ctx) {
                accepted.add(ctx.channel());
            }

            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                kept.add((ByteBuf) message);
            }
        }, new Checker());
        channel.writeAndFlush(allocator.directBuffer().writeBytes(bytes(0, 100_000)));
        Rig.until(() -> kept.stream().mapToInt(ByteBuf::readableBytes).sum() == 100_000);
        assertThat(kept).anyMatch(FrameBuffer.class::isInstance);
        serverStack.close();
        clientStack.close();
        link.close();
        int position = 0;
        for (final ByteBuf buffer : kept) {
            final byte[] content = new byte[buffer.readableBytes()];
            buffer.readBytes(content);
            assertThat(content).isEqualTo(bytes(position, content.length));
            position += content.length;
            buffer.release();
        }
        channel.close().syncUninterruptibly();
    }
}
