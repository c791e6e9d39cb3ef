package io.millrace.fastpath.control;

/**
 * Commands from the control plane to an engine; the proxy writes them into the engine's ring buffer, the engine handles
 * them on its own thread, in order. Thread: any for the proxy.
 */
public interface EngineCommands {
    /** The neighbour's address is known (again): queued frames go out. The MAC has 48 bits. */
    boolean neighbourResolved(long hi, long lo, long mac);

    /** The neighbour did not answer: queued frames are dropped, connections that wait for it are told. */
    boolean neighbourFailed(long hi, long lo);

    /** Forget the neighbour; the next frame asks anew. */
    boolean neighbourForgotten(long hi, long lo);

    /** Send an ARP packet. Broadcast where the target MAC is all ones. */
    boolean transmitArp(int operation, long senderMac, int senderIp, long targetMac, int targetIp);

    /** The listener is closed: its half-open connections are reset. */
    boolean listenerClosed(int listenerId);

    /** Reset a connection that nobody accepted. */
    boolean abort(long connection);
}
