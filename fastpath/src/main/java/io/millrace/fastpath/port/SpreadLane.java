package io.millrace.fastpath.port;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What passes between a {@link SharedQueue} and one engine. Thread: one end of each ring is the engine's, the other that of
 * whoever holds the queue; so the rest says.
 */
final class SpreadLane {
    private static final VarHandle SLEEPING = sleepingHandle();

    /** Received frames, to the engine. */
    final FrameRing inbound;
    /** Frames to send, from the engine. */
    final FrameRing outbound;
    /** Frames that the engine is done with; holds all that there are. */
    final FrameRing home;
    /** Of the holder: taken from {@link #outbound}, and not yet by the port. */
    final long[] sending;
    int sendingCount;
    /** Of the holder: frames that found no room in {@link #inbound}. */
    volatile long dropped;
    /** Of the holder: something was put and not published. */
    boolean touched;
    @SuppressWarnings("unused")
    private boolean sleeping;
    private volatile @Nullable Sleeper sleeper;

    /** @param length of the ways in and out, a power of two. @param frames of the queue, rounded up to one. */
    SpreadLane(final int length, final int frames, final int burst) {
        inbound = new FrameRing(length);
        outbound = new FrameRing(length);
        home = new FrameRing(frames);
        sending = new long[burst];
    }

    private static VarHandle sleepingHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(SpreadLane.class, "sleeping", boolean.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Thread: the engine's. */
    void sleeper(final @Nullable Sleeper newSleeper) {
        SLEEPING.setVolatile(this, false);
        sleeper = newSleeper;
    }

    /** What is published from now on wakes the engine, or is seen by it after this. Thread: the engine's. */
    void beginSleep() {
        final Sleeper own = sleeper;
        if (own != null) {
            SLEEPING.setVolatile(this, true);
            own.fence();
        }
    }

    /** Thread: the engine's. */
    void endSleep() {
        SLEEPING.setOpaque(this, false);
    }

    /** Shows the engine what was put for it. Thread: the holder's. */
    void publish() {
        touched = false;
        inbound.publish();
        final Sleeper one = sleeper;
        if (one != null && (boolean) SLEEPING.getOpaque(this) && SLEEPING.compareAndSet(this, true, false)) {
            one.wakeup();
        }
    }
}
