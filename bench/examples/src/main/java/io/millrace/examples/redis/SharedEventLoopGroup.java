package io.millrace.examples.redis;

import io.lettuce.core.resource.EventLoopGroupProvider;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Gives Lettuce a group that somebody else shuts down, whichever class of group it asks for.
 *
 * @param group of a stack.
 */
record SharedEventLoopGroup(MillraceEventLoopGroup group) implements EventLoopGroupProvider {
    @Override
    @SuppressWarnings("unchecked")
    public <T extends EventLoopGroup> T allocate(final Class<T> type) {
        return (T) group;
    }

    @Override
    public int threadPoolSize() {
        return group.executorCount();
    }

    @Override
    public Future<Boolean> release(final EventExecutorGroup released, final long quietPeriod, final long timeout,
            final TimeUnit unit) {
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(final long quietPeriod, final long timeout, final TimeUnit unit) {
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }
}
