package io.millrace.fastpath.control;

import io.millrace.fastpath.tcp.TcpSettings;

/**
 * What the fast path asks of a listener when a SYN, or the last ACK of a handshake, arrives. Implemented by the control
 * plane; called by every engine, so each method is safe for many threads and never blocks.
 */
public interface ListenerPolicy {
    /** What a listener does with a SYN. */
    enum SynAnswer {
        /** A place in the SYN queue is taken. */
        QUEUED,
        /** The SYN-ACK carries a cookie, and nothing is remembered. */
        COOKIE,
        /** Nothing: the SYN will be sent again. */
        DROPPED
    }

    /** Names the listener in a TCB; never used twice in a stack. */
    int id();

    /** Settings of the connections that this listener makes. */
    TcpSettings settings();

    /** True where this listener takes connections from this address; segments of others are dropped and counted. */
    default boolean admits(final long remoteHi, final long remoteLo) {
        return true;
    }

    /**
     * Takes a place in the SYN queue.
     *
     * @return false where it is full: the SYN is dropped and counted.
     */
    boolean reserveSyn();

    /**
     * A SYN has come.
     *
     * @param cookiePossible false where a cookie could not say what the SYN does: then it gets a place, or nothing.
     * @param nowNs          the engine's clock.
     */
    default SynAnswer onSyn(final boolean cookiePossible, final long nowNs) {
        return reserveSyn() ? SynAnswer.QUEUED : SynAnswer.DROPPED;
    }

    /** True where an ACK that belongs to no connection may bring a cookie back: one was sent lately. */
    default boolean expectsCookies(final long nowNs) {
        return false;
    }

    /** An ACK came that should have brought a cookie. */
    default void onCookie(final boolean valid) {}

    /** True where a handshake that finds the accept queue full is reset, and not held back (Linux: tcp_abort_on_overflow). */
    default boolean abortsOnOverflow() {
        return false;
    }

    /** Gives back a place in the SYN queue (handshake over, reset, timed out). */
    void releaseSyn();

    /**
     * Takes a place in the accept queue for a handshake that completes.
     *
     * @return false where it is full: the last ACK is dropped and counted, the SYN-ACK will be retransmitted.
     */
    boolean reserveAccept();

    /**
     * Puts a connection into the place taken by {@link #reserveAccept}.
     *
     * @param engine     index of the engine that owns the connection.
     * @param connection its handle.
     * @return false where the listener has closed meanwhile: the engine resets the connection.
     */
    boolean offer(int engine, long connection);

    /** A connection that {@link #offer} took died before it was accepted; its place frees when it is polled. */
    default void onDeadBeforeAccept() {}
}
