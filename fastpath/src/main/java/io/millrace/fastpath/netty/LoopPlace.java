package io.millrace.fastpath.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import org.jspecify.annotations.Nullable;

/**
 * A channel's place at an event loop that drives an engine: taken when it is registered, left when it is deregistered.
 * Thread: the event loop's, unless said otherwise.
 */
final class LoopPlace {
    private final Channel channel;
    private final MillraceIoHandle handle;
    /** Of the loop that the channel was registered with last. */
    @Nullable
    private MillraceIoHandler handler;
    @Nullable
    private IoRegistration registration;

    LoopPlace(final Channel channel, final MillraceIoHandle handle) {
        this.channel = channel;
        this.handle = handle;
    }

    /** True for a loop that can drive an engine. Thread: any. */
    static boolean isAt(final EventLoop loop) {
        return loop instanceof final IoEventLoop ioLoop && ioLoop.isCompatible(MillraceIoHandle.class);
    }

    /**
     * Takes the place; the promise fails where the loop has none for the channel.
     *
     * @param onTaken runs before the promise succeeds.
     */
    void take(final ChannelPromise promise, final Runnable onTaken) {
        ((IoEventLoop) channel.eventLoop()).register(handle).addListener(future -> {
            if (!future.isSuccess()) {
                promise.setFailure(future.cause());
                return;
            }
            registration = (IoRegistration) future.getNow();
            handler = registration.attachment();
            onTaken.run();
            promise.setSuccess();
        });
    }

    void leave() {
        final IoRegistration current = registration;
        if (current != null) {
            registration = null;
            current.cancel();
        }
    }

    boolean isTaken() {
        return registration != null;
    }

    /** Null before the place was taken; the last one after it was left. */
    @Nullable
    MillraceIoHandler handler() {
        return handler;
    }

    /** False also where a handler has closed the stack a moment ago. */
    boolean isDriving() {
        return handler.isDriving();
    }

    /** Runs this on the event loop, at once where called from there. Thread: any. */
    void run(final Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }

    /** The same; nothing where the channel is not registered. Thread: any. */
    void runWhereRegistered(final Runnable task) {
        if (channel.isRegistered()) {
            run(task);
        }
    }
}
