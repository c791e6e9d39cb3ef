package io.millrace.fastpath.tcp;

/**
 * What an application attaches to a connection. Called from the engine's ready list, at most once a turn and
 * connection, never from inside another call on the same engine; it may make any call of {@link TcpCalls}.
 * <p>
 * Thread: the engine's.
 */
@FunctionalInterface
public interface ConnectionHandler {
    /** The active open succeeded. */
    int CONNECTED = 1;
    /** In-order bytes are there to {@linkplain TcpCalls#receive receive}. */
    int READABLE = 2;
    /** After a short {@link TcpCalls#send}: there is room again. */
    int WRITABLE = 4;
    /** The peer's FIN was reached: after the bytes that are there, nothing follows. */
    int PEER_CLOSED = 8;
    /** Everything sent, FIN included, was acknowledged. */
    int OUTPUT_ACKNOWLEDGED = 16;
    /**
     * The connection failed ({@link TcpCalls#failure} says why). Bytes that arrived before may still be received during
     * this call; after it the handle is stale.
     */
    int FAILED = 32;
    /** Both directions are closed in good order. After this call the handle is stale. */
    int CLOSED = 64;

    /**
     * @param connection the handle.
     * @param events     one or more of the constants above.
     */
    void onReady(long connection, int events);

    /** What to call the application where connections are listed; ASCII. Allocates nothing once it was called. */
    default String owner() {
        return getClass().getName();
    }
}
