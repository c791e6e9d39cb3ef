package io.millrace.fastpath.control;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.tcp.TcpSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A running stack, as the Netty transport sees it: engines to drive, and listeners to open. Implemented by the control
 * plane. Thread: any.
 */
public interface NetworkStack extends AutoCloseable {
    /** How many engines there are; one event loop drives one engine. */
    int engineCount();

    /** @param index 0 to {@link #engineCount()} - 1. */
    StackEngine engine(int index);

    /** Settings that connections start from; others after the configuration was read anew. */
    TcpSettings tcpSettings();

    /** The same for connections that a listener with this address and port makes: it may be configured for itself. */
    default TcpSettings tcpSettings(final InetSocketAddress local) {
        return tcpSettings();
    }

    /** How the loops idle that drive its engines, as configured. */
    Idling idling();

    /**
     * What the threads of the loops need, e.g. a CPU of their own. Called by each before it drives its engine.
     *
     * @return run by the same thread when it drives the engine no more.
     */
    default Runnable enterLoop(final int engine) {
        return () -> {};
    }

    /**
     * Passive OPEN.
     *
     * @param local    the wildcard address or one of the stack's own; port 0: chosen.
     * @param settings what its connections are opened with.
     * @throws java.net.BindException where the address is in use or none of the stack's own.
     */
    Listener listen(InetSocketAddress local, TcpSettings settings, ListenOptions options) throws IOException;

    /** The same with the other options as in {@link ListenOptions#DEFAULT}. */
    default Listener listen(final InetSocketAddress local, final int backlog, final TcpSettings settings,
            final boolean reuseAddress) throws IOException {
        return listen(local, settings, ListenOptions.DEFAULT.withBacklog(backlog).withReuseAddress(reuseAddress));
    }

    /**
     * Waits until there is an own address, and it is known of each whether it can be used: until then nothing is sent from
     * it (RFC 4862 §5.4). The engines are driven by others meanwhile.
     *
     * @return false where that takes longer.
     */
    default boolean awaitAddresses(final Duration timeout) throws InterruptedException {
        return true;
    }

    /** True once {@link #close} has begun. */
    boolean isClosed();

    /** Resets every connection, stops what runs, gives back every descriptor and byte. */
    @Override
    void close();

    /** A listening endpoint. Thread: any, but {@link #poll} one at a time. */
    interface Listener extends AutoCloseable {
        /** Address and port really bound. */
        InetSocketAddress localAddress();

        /** The next established connection; null where there is none now. */
        @Nullable
        Accepted poll();

        /** Called, from any engine's thread, when the accept queue is no longer empty; null: nobody is called. */
        void onAcceptable(@Nullable Runnable hook);

        /** What connections are opened with that come now. */
        TcpSettings settings();

        /**
         * Where the stack's settings change while it runs, those of later connections follow: by this, from the stack's.
         * Without it they stay as the listener was opened with.
         *
         * @param own called by one thread at a time.
         */
        void follow(UnaryOperator<TcpSettings> own);

        /** No SYN is answered any more; half-open and never-accepted connections are reset. */
        @Override
        void close();
    }

    /**
     * An established connection from an accept queue.
     *
     * @param engine     index of the engine that owns it.
     * @param connection its handle.
     */
    record Accepted(int engine, long connection) {}
}
