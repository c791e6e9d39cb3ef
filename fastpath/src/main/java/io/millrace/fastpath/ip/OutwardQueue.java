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
    /** Of all frames that wait. */
    private long bytes;

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
        bytes += Frame.length(frame);
        return true;
    }

    /** Gives the port what it takes; returns the number of frames it took. */
    int flush(final long nowNs) {
        return head == tail ? 0 : flushWaiting(nowNs);
    }

    private int flushWaiting(final long nowNs) {
        final int before = head;
        while (head != tail && transmit(nowNs)) {
            // the next burst
        }
        final int sent = head - before;
        if (sent > 0) {
            counters.add(Counter.FRAMES_TRANSMITTED, sent);
        }
        return sent;
    }

    /** One burst; false where the port did not take all of it. */
    private boolean transmit(final long nowNs) {
        final int from = head & mask;
        final int length = Math.min(Math.min(tail - head, mask + 1 - from), burst);
        // lengths are asked of frames only while they are ours
        final long offered = length == tail - head ? bytes : bytesOf(from, length);
        final int taken = port.transmit(frames, from, length, nowNs);
        head += taken;
        if (taken == length) {
            count(offered);
            return true;
        }
        counters.increment(Counter.TRANSMIT_PORT_FULL);
        count(offered - bytesOf(from + taken, length - taken));
        return false;
    }

    private void count(final long transmitted) {
        bytes -= transmitted;
        counters.add(Counter.BYTES_TRANSMITTED, transmitted);
    }

    /** Gives every waiting frame back. */
    void clear() {
        while (head != tail) {
            port.release(frames[head++ & mask]);
        }
        bytes = 0;
    }

    private long bytesOf(final int from, final int length) {
        long sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += Frame.length(frames[i]);
        }
        return sum;
    }
}
