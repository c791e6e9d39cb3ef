package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which buffers may be read after their promise has succeeded. */
class HeldBuffersTest {
    static Stream<ByteBufAllocator> allocators() {
        return Stream.of(PooledByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT,
                new UnpooledByteBufAllocator(true), new AdaptiveByteBufAllocator());
    }

    private static void held(final ByteBuf buffer) {
        assertThat(HeldBuffers.tryRetain(buffer)).isTrue();
        assertThat(buffer.refCnt()).isEqualTo(2);
        buffer.release();
        HeldBuffers.OWNER.release(buffer);
        assertThat(buffer.refCnt()).isZero();
    }

    private static void copied(final ByteBuf buffer) {
        final int before = buffer.refCnt();
        assertThat(HeldBuffers.tryRetain(buffer)).isFalse();
        assertThat(buffer.refCnt()).isEqualTo(before);
        buffer.release();
    }

    @ParameterizedTest
    @MethodSource("allocators")
    void shouldHoldWhatAnAllocatorMadeAndNobodyElseCanReach(final ByteBufAllocator allocator) {
        held(allocator.directBuffer(1_000).writeZero(1_000));
        held(allocator.heapBuffer(1_000).writeZero(1_000));
        held(allocator.directBuffer(1_000).writeZero(1_000).slice(10, 20));
    }

    @ParameterizedTest
    @MethodSource("allocators")
    void shouldCopyWhatSomebodyElseHasAReferenceTo(final ByteBufAllocator allocator) {
        final ByteBuf whole = allocator.directBuffer(1_000).writeZero(1_000);
        copied(whole.retain());
        copied(whole.readRetainedSlice(500));
        copied(whole.retainedDuplicate());
        held(whole);
    }

    @Test
    void shouldCopyMemoryThatTheApplicationHasWithoutAReference() {
        copied(Unpooled.wrappedBuffer(new byte[1_000]));
        copied(Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(1_000)));
        copied(Unpooled.wrappedBuffer(ByteBuffer.allocate(1_000)));
    }

    @Test
    void shouldCopyBuffersThatDoNotCount() {
        final ByteBuf inner = PooledByteBufAllocator.DEFAULT.directBuffer(100).writeZero(100);
        assertThat(HeldBuffers.tryRetain(Unpooled.unreleasableBuffer(inner))).isFalse();
        assertThat(inner.refCnt()).isEqualTo(1);
        inner.release();
    }

    @Test
    void shouldCopyCompositesAsTheyHaveNoAddress() {
        copied(PooledByteBufAllocator.DEFAULT.compositeBuffer()
                .addComponent(true, PooledByteBufAllocator.DEFAULT.directBuffer(10).writeZero(10))
                .addComponent(true, PooledByteBufAllocator.DEFAULT.directBuffer(10).writeZero(10)));
    }
}
