package io.millrace.fastpath.ip;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import java.util.Arrays;

/**
 * Frames on their way to the port, and frames on their way back to the stack itself. Output gathers here during a turn;
 * one {@link #flush} a turn rings the port's doorbell. Each link has a queue of its own, so that one whose port takes
 * nothing holds up none of the others. Bounded: where {@link #hasRoom} says no, output waits in its connection. Thread: the
 * engine's.
 */
public final class TransmitQueue {
    private static final int RESERVE = 64;

    private final PacketPort port;
    private final EngineCounters counters;
    private final int mask;
    private final OutwardQueue[] outward;
    /** Of link 0: where there is but one, as mostly, this is it. */
    private final OutwardQueue first;
    private final long[] local;
    private int localHead;
    private int localTail;

    /** @param capacity frames each way, on each link, a power of two, at least 128. */
    public TransmitQueue(final PacketPort port, final EngineCounters counters, final int burst, final int capacity) {
        this.port = port;
        this.counters = counters;
        this.mask = capacity - 1;
        this.outward = new OutwardQueue[port.links()];
        Arrays.setAll(outward, link -> new OutwardQueue(port, counters, burst, capacity));
        this.first = outward[0];
        this.local = new long[capacity];
    }

    /** True while data for this link may be queued; the last {@value #RESERVE} places are for acknowledgements and control. */
    public boolean hasRoom(final int link) {
        return hasRoomFor(link, 1);
    }

    /** The same for so many frames at once. */
    boolean hasRoomFor(final int link, final int frames) {
        final int capacity = mask + 1 - RESERVE;
        return outward[link].size() + frames <= capacity && localTail - localHead + frames <= capacity;
    }

    /** True where nothing waits. */
    public boolean isEmpty() {
        for (final OutwardQueue queue : outward) {
            if (queue.size() != 0) {
                return false;
            }
        }
        return localHead == localTail;
    }

    /** Takes the frame for the port of its link; drops and counts it where the queue is full. */
    public void add(final long frame) {
        final int link = Frame.link(frame);
        if (!(link == 0 ? first : outward[link]).add(frame)) {
            drop(frame);
        }
    }

    /** Takes the frame for the stack itself; drops and counts it where the queue is full. */
    public void addLocal(final long frame) {
        if (localTail - localHead > mask) {
            drop(frame);
        } else {
            local[localTail++ & mask] = frame;
            counters.increment(Counter.FRAMES_LOCAL);
        }
    }

    /** The next frame for the stack itself; 0 where there is none. */
    public long pollLocal() {
        return localHead == localTail ? 0 : local[localHead++ & mask];
    }

    /** How many frames wait for the stack itself. */
    public int localSize() {
        return localTail - localHead;
    }

    /** Gives the ports what they take; returns the number of frames they took. */
    public int flush(final long nowNs) {
        int sent = first.flush(nowNs);
        for (int link = 1; link < outward.length; link++) {
            sent += outward[link].flush(nowNs);
        }
        return sent;
    }

    /** Gives every waiting frame back. */
    public void clear() {
        for (final OutwardQueue queue : outward) {
            queue.clear();
        }
        for (long frame = pollLocal(); frame != 0; frame = pollLocal()) {
            port.release(frame);
        }
    }

    private void drop(final long frame) {
        counters.increment(Counter.TRANSMIT_QUEUE_FULL);
        port.release(frame);
    }
}
