package io.millrace.fastpath.netty;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;

/** Makes one handler for each engine, in order. Thread: any. */
final class MillraceIoHandlerFactory implements IoHandlerFactory {
    private final StackEngines engines;
    private final MillraceIoHandler[] handlers;
    private int made;

    MillraceIoHandlerFactory(final StackEngines engines) {
        this.engines = engines;
        this.handlers = new MillraceIoHandler[engines.count()];
    }

    @Override
    public synchronized IoHandler newHandler(final ThreadAwareExecutor ioExecutor) {
        if (made == handlers.length) {
            throw new IllegalStateException("event loop " + (made + 1) + " asked for, but the stack has "
                    + handlers.length + " engine(s): one event loop drives one engine");
        }
        final MillraceIoHandler handler = new MillraceIoHandler(engines, made, ioExecutor);
        handlers[made++] = handler;
        return handler;
    }

    StackEngines engines() {
        return engines;
    }

    /** The handler of this engine, where it was made. */
    synchronized MillraceIoHandler handler(final int engine) {
        return handlers[engine];
    }
}
