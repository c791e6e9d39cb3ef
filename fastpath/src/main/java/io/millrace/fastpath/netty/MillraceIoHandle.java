package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.NetworkStack;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import org.jspecify.annotations.Nullable;

/**
 * What registers with a {@link MillraceIoHandler}: a channel. Events do not come by {@link #handle}: an engine calls the
 * {@link io.millrace.fastpath.tcp.ConnectionHandler} of a connection itself, which spares an event object and a lookup.
 * <p>
 * Thread: the event loop's.
 */
public interface MillraceIoHandle extends IoHandle {
    /** Any engine will do: the channel has no connection yet, or is a listener. */
    int ANY_ENGINE = -1;

    /** The stack this handle is bound to; null where it is free to register with any. */
    @Nullable
    NetworkStack stack();

    /** Index of the engine that owns the connection, or {@link #ANY_ENGINE}. */
    int engine();

    /**
     * The engine was closed under the handle. It lets go of everything and deregisters.
     *
     * @param cause why, for whoever used the channel.
     */
    void onEngineClosed(Throwable cause);

    @Override
    void close();

    @Override
    default void handle(final IoRegistration registration, final IoEvent event) {
        throw new UnsupportedOperationException("an engine calls the connection's handler: " + event);
    }
}
