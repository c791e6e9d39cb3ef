package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MillraceSocketChannelWriteTest {
    private final Rig rig = new Rig();
    private final EventRecorder recorder = new EventRecorder();

    @AfterEach
    void close() {
        rig.close();
    }

    private static ByteBuf direct(final MillraceSocketChannel channel, final String text) {
        return channel.alloc().directBuffer().writeBytes(Rig.ascii(text));
    }

    private String wire(final MillraceSocketChannel channel) {
        return rig.ask(() -> rig.connection(channel).wire.toString());
    }

    private static byte[] pattern(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }

    @Test
    void shouldGiveDirectBuffersAnAddress() {
        final ByteBuf buffer = ByteBufAllocator.DEFAULT.ioBuffer();
        assertThat(buffer.hasMemoryAddress()).isTrue();
        buffer.release();
    }

    @Test
    void shouldWriteBuffersOfEveryKindInOrder() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.write(direct(channel, "direct "));
        channel.write(Unpooled.wrappedBuffer(Rig.ascii("heap ")));
        channel.write(Unpooled.EMPTY_BUFFER);
        channel.write(channel.alloc().compositeBuffer().addComponents(true, direct(channel, "comp"),
                Unpooled.wrappedBuffer(Rig.ascii("osite "))));
        channel.write(direct(channel, "read-only ").asReadOnly());
        channel.write(Unpooled.wrappedBuffer(Rig.ascii("xxslice ")).skipBytes(2).slice());
        channel.writeAndFlush(Unpooled.wrappedUnmodifiableBuffer(direct(channel, "fixed"))).syncUninterruptibly();
        assertThat(wire(channel)).isEqualTo("direct heap composite read-only slice fixed");
    }

    @Test
    void shouldFlushTheConnectionOnceForManyMessages() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        final ChannelFuture last = rig.ask(() -> {
            for (int i = 0; i < 100; i++) {
                channel.write(direct(channel, "m"));
            }
            return channel.writeAndFlush(direct(channel, "n"));
        });
        last.syncUninterruptibly();
        assertThat(rig.connection(channel).flushes).isEqualTo(1);
    }

    @Test
    void shouldSendNothingBeforeFlush() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.write(direct(channel, "later"));
        rig.settle();
        assertThat(wire(channel)).isEmpty();
        channel.flush();
        rig.settle();
        assertThat(wire(channel)).isEqualTo("later");
    }

    @Test
    void shouldGoOnWhereAFullRingStoppedIt() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.sendCapacity = 3);
        final ChannelFuture first = channel.writeAndFlush(direct(channel, "abcde"));
        final ChannelFuture second = channel.writeAndFlush(Unpooled.wrappedBuffer(Rig.ascii("fgh")));
        rig.settle();
        assertThat(wire(channel)).isEqualTo("abc");
        assertThat(first.isDone()).isFalse();
        rig.peer(channel, FakeConnection::acknowledge);
        assertThat(wire(channel)).isEqualTo("abcdef");
        assertThat(first.isSuccess()).isTrue();
        assertThat(second.isDone()).isFalse();
        rig.peer(channel, FakeConnection::acknowledge);
        second.syncUninterruptibly();
        assertThat(wire(channel)).isEqualTo("abcdefgh");
    }

    @Test
    void shouldNotTryAgainBeforeThereIsRoom() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.sendCapacity = 3);
        channel.writeAndFlush(direct(channel, "abcd"));
        rig.settle();
        final int flushes = rig.ask(() -> rig.connection(channel).flushes);
        channel.writeAndFlush(direct(channel, "e"));
        channel.flush();
        rig.settle();
        assertThat(rig.<Integer>ask(() -> rig.connection(channel).flushes)).isEqualTo(flushes);
    }

    @Test
    void shouldWriteLargeBuffersOfEveryKindThroughASmallRing() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.sendCapacity = 70_000);
        final byte[] bytes = pattern(300_000);
        final ByteBuf half = channel.alloc().directBuffer().writeBytes(bytes, 0, 150_000);
        final ByteBuf rest = Unpooled.wrappedBuffer(bytes, 150_000, 150_000);
        final ChannelFuture done = channel.writeAndFlush(
                channel.alloc().compositeBuffer().addComponents(true, half, rest));
        while (!done.isDone()) {
            rig.peer(channel, FakeConnection::acknowledge);
        }
        done.syncUninterruptibly();
        assertThat(rig.<byte[]>ask(() -> rig.connection(channel).wire.toByteArray())).isEqualTo(bytes);
    }

    @Test
    void shouldFollowTheWaterMarks() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(200, 400));
        rig.peer(channel, peer -> peer.sendCapacity = 10);
        channel.writeAndFlush(channel.alloc().directBuffer().writeZero(600));
        rig.settle();
        assertThat(channel.isWritable()).isFalse();
        for (int i = 0; i < 60; i++) {
            rig.peer(channel, FakeConnection::acknowledge);
        }
        assertThat(channel.isWritable()).isTrue();
        assertThat(recorder.events).containsSubsequence("writable false", "writable true");
    }

    @Test
    void shouldGoOnLaterWhenTheSpinsAreUsedUp() {
        final MillraceSocketChannel channel = rig.connect(recorder, ChannelOption.WRITE_SPIN_COUNT, 1);
        final List<ChannelFuture> writes = new ArrayList<>();
        rig.onLoop(() -> {
            for (int i = 0; i < 3_000; i++) {
                writes.add(channel.write(direct(channel, "z")));
            }
            channel.flush();
            assertThat(rig.connection(channel).wire.size()).isEqualTo(1_024);
        });
        writes.getLast().syncUninterruptibly();
        assertThat(wire(channel)).hasSize(3_000);
        assertThat(rig.connection(channel).flushes).isEqualTo(3);
    }

    @Test
    void shouldWriteFileRegionsThroughASmallRing(@TempDir final Path folder) throws IOException {
        final byte[] bytes = pattern(200_000);
        final Path file = folder.resolve("region");
        Files.write(file, bytes);
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.sendCapacity = 50_000);
        channel.write(direct(channel, "<"));
        final DefaultFileRegion region = new DefaultFileRegion(file.toFile(), 1_000, 150_000);
        channel.write(region);
        final ChannelFuture done = channel.writeAndFlush(direct(channel, ">"));
        while (!done.isDone()) {
            rig.peer(channel, FakeConnection::acknowledge);
        }
        done.syncUninterruptibly();
        final byte[] wire = rig.ask(() -> rig.connection(channel).wire.toByteArray());
        assertThat(wire).hasSize(150_002);
        assertThat(wire[0]).isEqualTo((byte) '<');
        assertThat(java.util.Arrays.copyOfRange(wire, 1, 150_001)).isEqualTo(
                java.util.Arrays.copyOfRange(bytes, 1_000, 151_000));
        assertThat(region.refCnt()).isZero();
    }

    @Test
    void shouldFailAFileRegionLongerThanItsFile(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("region");
        Files.write(file, pattern(10));
        final MillraceSocketChannel channel = rig.connect(recorder);
        final ChannelFuture done = channel.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, 20));
        assertThat(done.awaitUninterruptibly().cause()).isInstanceOf(IOException.class);
    }

    @Test
    void shouldWriteFileRegionsThatGiveHeapBuffers() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        final byte[] bytes = pattern(100_000);
        channel.writeAndFlush(new HeapRegion(bytes)).syncUninterruptibly();
        assertThat(rig.<byte[]>ask(() -> rig.connection(channel).wire.toByteArray())).isEqualTo(bytes);
    }

    @Test
    void shouldRefuseOtherMessages() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        final ChannelFuture write = channel.writeAndFlush("text");
        assertThat(write.awaitUninterruptibly().cause()).isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("String");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldFailPendingWritesOnClose() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.sendCapacity = 2);
        final ByteBuf message = direct(channel, "abcd");
        final ChannelFuture pending = channel.writeAndFlush(message);
        final ChannelFuture unflushed = channel.write(direct(channel, "efgh"));
        channel.close().syncUninterruptibly();
        assertThat(pending.awaitUninterruptibly().cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(unflushed.awaitUninterruptibly().cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(message.refCnt()).isZero();
        assertThat(rig.connection(channel).calls).containsExactly("close");
    }

    @Test
    void shouldShutDownOutputAfterWhatWasWritten() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.writeAndFlush(direct(channel, "all"));
        channel.shutdownOutput().syncUninterruptibly();
        assertThat(wire(channel)).isEqualTo("all");
        assertThat(channel.isOutputShutdown()).isTrue();
        assertThat(channel.isInputShutdown()).isFalse();
        assertThat(rig.connection(channel).calls).containsExactly("shutdownOutput");
        assertThat(recorder.events).endsWith("ChannelOutputShutdownEvent");
        final ChannelFuture late = channel.writeAndFlush(direct(channel, "late"));
        assertThat(late.awaitUninterruptibly().cause()).isInstanceOf(ClosedChannelException.class);
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("still")));
        assertThat(recorder.events).endsWith("read still", "readComplete");
    }

    @Test
    void shouldFailWhatTheRingHadNoRoomForWhenOutputIsShutDown() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.peer(channel, peer -> peer.sendCapacity = 2);
        final ChannelFuture pending = channel.writeAndFlush(direct(channel, "abcd"));
        channel.shutdownOutput().syncUninterruptibly();
        assertThat(pending.awaitUninterruptibly().cause()).isInstanceOf(ChannelOutputShutdownException.class);
    }

    @Test
    void shouldShutDownBothDirections() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.shutdown().syncUninterruptibly();
        assertThat(channel.isShutdown()).isTrue();
        assertThat(rig.connection(channel).calls).containsExactly("shutdownOutput", "shutdownInput");
    }

    @Test
    void shouldCloseWhenTheConnectionCannotSendAnyMore() {
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.onLoop(() -> rig.connection(channel).outputShut = true);
        final ChannelFuture write = channel.writeAndFlush(direct(channel, "x"));
        assertThat(write.awaitUninterruptibly().cause()).hasMessage("Broken pipe");
        channel.closeFuture().syncUninterruptibly();
    }

    /** Gives its bytes as heap buffers, as a region over something that is no file does. */
    private static final class HeapRegion extends AbstractReferenceCounted implements FileRegion {
        private final byte[] bytes;
        private long transferred;

        HeapRegion(final byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        @Deprecated
        public long transfered() {
            return transferred;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        public long count() {
            return bytes.length;
        }

        @Override
        public long transferTo(final WritableByteChannel target, final long position) throws IOException {
            final int written = target.write(ByteBuffer.wrap(bytes, (int) position, bytes.length - (int) position));
            transferred += written;
            return written;
        }

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(final int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(final Object hint) {
            return this;
        }

        @Override
        protected void deallocate() {}
    }
}
