package io.millrace.fastpath.ip;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;

/** Frames of one link on their way to the port, in order. Thread: the engine's. */
final class OutwardQueue {
    private final PacketPort port;
    private final EngineCounters counters;
    private final int burst;
    private final int mask;
    private final long[] frames;
    private int head;
    private int tail;

    /** @param capacity frames, a power of two. */
    OutwardQueue(final PacketPort port, final EngineCounters counters, final int burst, final int capacity) {
        this.port = port;
        this.counters = counters;
        this.burst = burst;
        this.mask = capacity - 1;
        this.frames = new long[capacity];
    }

    int size() {
        return tail - head;
    }

    /** False where it is full. */
    boolean add(final long frame) {
        if (tail - head > mask) {
            return false;
        }
        frames[tail++ & mask] = frame;
        return true;
    }

    /** Gives the port what it takes; returns the number of frames it took. */
    int flush(final long nowNs) {
        int sent = 0;
        while (head != tail) {
            final int from = head & mask;
            final int length = Math.min(Math.min(tail - head, mask + 1 - from), burst);
            final long bytes = bytesOf(from, length);
            final int taken = port.transmit(frames, from, length, nowNs);
            head += taken;
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
    void clear() {
        while (head != tail) {
            port.release(frames[head++ & mask]);
        }
    }

    private long bytesOf(final int from, final int length) {
        long bytes = 0;
        for (int i = from; i < from + length; i++) {
            bytes += Frame.length(frames[i]);
        }
        return bytes;
    }
}
