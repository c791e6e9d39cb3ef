package io.millrace.fastpath.ip;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;

/**
 * Frames on their way to the port, and frames on their way back to the stack itself. Output gathers here during a turn;
 * one {@link #flush} a turn rings the port's doorbell. Bounded: where {@link #hasRoom} says no, output waits in its
 * connection. Thread: the engine's.
 */
public final class TransmitQueue {
    private static final int RESERVE = 64;

    private final PacketPort port;
    private final EngineCounters counters;
    private final int burst;
    private final int mask;
    private final long[] outward;
    private final long[] local;
    private int outwardHead;
    private int outwardTail;
    private int localHead;
    private int localTail;

    /** @param capacity frames each way, a power of two, at least 128. */
    public TransmitQueue(final PacketPort port, final EngineCounters counters, final int burst, final int capacity) {
        this.port = port;
        this.counters = counters;
        this.burst = burst;
        this.mask = capacity - 1;
        this.outward = new long[capacity];
        this.local = new long[capacity];
    }

    /** True while data may be queued; the last {@value #RESERVE} places are for acknowledgements and control. */
    public boolean hasRoom() {
        return hasRoomFor(1);
    }

    /** The same for so many frames at once. */
    boolean hasRoomFor(final int frames) {
        final int capacity = mask + 1 - RESERVE;
        return outwardTail - outwardHead + frames <= capacity && localTail - localHead + frames <= capacity;
    }

    /** True where nothing waits. */
    public boolean isEmpty() {
        return outwardHead == outwardTail && localHead == localTail;
    }

    /** Takes the frame for the port; drops and counts it where the queue is full. */
    public void add(final long frame) {
        if (outwardTail - outwardHead > mask) {
            drop(frame);
        } else {
            outward[outwardTail++ & mask] = frame;
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

    /** Gives the port what it takes; returns the number of frames it took. */
    public int flush(final long nowNs) {
        int sent = 0;
        while (outwardHead != outwardTail) {
            final int from = outwardHead & mask;
            final int length = Math.min(Math.min(outwardTail - outwardHead, mask + 1 - from), burst);
            final long bytes = bytesOf(from, length);
            final int taken = port.transmit(outward, from, length, nowNs);
            outwardHead += taken;
            sent += taken;
            if (taken < length) {
                counters.increment(Counter.TRANSMIT_PORT_FULL);
                counters.add(Counter.BYTES_TRANSMITTED, bytes - bytesOf(from + taken, length - taken));
                break;
            }
            counters.add(Counter.BYTES_TRANSMITTED, bytes);
        }
        if (sent > 0) {
            counters.add(Counter.FRAMES_TRANSMITTED, sent);
        }
        return sent;
    }

    /** Gives every waiting frame back. */
    public void clear() {
        while (outwardHead != outwardTail) {
            port.release(outward[outwardHead++ & mask]);
        }
        for (long frame = pollLocal(); frame != 0; frame = pollLocal()) {
            port.release(frame);
        }
    }

    private long bytesOf(final int from, final int length) {
        long bytes = 0;
        for (int i = from; i < from + length; i++) {
            bytes += Frame.length(outward[i]);
        }
        return bytes;
    }

    private void drop(final long frame) {
        counters.increment(Counter.TRANSMIT_QUEUE_FULL);
        port.release(frame);
    }
}
