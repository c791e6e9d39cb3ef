package io.millrace.fastpath.port;

import org.jspecify.annotations.Nullable;

/**
 * A port that wraps another: everything passes through unchanged unless a subclass says otherwise.
 * <p>
 * Thread: the engine's.
 */
public abstract class PortFilter implements PacketPort {
    /** The wrapped port. */
    protected final PacketPort delegate;

    /**
     * @param delegate the port to wrap; closed by {@link #close}.
     * @throws IllegalArgumentException where several links lie behind it: those are wrapped one by one.
     */
    protected PortFilter(final PacketPort delegate) {
        if (delegate.links() != 1) {
            throw new IllegalArgumentException("a port of " + delegate.links() + " links cannot be wrapped as one");
        }
        this.delegate = delegate;
    }

    @Override
    public PortCapabilities capabilities() {
        return delegate.capabilities();
    }

    @Override
    public long acquire() {
        return delegate.acquire();
    }

    @Override
    public int frames() {
        return delegate.frames();
    }

    @Override
    public void release(final long frame) {
        delegate.release(frame);
    }

    @Override
    public boolean mayReceive() {
        return delegate.mayReceive();
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        return delegate.receive(frames, offset, limit, nowNs);
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        return delegate.transmit(frames, offset, length, nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        return delegate.nextDeadlineNs();
    }

    @Override
    public int descriptors() {
        return delegate.descriptors();
    }

    @Override
    public int descriptor(final int index) {
        return delegate.descriptor(index);
    }

    @Override
    public void sleeper(final @Nullable Sleeper sleeper) {
        delegate.sleeper(sleeper);
    }

    @Override
    public boolean wakesSleeper() {
        return delegate.wakesSleeper();
    }

    @Override
    public boolean prepareToBlock() {
        return delegate.prepareToBlock();
    }

    @Override
    public void onWoken() {
        delegate.onWoken();
    }

    @Override
    public long dropped() {
        return delegate.dropped();
    }

    @Override
    public long synsDropped() {
        return delegate.synsDropped();
    }

    @Override
    public long counted(final PortCount what) {
        return delegate.counted(what);
    }

    @Override
    public int lendableFrames() {
        return delegate.lendableFrames();
    }

    @Override
    public Runnable keepMemory() {
        return delegate.keepMemory();
    }

    @Override
    public void onLastTurn() {
        delegate.onLastTurn();
    }

    @Override
    public void onDriverLeft() {
        delegate.onDriverLeft();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
