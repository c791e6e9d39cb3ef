package io.millrace.fastpath.tcp;

/**
 * Who owns memory that a connection sends from without copying it. Thread: the engine's, or the one that closes an engine
 * which nobody drives.
 */
@FunctionalInterface
public interface TextOwner {
    /**
     * The bytes of one {@link TcpCalls#sendHeld} are acknowledged, or will never be: they are read no more.
     *
     * @param text what was named there.
     */
    void release(Object text);
}
