package io.millrace.fastpath.port;

import org.jspecify.annotations.Nullable;

/** A port together with whatever is at the other end of its wire. */
public interface PortUnderTest extends AutoCloseable {
    PacketPort port();

    /** Frames of the port's pool. */
    int frames();

    /** The other end sends a frame to the port. */
    void inject(byte[] frame);

    /** The next frame that reached the other end from the port; null where there is none. */
    byte @Nullable [] emitted();

    /** Closes the port and its other end; closing twice does nothing. */
    @Override
    void close();
}
