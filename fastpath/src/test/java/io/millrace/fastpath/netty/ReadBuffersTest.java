package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.internal.PlatformDependent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(booleans = {true, false})
class ReadBuffersTest {
    private static final int MOST = 128;

    private final Thread loop = Thread.currentThread();
    private final ReadBuffers buffers;
    private final List<ByteBuf> given = new ArrayList<>();
    private final ExtendedHandle usual = handle(new AdaptiveRecvByteBufAllocator());

    /** @param unsafe whether Netty's Unsafe reads and writes them. */
    ReadBuffersTest(final boolean unsafe) {
        assumeTrue(!unsafe || PlatformDependent.hasUnsafe(), "Netty has no Unsafe here");
        buffers = new ReadBuffers(() -> Thread.currentThread() == loop, unsafe);
    }

    private static ExtendedHandle handle(final RecvByteBufAllocator of) {
        return (ExtendedHandle) of.newHandle();
    }

    private ByteBuf take() {
        final ByteBuf buffer = buffers.take(usual, PooledByteBufAllocator.DEFAULT);
        assertThat(buffer).isNotNull();
        given.add(buffer);
        return buffer;
    }

    @AfterEach
    void release() {
        given.stream().filter(buffer -> buffer.refCnt() > 0).forEach(ByteBuf::release);
    }

    @Test
    void shouldHaveAsMuchMemoryAsIsTold() {
        final List<Long> addresses = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            addresses.add(take().memoryAddress());
        }
        assertThat(buffers.take(usual, PooledByteBufAllocator.DEFAULT)).isNull();
        assertThat(Collections.max(addresses) - Collections.min(addresses) + ReadBuffers.LENGTH)
                .isEqualTo(MillraceTransport.READ_BUFFER_BYTES);
    }

    @Test
    void shouldGiveAnEmptyBufferWithAnAddress() {
        final ByteBuf buffer = take();
        assertThat(buffer.readableBytes()).isZero();
        assertThat(buffer.writableBytes()).isEqualTo(ReadBuffers.LENGTH);
        assertThat(buffer.alloc()).isSameAs(PooledByteBufAllocator.DEFAULT);
        buffer.writeBytes("hello".getBytes(StandardCharsets.US_ASCII));
        assertThat(Memory.getByte(buffer.memoryAddress() + 1)).isEqualTo((byte) 'e');
        assertThat(buffer.touch("here").toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
        buffer.release();
    }

    @Test
    void shouldGiveWhatWasReleasedLastAsIfItWereNew() {
        final ByteBuf first = take();
        final ByteBuf second = take();
        first.release();
        second.writeLong(7);
        second.readInt();
        second.markReaderIndex();
        second.markWriterIndex();
        second.release();
        final ByteBuf again = buffers.take(usual, ByteBufAllocator.DEFAULT);
        assertThat(again).isSameAs(second);
        assertThat(again.refCnt()).isEqualTo(1);
        assertThat(again.alloc()).isSameAs(ByteBufAllocator.DEFAULT);
        assertThat(again.resetWriterIndex().resetReaderIndex().writerIndex()).isZero();
        assertThat(take()).isSameAs(first);
    }

    @Test
    void shouldNotBeReachableByWhoHasReleasedIt() {
        final ByteBuf buffer = take();
        final ByteBuf part = buffer.writeInt(1).retainedSlice(0, 2);
        buffer.release();
        assertThat(take()).isNotSameAs(buffer);
        part.release();
        assertThatThrownBy(buffer::release).isInstanceOf(IllegalReferenceCountException.class);
        assertThatThrownBy(buffer::readByte).isInstanceOf(IllegalReferenceCountException.class);
        assertThat(take()).isSameAs(buffer);
        assertThat(take()).as("it is there once").isNotSameAs(buffer);
    }

    @Test
    void shouldLeaveItToTheAllocatorWhereSomebodyHasChosenOne() {
        assertThat(buffers.take(usual, new UnpooledByteBufAllocator(true))).isNull();
        assertThat(buffers.take(usual, new PooledByteBufAllocator(true))).isNull();
        assertThat(buffers.take(handle(new FixedRecvByteBufAllocator(64)), PooledByteBufAllocator.DEFAULT)).isNull();
    }

    @Test
    void shouldLeaveLargeReadsToTheAllocator() {
        final int length = ReadBuffers.LENGTH;
        final AdaptiveRecvByteBufAllocator fits = new AdaptiveRecvByteBufAllocator(64, length, length);
        final AdaptiveRecvByteBufAllocator larger = new AdaptiveRecvByteBufAllocator(64, 2 * length, 2 * length);
        final ByteBuf buffer = buffers.take(handle(fits), PooledByteBufAllocator.DEFAULT);
        assertThat(buffer).isNotNull();
        buffer.release();
        assertThat(buffers.take(handle(larger), PooledByteBufAllocator.DEFAULT)).isNull();
    }

    @Test
    void shouldHaveNoMoreThanItMayAndComeBackFromOtherThreads() throws InterruptedException {
        final List<ByteBuf> taken = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            taken.add(take());
        }
        assertThat(buffers.take(usual, PooledByteBufAllocator.DEFAULT)).isNull();
        final Thread other = new Thread(() -> taken.forEach(ByteBuf::release));
        other.start();
        other.join();
        for (int i = 0; i < MOST; i++) {
            final ByteBuf again = take();
            assertThat(taken).anyMatch(buffer -> buffer == again);
        }
        assertThat(buffers.take(usual, PooledByteBufAllocator.DEFAULT)).isNull();
    }

    @Test
    void shouldMakeAnotherForOneWhoseCapacityWasChanged() {
        final List<ByteBuf> taken = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            taken.add(take());
        }
        final ByteBuf buffer = taken.getLast().writeInt(7);
        buffer.capacity(4 * ReadBuffers.LENGTH);
        assertThat(buffer.getInt(0)).isEqualTo(7);
        buffer.capacity(ReadBuffers.LENGTH);
        assertThat(buffer.getInt(0)).isEqualTo(7);
        buffer.release();
        final ByteBuf next = take();
        assertThat(taken).noneMatch(other -> other == next);
        assertThat(next.writableBytes()).isEqualTo(ReadBuffers.LENGTH);
        assertThat(buffers.take(usual, PooledByteBufAllocator.DEFAULT)).isNull();
    }

    @Test
    void shouldHaveTheSameMemoryForEverWhateverIsDoneWithIt() {
        final Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            final ByteBuf buffer = take();
            addresses.add(buffer.memoryAddress());
            buffer.writeZero(ReadBuffers.LENGTH).writeZero(1 + i % 3_000);
            assertThat(buffer.writerIndex()).isGreaterThan(ReadBuffers.LENGTH);
            buffer.release();
            given.clear();
        }
        assertThat(addresses).hasSize(1);
    }
}
