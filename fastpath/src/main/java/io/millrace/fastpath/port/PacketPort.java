package io.millrace.fastpath.port;

import org.jspecify.annotations.Nullable;

/**
 * One queue of a packet device, polled in bursts. The engine that owns the queue is its only user.
 * <p>
 * A driver that has nothing to do may sleep: it calls {@link #prepareToBlock}, and where that returns true it waits until
 * one of the {@link #descriptor}s is readable, its {@link Sleeper} is woken, or {@link #nextDeadlineNs} has come; then,
 * whatever that returned, it calls {@link #onWoken}. Where {@link #wakesSleeper} is false it waits only briefly.
 * <p>
 * Time is an input: a port never reads a clock. Frames are names of descriptors ({@link Frame}).
 * <p>
 * Thread: the engine's, for every method. No method blocks or allocates. After {@link #close()} no method may be
 * called.
 */
public interface PacketPort extends AutoCloseable {
    /** What the port can do; the same object for its whole life. Of several links, what that of the first can. */
    PortCapabilities capabilities();

    /** How many links lie behind this port: 1, unless it is that of a {@link PortGroup}. */
    default int links() {
        return 1;
    }

    /** What the port of one link can do; the same object for its whole life. */
    default PortCapabilities capabilities(final int link) {
        return capabilities();
    }

    /**
     * Takes a fresh frame for transmission.
     *
     * @return the frame, owned by the caller; 0 where the pool is empty.
     */
    long acquire();

    /** The same for one link, 0 to {@link #links} - 1, over which alone the frame can be transmitted. */
    default long acquire(final int link) {
        return acquire();
    }

    /** How many frames {@link #acquire} has, whoever holds them now; the same for the port's whole life. */
    int frames();

    /** The same for one link. */
    default int frames(final int link) {
        return frames();
    }

    /** Gives back a frame that came from {@link #acquire} or {@link #receive} of this port. */
    void release(long frame);

    /**
     * Receives what is there, without waiting.
     *
     * @param frames takes the frames' names; the caller owns the frames then.
     * @param offset first index to fill.
     * @param limit  how many at the most.
     * @param nowNs  the engine's clock; it becomes the frames' timestamp where the port has none of its own.
     * @return how many, 0 to {@code limit}.
     */
    int receive(long[] frames, int offset, int limit, long nowNs);

    /**
     * Looks whether {@link #receive} would find something, where memory tells that: a driver with nothing to do looks more
     * often than it takes turns.
     *
     * @return false where nothing has come; true also where only {@link #receive} finds out.
     */
    default boolean mayReceive() {
        return true;
    }

    /**
     * Transmits frames in order, all of one link. The first {@code n} returned belong to the port; the caller keeps the
     * rest, and tries again later or drops them.
     *
     * @return how many the port took, 0 to {@code length}.
     */
    int transmit(long[] frames, int offset, int length, long nowNs);

    /**
     * When {@link #receive} should be called next even if no frame arrives from outside (a middleware that delays
     * frames knows), in nanoseconds of the engine's clock; {@link Long#MAX_VALUE} where there is nothing to wait for.
     */
    default long nextDeadlineNs() {
        return Long.MAX_VALUE;
    }

    /**
     * How many descriptors there are that poll(2) reports readable while frames wait in this queue; the same for the port's
     * whole life. 0: none; then frames come from another thread or process, or nothing tells of them.
     */
    default int descriptors() {
        return 0;
    }

    /** @param index 0 to {@link #descriptors()} - 1. @return the descriptor, which stays the port's. */
    default int descriptor(final int index) {
        throw new IndexOutOfBoundsException(index);
    }

    /** Who is woken where frames come from another thread while {@link #prepareToBlock} is in effect; null: nobody. */
    default void sleeper(final @Nullable Sleeper sleeper) {}

    /**
     * True where whatever the port waits for ends a sleep: frames that arrive, room for those it could not send, and its
     * deadline. False where it must be looked at from time to time. May change with every other call.
     */
    default boolean wakesSleeper() {
        return descriptors() > 0;
    }

    /**
     * The driver is going to sleep: from now on until {@link #onWoken}, frames that arrive wake it.
     *
     * @return false where some are there already.
     */
    default boolean prepareToBlock() {
        return true;
    }

    /** The driver sleeps no more, and looks for frames next: whoever brings some need not wake it. */
    default void onWoken() {}

    /** Frames that this port lost on its own (queue full, truncated, error of the device). */
    default long dropped() {
        return 0;
    }

    /**
     * SYNs that found no room in queues that the device keeps for them alone: at least so many. They are lost before the
     * port, which {@link #dropped} is of, sees them. 0 where there are no such queues.
     */
    default long synsDropped() {
        return 0;
    }

    /** So many since the port was opened; 0 where it does not do such a thing. */
    default long counted(final PortCount what) {
        return 0;
    }

    /**
     * How many received frames may be kept at once, beyond the turn in which they came, without the port running out of
     * frames; 0: none, as nothing keeps their memory.
     */
    default int lendableFrames() {
        return 0;
    }

    /**
     * Keeps the memory of frames that were received from this port, whatever is closed meanwhile.
     *
     * @return to be run once, by any thread, when nobody looks at them any more.
     * @throws UnsupportedOperationException where {@link #lendableFrames} is 0.
     */
    default Runnable keepMemory() {
        throw new UnsupportedOperationException("frames of this port are not lent");
    }

    /**
     * The engine's last turn begins. A port that is shared with other engines may wait for them a moment from now on, so that
     * what the turn says goes out.
     */
    default void onLastTurn() {}

    /** The calling thread will call the port no more, another may: what the port has for the thread is let go of. */
    default void onDriverLeft() {}

    /**
     * Gives back everything the port holds. Frames that others still hold of it become invalid, but for those whose memory
     * is {@linkplain #keepMemory kept}.
     */
    @Override
    void close();
}
