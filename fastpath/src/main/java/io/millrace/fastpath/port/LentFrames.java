package io.millrace.fastpath.port;

import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one port that outlive the turn in which they were received: text waits in them for the application, or the
 * application has them. Their number is bounded, so that the port can still receive; beyond it nothing is lent.
 * <p>
 * A frame comes back on the engine's thread at once, from other threads with the engine's next turn. When the engine is
 * closed, the memory of frames that the application still has stays until it gives back the last of them.
 * <p>
 * Thread: the engine's, but for {@link #giveBack(LentFrame)}: any.
 */
public final class LentFrames {
    private final PacketPort port;
    private final int limit;
    private final ManyToOneConcurrentArrayQueue<LentFrame> returns;
    /** The frame that is being looked at; 0 where none may be taken. */
    private long current;
    private int lent;
    @Nullable
    private Thread owner;
    private volatile boolean closed;
    /** Gives back the memory of the frames that are out when the engine is closed. */
    @Nullable
    private Runnable memory;

    /** @param most frames lent at once; the port may say fewer. */
    public LentFrames(final PacketPort port, final int most) {
        this.port = port;
        limit = Math.min(most, port.lendableFrames());
        returns = new ManyToOneConcurrentArrayQueue<>(Math.max(2, limit));
    }

    /** A turn begins on this thread: what other threads gave back goes to the port. */
    public void onTurn() {
        final Thread driver = Thread.currentThread();
        if (owner != driver) {
            // a reference is stored with a barrier of the collector's
            owner = driver;
        }
        if (lent > 0) {
            takeBack();
        }
    }

    /** The thread will drive the engine no more. */
    public void onDriverLeft() {
        owner = null;
    }

    private void takeBack() {
        for (LentFrame back = returns.poll(); back != null; back = returns.poll()) {
            release(back.frame());
            back.onReturned();
        }
    }

    /** The frame is looked at; it may be taken. */
    public void begin(final long frame) {
        current = frame;
    }

    /** True where the frame that was looked at was taken: it is not to be released now. */
    public boolean end() {
        final boolean taken = current == 0;
        current = 0;
        return taken;
    }

    /**
     * True where the frame that is being looked at may be taken for text at this address: the text lies within it. That of a
     * datagram put together from fragments does not, but in memory that the next datagram uses again.
     */
    public boolean isLending(final long text) {
        final long frame = current;
        return limit > 0 && frame != 0 && text >= Frame.room(frame) && text < frame + Frame.capacity(frame);
    }

    /** Takes the frame that is being looked at; 0 where none is, or too many are out. */
    public long take() {
        if (lent >= limit) {
            return 0;
        }
        final long frame = current;
        if (frame != 0) {
            current = 0;
            lent++;
        }
        return frame;
    }

    /** Gives a frame back that no application has. */
    public void release(final long frame) {
        lent--;
        port.release(frame);
    }

    /** Frames that are out now. */
    public int lent() {
        return lent;
    }

    /** The application is done with a frame. Thread: any. */
    public void giveBack(final LentFrame frame) {
        if (owner == Thread.currentThread() && !closed) {
            release(frame.frame());
            frame.onReturned();
            return;
        }
        final boolean there = returns.offer(frame);
        assert there : "more frames given back than were lent";
        if (closed) {
            forgetReturns();
        }
    }

    /** The engine is closed; its port is not yet. */
    public void close() {
        closed = true;
        synchronized (this) {
            takeBack();
            if (lent > 0) {
                memory = port.keepMemory();
            }
        }
    }

    private synchronized void forgetReturns() {
        while (returns.poll() != null) {
            lent--;
        }
        final Runnable release = memory;
        if (lent == 0 && release != null) {
            memory = null;
            release.run();
        }
    }
}
