package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A buffer over a frame. */
class FrameBufferTest {
    private static final int TEXT = Frame.IP_OFFSET + 40;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final MemoryLink link = MemoryLink.builder().framesPerSide(16).build();
    private final PacketPort port = link.side(0).queue(0);
    private final PacketPort peer = link.side(1).queue(0);
    private final LentFrames frames = new LentFrames(port, 4);
    private final FrameBuffers buffers = new FrameBuffers(frames);

    @BeforeEach
    void begin() {
        // the link learns that both sides are on this thread: frames come as they are, not as copies
        assertThat(port.receive(new long[1], 0, 1, 0)).isZero();
        frames.onTurn();
    }

    @AfterEach
    void close() {
        assertThat(frames.lent()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        link.close();
    }

    private ByteBuf receive(final String text) {
        final long[] burst = new long[1];
        // what was released comes home
        assertThat(peer.receive(burst, 0, 1, 0)).isZero();
        burst[0] = peer.acquire();
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        Memory.copyFromArray(bytes, 0, burst[0] + TEXT, bytes.length);
        Frame.length(burst[0], TEXT - Frame.ETHERNET_OFFSET + bytes.length);
        peer.transmit(burst, 0, 1, 0);
        assertThat(port.receive(burst, 0, 1, 0)).isEqualTo(1);
        frames.begin(burst[0]);
        final long frame = frames.take();
        assertThat(frames.end()).isTrue();
        Frame.text(frame, TEXT, bytes.length);
        return buffers.of(frame, allocator);
    }

    private static String text(final ByteBuf buffer) {
        return buffer.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void shouldHaveTheTextBetweenItsIndices() {
        final ByteBuf buffer = receive("hello");
        assertThat(buffer.readableBytes()).isEqualTo(5);
        assertThat(text(buffer)).isEqualTo("hello");
        assertThat(buffer.isDirect()).isTrue();
        assertThat(buffer.hasMemoryAddress()).isTrue();
        assertThat(Memory.getByte(buffer.memoryAddress() + buffer.readerIndex())).isEqualTo((byte) 'h');
        assertThat(buffer.nioBuffer().get(1)).isEqualTo((byte) 'e');
        assertThat(buffer.alloc()).isSameAs(allocator);
        assertThat(buffer.readByte()).isEqualTo((byte) 'h');
        buffer.release();
    }

    @Test
    void shouldBelongToItsOwnerWithAllItsRoom() {
        final ByteBuf buffer = receive("hello");
        buffer.writeBytes(" world".getBytes(StandardCharsets.US_ASCII));
        assertThat(text(buffer)).isEqualTo("hello world");
        buffer.readByte();
        buffer.discardReadBytes();
        assertThat(text(buffer)).isEqualTo("ello world");
        buffer.setZero(0, buffer.capacity());
        buffer.release();
        // the descriptor was out of reach
        final ByteBuf again = receive("again");
        assertThat(text(again.touch("here"))).isEqualTo("again");
        again.release();
    }

    @Test
    void shouldGoBackWithItsLastReference() {
        final ByteBuf buffer = receive("hello");
        final ByteBuf part = buffer.retainedSlice(buffer.readerIndex(), 2);
        buffer.release();
        assertThat(frames.lent()).isEqualTo(1);
        assertThat(text(part)).isEqualTo("he");
        part.release();
        assertThat(frames.lent()).isZero();
        assertThatThrownBy(buffer::release).isInstanceOf(IllegalReferenceCountException.class);
        assertThatThrownBy(buffer::readByte).isInstanceOf(IllegalReferenceCountException.class);
    }

    @Test
    void shouldBeginAnewWithTheNextTextOfItsFrame() {
        final ByteBuf first = receive("hello");
        first.readByte();
        first.markReaderIndex();
        first.release();
        final ByteBuf second = receive("world!");
        assertThat(second).isSameAs(first);
        assertThat(second.refCnt()).isEqualTo(1);
        second.resetReaderIndex();
        assertThat(second.readerIndex()).as("the mark of its last life is forgotten").isZero();
        second.release();
    }

    @Test
    void shouldHaveMemoryOfItsOwnOnceItsCapacityIsChanged() {
        final ByteBuf buffer = receive("hello");
        final int end = buffer.writerIndex();
        buffer.capacity(end);
        assertThat(text(buffer)).isEqualTo("hello");
        buffer.release();
        assertThat(frames.lent()).isZero();
        final ByteBuf next = receive("next");
        assertThat(text(next)).isEqualTo("next");
        assertThat(next.capacity()).isGreaterThan(end);
        next.release();
    }

    @Test
    void shouldComeBackFromAnotherThread() throws InterruptedException {
        final ByteBuf buffer = receive("hello");
        final Thread other = new Thread(buffer::release);
        other.start();
        other.join();
        frames.onTurn();
        assertThat(frames.lent()).isZero();
        final ByteBuf next = receive("next");
        assertThat(next).isSameAs(buffer);
        next.release();
    }
}
