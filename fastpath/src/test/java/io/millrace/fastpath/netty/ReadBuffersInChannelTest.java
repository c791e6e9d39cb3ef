package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What applications do with the buffers that they read. */
@Timeout(60)
class ReadBuffersInChannelTest {
    private static final int READ = 1_460;

    private final Rig rig = new Rig();
    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final List<ByteBuf> kept = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        rig.close();
        kept.forEach(ByteBuf::release);
        other.shutdown();
        assertThat(other.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(wrong).isEmpty();
    }

    private MillraceSocketChannel connect(final ChannelHandler... handlers) {
        return rig.establish(rig.bootstrap(new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(final SocketChannel channel) {
                channel.pipeline().addLast(handlers);
            }
        }).option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT));
    }

    private void arrive(final MillraceSocketChannel channel, final byte[] bytes) {
        for (int at = 0; at < bytes.length; at += READ) {
            final byte[] part = Arrays.copyOfRange(bytes, at, Math.min(at + READ, bytes.length));
            rig.peer(channel, peer -> peer.arrive(part));
        }
    }

    private static byte[] message(final int number, final int length) {
        final byte[] message = new byte[length];
        Arrays.fill(message, (byte) number);
        return message;
    }

    private void check(final ByteBuf message, final int number, final int length) {
        if (message.readableBytes() != length || message.forEachByte(b -> b == (byte) number) >= 0) {
            wrong.add(number + ": " + message);
        }
        message.release();
    }

    /** As Netty's decoders do: the next read is written into the buffer of the first one, which grows. */
    @Test
    void shouldReadMessagesLongerThanABufferThatAreReleasedByAnotherThread() {
        final Joiner joiner = new Joiner(3_000);
        final MillraceSocketChannel channel = connect(joiner);
        for (int i = 0; i < 300; i++) {
            arrive(channel, message(i, 3_000));
        }
        assertThat(rig.<Integer>ask(() -> joiner.count)).isEqualTo(300);
    }

    private final class Joiner extends ChannelInboundHandlerAdapter {
        private final int length;
        private ByteBuf joined = Unpooled.EMPTY_BUFFER;
        private int count;

        private Joiner(final int length) {
            this.length = length;
        }

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final ByteBuf read = (ByteBuf) message;
            if (joined.isReadable()) {
                joined.writeBytes(read);
                read.release();
            } else {
                joined = read;
            }
            if (joined.readableBytes() == length) {
                final ByteBuf whole = joined;
                final int number = count++;
                joined = Unpooled.EMPTY_BUFFER;
                other.execute(() -> check(whole, number, length));
            }
        }
    }

    @Test
    void shouldSendABufferThatWasReadAndReadOnMeanwhile() {
        final MillraceSocketChannel channel = connect(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                ctx.writeAndFlush(message);
            }
        });
        final FakeConnection peer = rig.connection(channel);
        rig.onLoop(() -> peer.sendCapacity = 2_000);
        for (int i = 0; i < 200; i++) {
            arrive(channel, message(i, 1_000));
        }
        while (rig.<Integer>ask(peer.wire::size) < 200_000) {
            rig.onLoop(peer::acknowledge);
        }
        final byte[] echo = rig.ask(peer.wire::toByteArray);
        for (int i = 0; i < 200; i++) {
            assertThat(Arrays.copyOfRange(echo, 1_000 * i, 1_000 * (i + 1))).as("message %s", i)
                    .isEqualTo(message(i, 1_000));
        }
    }

    @Test
    void shouldLeaveWhatIsKeptAloneWhenTheLoopEnds() {
        final MillraceSocketChannel channel = connect(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                kept.add((ByteBuf) message);
            }
        });
        for (int i = 0; i < 200; i++) {
            arrive(channel, message(i, 96));
        }
        rig.group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(kept).hasSize(200);
        for (int i = 0; i < 200; i++) {
            check(kept.get(i), i, 96);
        }
        kept.clear();
    }
}
