package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MillraceSocketChannelReadTest {
    private final Rig rig = new Rig();
    private final EventRecorder recorder = new EventRecorder();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldTellEventsInTheOrderOfEpoll() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("hello")));
        rig.peer(channel, FakeConnection::arriveFin);
        channel.closeFuture().syncUninterruptibly();
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "read hello", "readComplete",
                "readComplete", "inactive", "unregistered");
    }

    @Test
    void shouldReadBytesBeforeTheEndWhenBothCameAtOnce() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> {
            peer.arrive(Rig.ascii("last"));
            peer.arriveFin();
        });
        channel.closeFuture().syncUninterruptibly();
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "read last", "readComplete",
                "readComplete", "inactive", "unregistered");
    }

    @Test
    void shouldSplitWhatCameByTheAllocatorAndGoOnWhereOnePassEnds() {
        final FixedRecvByteBufAllocator two = new FixedRecvByteBufAllocator(2);
        two.maxMessagesPerRead(2);
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.RECVBUF_ALLOCATOR, two);
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("abcdefg")));
        assertThat(recorder.events).containsExactly("registered", "active", "read ab", "read cd", "readComplete",
                "read ef", "read g", "readComplete");
    }

    @Test
    void shouldTellTheEndThoughAPassEndedWithTheLastByte() {
        final FixedRecvByteBufAllocator two = new FixedRecvByteBufAllocator(2);
        two.maxMessagesPerRead(1);
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.RECVBUF_ALLOCATOR, two);
        rig.peer(channel, peer -> {
            peer.arrive(Rig.ascii("ab"));
            peer.arriveFin();
        });
        channel.closeFuture().syncUninterruptibly();
    }

    @Test
    void shouldReadFewBytesIntoABufferOfTheLoopAndAsMuchAsTheAllocatorSays() {
        final List<Class<?>> kinds = new CopyOnWriteArrayList<>();
        final EventRecorder keeps = new EventRecorder() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                kinds.add(message.getClass());
                assertThat(((ByteBuf) message).alloc()).isSameAs(ctx.alloc());
                super.channelRead(ctx, message);
            }
        };
        final MillraceSocketChannel channel = rig.establish(
                rig.bootstrap(keeps).option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 64, 64)));
        final String text = "0123456789".repeat(7);
        rig.peer(channel, peer -> peer.arrive(Rig.ascii(text)));
        assertThat(keeps.events).containsExactly("registered", "active", "read " + text.substring(0, 64),
                "readComplete", "read " + text.substring(64), "readComplete");
        assertThat(kinds).hasSize(2).allMatch(ReadBuffer.class::isAssignableFrom);
    }

    @Test
    void shouldAskOnceAfterEachPassWhetherThereIsMore() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        final int before = rig.<Integer>ask(() -> rig.tcp().pendingAsked);
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("hello")));
        assertThat(recorder.events).endsWith("read hello", "readComplete");
        assertThat(rig.<Integer>ask(() -> rig.tcp().pendingAsked)).isEqualTo(before + 1);
    }

    @Test
    void shouldLeaveBytesInTheRingWhileAutoReadIsOff() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.AUTO_READ, false);
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("wait")));
        assertThat(recorder.events).containsExactly("registered", "active");
        assertThat(rig.<Integer>ask(() -> rig.connection(channel).available())).isEqualTo(4);
        channel.config().setAutoRead(true);
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "read wait", "readComplete");
    }

    @Test
    void shouldStopAtOnceWhenAutoReadIsTurnedOffWhileReading() {
        final EventRecorder stops = new EventRecorder() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                super.channelRead(ctx, message);
                ctx.channel().config().setAutoRead(false);
            }
        };
        final MillraceSocketChannel channel = rig.connect(stops, ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(2));
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("abcd")));
        assertThat(stops.events).containsExactly("registered", "active", "read ab", "readComplete");
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("ef")));
        assertThat(stops.events).endsWith("read ab", "readComplete");
    }

    @Test
    void shouldReadOnceForEachReadCall() {
        final FixedRecvByteBufAllocator two = new FixedRecvByteBufAllocator(2);
        final MillraceSocketChannel channel = rig.establish(
                rig.bootstrap(recorder).option(ChannelOption.AUTO_READ, false).option(
                        ChannelOption.RECVBUF_ALLOCATOR, two));
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("abcd")));
        channel.read();
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "read ab", "readComplete");
        channel.read();
        rig.settle();
        assertThat(recorder.events).endsWith("readComplete", "read cd", "readComplete");
    }

    @Test
    void shouldRememberAReadThatFoundNothing() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.AUTO_READ, false);
        channel.read();
        rig.settle();
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("late")));
        assertThat(recorder.events).containsExactly("registered", "active", "read late", "readComplete");
    }

    @Test
    void shouldTellTheEndThoughNobodyReads() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.AUTO_READ, false);
        rig.peer(channel, FakeConnection::arriveFin);
        channel.closeFuture().syncUninterruptibly();
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "readComplete", "inactive",
                "unregistered");
    }

    @Test
    void shouldNotTellTheEndBeforeTheBytesThatNobodyReads() {
        final FixedRecvByteBufAllocator one = new FixedRecvByteBufAllocator(1);
        one.maxMessagesPerRead(1);
        final MillraceSocketChannel channel = rig.establish(rig.bootstrap(recorder)
                .option(ChannelOption.AUTO_READ, false).option(ChannelOption.RECVBUF_ALLOCATOR, one));
        rig.peer(channel, peer -> {
            peer.arrive(Rig.ascii("ab"));
            peer.arriveFin();
        });
        channel.read();
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "read a", "readComplete");
        assertThat(channel.isOpen()).isTrue();
        channel.read();
        channel.closeFuture().syncUninterruptibly();
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "read a", "readComplete", "read b",
                "readComplete", "readComplete", "inactive", "unregistered");
    }

    @Test
    void shouldTellAHalfClosureThoughNobodyReads() {
        final MillraceSocketChannel channel = rig.establish(rig.bootstrap(recorder)
                .option(ChannelOption.AUTO_READ, false).option(ChannelOption.ALLOW_HALF_CLOSURE, true));
        rig.peer(channel, FakeConnection::arriveFin);
        assertThat(recorder.events).containsExactly("registered", "active", "readComplete",
                "ChannelInputShutdownEvent", "ChannelInputShutdownReadComplete");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldHalfCloseWhereAllowed() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.ALLOW_HALF_CLOSURE, true);
        rig.peer(channel, peer -> {
            peer.arrive(Rig.ascii("bye"));
            peer.arriveFin();
        });
        assertThat(recorder.events).containsExactly("registered", "active", "read bye", "readComplete",
                "readComplete", "ChannelInputShutdownEvent", "ChannelInputShutdownReadComplete");
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.isInputShutdown()).isTrue();
        assertThat(channel.isOutputShutdown()).isFalse();
        channel.writeAndFlush(channel.alloc().buffer().writeBytes(Rig.ascii("reply"))).syncUninterruptibly();
        assertThat(rig.connection(channel).wire.toString()).isEqualTo("reply");
    }

    @Test
    void shouldNotTellReadCompleteOfAnInputThatAHandlerClosedTheChannelFor() {
        final EventRecorder closes = new EventRecorder() {
            @Override
            public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
                super.userEventTriggered(ctx, event);
                if (event == ChannelInputShutdownEvent.INSTANCE) {
                    ctx.close();
                }
            }
        };
        final MillraceSocketChannel channel = rig.connect(closes, ChannelOption.ALLOW_HALF_CLOSURE, true);
        rig.peer(channel, FakeConnection::arriveFin);
        channel.closeFuture().syncUninterruptibly();
        rig.settle();
        assertThat(closes.events).containsExactly("registered", "active", "readComplete",
                "ChannelInputShutdownEvent", "inactive", "unregistered");
    }

    @Test
    void shouldShutDownInputOnRequest() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.shutdownInput().syncUninterruptibly();
        rig.settle();
        assertThat(rig.connection(channel).calls).containsExactly("shutdownInput");
        assertThat(channel.isInputShutdown()).isTrue();
        assertThat(channel.isOpen()).isTrue();
        assertThat(recorder.events).containsExactly("registered", "active", "ChannelInputShutdownReadComplete");
    }

    @Test
    void shouldDeliverBytesBeforeAResetThenTheExceptionThenClose() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> {
            peer.arrive(Rig.ascii("before"));
            peer.fail(TcpFailure.RESET);
        });
        channel.closeFuture().syncUninterruptibly();
        rig.settle();
        assertThat(recorder.events).containsExactly("registered", "active", "read before", "readComplete",
                "exception Connection reset by peer", "inactive", "unregistered");
        assertThat(recorder.exceptions.getFirst()).isInstanceOf(SocketException.class);
    }

    @Test
    void shouldDeliverBytesBeforeAResetThoughNobodyReads() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.AUTO_READ, false);
        rig.peer(channel, peer -> {
            peer.arrive(Rig.ascii("before"));
            peer.fail(TcpFailure.RESET);
        });
        channel.closeFuture().syncUninterruptibly();
        assertThat(recorder.events).contains("read before", "exception Connection reset by peer");
    }

    @Test
    void shouldFailPendingWritesWithTheReset() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.sendCapacity = 2);
        final var pending = channel.writeAndFlush(channel.alloc().buffer().writeBytes(Rig.ascii("abcd")));
        rig.peer(channel, peer -> peer.fail(TcpFailure.RESET));
        assertThat(pending.awaitUninterruptibly().cause()).isInstanceOf(SocketException.class).hasMessage(
                "Connection reset by peer");
        final var late = channel.writeAndFlush(channel.alloc().buffer().writeBytes(Rig.ascii("x")));
        assertThat(late.awaitUninterruptibly().cause()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void shouldKeepAHalfClosedChannelOpenWhenBothDirectionsAreDone() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.shutdownOutput().syncUninterruptibly();
        rig.peer(channel, peer -> {
            peer.arrive(Rig.ascii("end"));
            peer.arriveFin();
            peer.events |= ConnectionHandler.CLOSED;
        });
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.isShutdown()).isTrue();
        assertThat(recorder.events).containsSubsequence("ChannelOutputShutdownEvent", "read end",
                "ChannelInputShutdownEvent", "ChannelInputShutdownReadComplete");
        channel.close().syncUninterruptibly();
    }

    @Test
    void shouldReadWhatIsLeftWhenBothDirectionsAreDoneThoughNobodyReads() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.AUTO_READ, false);
        channel.shutdownOutput().syncUninterruptibly();
        rig.peer(channel, peer -> {
            peer.arrive(Rig.ascii("end"));
            peer.arriveFin();
            peer.events |= ConnectionHandler.CLOSED;
        });
        channel.closeFuture().syncUninterruptibly();
        assertThat(recorder.events).contains("read end");
    }

    @Test
    void shouldReadIntoBuffersThatHaveNoAddress() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.RECVBUF_ALLOCATOR,
                new HeapBuffers());
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("heap")));
        assertThat(recorder.events).endsWith("read heap", "readComplete");
    }

    @Test
    void shouldNotReadOnAfterAHandlerClosed() {
        final EventRecorder closes = new EventRecorder() {
            @Override
            public void channelRead(final ChannelHandlerContext ctx, final Object message) {
                super.channelRead(ctx, message);
                ctx.close();
            }
        };
        final MillraceSocketChannel channel = rig.connect(closes, ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(2));
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("abcd")));
        channel.closeFuture().syncUninterruptibly();
        rig.settle();
        assertThat(closes.events).containsExactly("registered", "active", "read ab", "readComplete", "inactive",
                "unregistered");
    }

    private static final class HeapBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
        @Override
        @SuppressWarnings("deprecation")
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public ByteBuf allocate(final ByteBufAllocator allocator) {
                    return allocator.heapBuffer(guess());
                }

                @Override
                public int guess() {
                    return 16;
                }
            };
        }
    }
}
