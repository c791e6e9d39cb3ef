package io.millrace.nativeports.bypass;

/** What fills a {@link BypassRing}, with the memory that both share. Thread: the engine's, but for opening. */
public interface RingProgram extends AutoCloseable {
    /** True where it fills the ring no more, and counts nothing: everything comes by the queue. */
    boolean isOver();

    @Override
    void close();
}
