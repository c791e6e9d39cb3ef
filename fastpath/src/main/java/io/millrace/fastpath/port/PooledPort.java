package io.millrace.fastpath.port;

/**
 * A port whose frames, received ones and those to be sent, are of one pool of its own.
 * <p>
 * Thread: the engine's.
 */
public abstract class PooledPort implements PacketPort {
    /** One of so many frames may be lent. */
    private static final int LENDABLE = 4;

    /** The frames. */
    protected final FramePool pool;
    private final PortCapabilities capabilities;
    private boolean closed;

    /** @param pool closed by {@link #close}. */
    protected PooledPort(final PortCapabilities capabilities, final FramePool pool) {
        this.capabilities = capabilities;
        this.pool = pool;
    }

    @Override
    public final PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public final long acquire() {
        return pool.acquire();
    }

    @Override
    public final int frames() {
        return pool.frames();
    }

    @Override
    public final void release(final long frame) {
        pool.release(frame);
    }

    @Override
    public final int lendableFrames() {
        return pool.frames() / LENDABLE;
    }

    @Override
    public final Runnable keepMemory() {
        return pool.keepMemory();
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            try {
                closeDevice();
            } finally {
                pool.close();
            }
        }
    }

    /** Gives back what the port has beside its frames; called once. */
    protected abstract void closeDevice();
}
