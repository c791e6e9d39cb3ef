package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A port over side 0 of a {@link MemoryLink}; the test plays side 1. */
final class LinkUnderTest implements PortUnderTest {
    static final int FRAMES = 32;
    static final int QUEUE = 16;

    private final MemoryLink link;
    private final PacketPort port;
    private final PacketPort far;
    private boolean closed;

    LinkUnderTest(final MemoryLink.Builder builder, final UnaryOperator<PacketPort> middleware) {
        this(builder, middleware, UnaryOperator.identity());
    }

    LinkUnderTest(final MemoryLink.Builder builder, final UnaryOperator<PacketPort> middleware,
            final UnaryOperator<PacketPort> farMiddleware) {
        link = builder.framesPerSide(FRAMES).queueLength(QUEUE).build();
        port = middleware.apply(link.side(0).queue(0));
        far = farMiddleware.apply(link.side(1).queue(0));
    }

    @Override
    public PacketPort port() {
        return port;
    }

    @Override
    public int frames() {
        return FRAMES;
    }

    @Override
    public void inject(final byte[] bytes) {
        final long[] frames = {far.acquire()};
        if (!far.capabilities().linkLayer()) {
            Frame.dataOffset(frames[0], Frame.IP_OFFSET);
        }
        Memory.copyFromArray(bytes, 0, Frame.data(frames[0]), bytes.length);
        Frame.length(frames[0], bytes.length);
        if (far.transmit(frames, 0, 1, 0) != 1) {
            throw new IllegalStateException("queue full");
        }
    }

    @Override
    public byte @Nullable [] emitted() {
        final long[] frames = new long[1];
        if (far.receive(frames, 0, 1, 0) == 0) {
            return null;
        }
        final byte[] bytes = PacketPortContract.bytesOf(frames[0]);
        far.release(frames[0]);
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            port.close();
            port.close();
            link.close();
        }
    }
}
