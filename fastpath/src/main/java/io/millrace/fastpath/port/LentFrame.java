package io.millrace.fastpath.port;

/** What the application has while it has a frame of {@link LentFrames}. Thread: any. */
public interface LentFrame {
    /** The frame. */
    long frame();

    /** The frame is the port's again, and this may stand for it the next time. Thread: the engine's. */
    void onReturned();
}
