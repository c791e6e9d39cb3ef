package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** A buffer over a frame whose capacity is changed, which moves it into memory of its own. */
class FrameBufferCapacityTest {
    private static final int TEXT = Frame.IP_OFFSET + 40;

    @Test
    void shouldKeepItsOwnMemoryWhenItIsAsLongAsTheFrameAgain() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(16).build()) {
            final LentFrames frames = new LentFrames(link.side(0).queue(0), 4);
            frames.onTurn();
            final FrameBuffers buffers = new FrameBuffers(frames);
            final ByteBuf buffer = receive(link, frames, buffers);
            final int length = buffer.capacity();
            buffer.capacity(buffer.writerIndex());
            // grows to the longest it may be, which is the frame's length
            buffer.writeZero(length - buffer.writerIndex());
            assertThat(buffer.capacity()).isEqualTo(length);
            buffer.setByte(buffer.readerIndex(), 'x');
            if (buffer.hasMemoryAddress()) {
                assertThat(Memory.getByte(buffer.memoryAddress() + buffer.readerIndex())).isEqualTo((byte) 'x');
            }
            buffer.release();
            assertThat(frames.lent()).isZero();
            final ByteBuf next = receive(link, frames, buffers);
            assertThat(next).as("one that has memory of its own is not used again").isNotSameAs(buffer);
            assertThat(next.getByte(next.readerIndex())).isEqualTo((byte) 'h');
            next.release();
        }
    }

    private static ByteBuf receive(final MemoryLink link, final LentFrames frames, final FrameBuffers buffers) {
        final PacketPort port = link.side(0).queue(0);
        final PacketPort peer = link.side(1).queue(0);
        final long[] burst = new long[1];
        // what was released comes home
        assertThat(peer.receive(burst, 0, 1, 0)).isZero();
        burst[0] = peer.acquire();
        Memory.putByte(burst[0] + TEXT, 'h');
        Frame.length(burst[0], TEXT - Frame.ETHERNET_OFFSET + 1);
        assertThat(peer.transmit(burst, 0, 1, 0)).isEqualTo(1);
        assertThat(port.receive(burst, 0, 1, 0)).isEqualTo(1);
        frames.begin(burst[0]);
        final long frame = frames.take();
        assertThat(frames.end()).isTrue();
        Frame.text(frame, TEXT, 1);
        return buffers.of(frame, UnpooledByteBufAllocator.DEFAULT);
    }
}
