package io.millrace.fastpath.netty;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.concurrent.Executor;

/**
 * A loop that never ends before its channels are closed. Netty's looks for a shutdown before it runs its tasks and ends
 * after them: one that begins in between, without a quiet period, would leave channels open for ever.
 */
final class MillraceEventLoop extends SingleThreadIoEventLoop {
    MillraceEventLoop(final IoEventLoopGroup parent, final Executor executor, final IoHandlerFactory factory) {
        super(parent, executor, factory);
    }

    @Override
    protected boolean confirmShutdown() {
        if (isShuttingDown()) {
            ioHandler().prepareToDestroy();
        }
        return super.confirmShutdown();
    }
}
