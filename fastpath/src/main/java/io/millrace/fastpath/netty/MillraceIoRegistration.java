package io.millrace.fastpath.netty;

import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;

/** One handle's place in the list of a {@link MillraceIoHandler}. */
final class MillraceIoRegistration implements IoRegistration {
    /** Position in the handler's list, -1 when cancelled. Thread: the loop's. */
    int position;

    private final MillraceIoHandler handler;
    private final MillraceIoHandle handle;
    private volatile boolean valid = true;

    MillraceIoRegistration(final MillraceIoHandler handler, final MillraceIoHandle handle, final int position) {
        this.handler = handler;
        this.handle = handle;
        this.position = position;
    }

    MillraceIoHandle handle() {
        return handle;
    }

    /** The {@link MillraceIoHandler}. */
    @Override
    @SuppressWarnings("unchecked")
    public <T> T attachment() {
        return (T) handler;
    }

    /** Nothing is submitted: interest is the channel's own business, and the engine is called directly. */
    @Override
    public long submit(final IoOps ops) {
        throw new UnsupportedOperationException("no operations: " + ops);
    }

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public boolean cancel() {
        synchronized (this) {
            if (!valid) {
                return false;
            }
            valid = false;
        }
        handler.cancel(this);
        return true;
    }
}
