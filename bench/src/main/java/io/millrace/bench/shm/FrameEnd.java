package io.millrace.bench.shm;

import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;

/** One end of a shared memory, without a stack: frames whose first byte behind the addresses says what they are for. */
final class FrameEnd implements AutoCloseable {
    /** To be counted, to be copied, to be answered; the last one of all. */
    static final int COUNT = 0;
    static final int COPY = 1;
    static final int ANSWER = 2;
    static final int END = 3;

    private static final int BURST = 32;
    private static final int KIND = 14;
    private static final int CLOCK = 0xFFF;
    private static final int LARGEST = 65_535;

    private final PacketDevice device;
    private final PacketPort port;
    private final MemoryRegion payload = MemoryRegion.allocate("payload", 2 * LARGEST);
    private final long[] in = new long[BURST];
    private final long[] out = new long[BURST];
    private final Patience patience = new Patience();
    private long nowNs = System.nanoTime();
    private int turns;
    private int pending;
    private boolean ended;

    FrameEnd(final String file) throws IOException {
        final DeviceSpec spec = DeviceSpec.parse("shm:" + file);
        device = DeviceOpener.discover().open(spec,
                new DeviceRequest(spec.argument(), LARGEST, 1, 1_024, true, false, null));
        port = device.queue(0);
    }

    /** Sends a frame, at the latest with {@link #flush}; copies its bytes into it where that is asked for. */
    void send(final int kind, final int length) {
        long frame = port.acquire();
        while (frame == 0) {
            flush();
            // Until the other side is there it has the frames, or none.
            if (receive() == 0) {
                patience.lose();
            }
            frame = port.acquire();
        }
        if (kind == COPY) {
            Memory.copy(payload.address(), Frame.data(frame), length);
        }
        Memory.putByte(Frame.data(frame) + KIND, kind);
        Frame.length(frame, length);
        out[pending++] = frame;
        if (pending == BURST) {
            flush();
        }
    }

    void flush() {
        if (pending > 0) {
            port.transmit(out, 0, pending, nowNs);
            pending = 0;
        }
    }

    /** Seldom: reading the clock costs more than a poll. */
    private long now() {
        if ((++turns & CLOCK) == 0) {
            nowNs = System.nanoTime();
        }
        return nowNs;
    }

    /** Looks for frames, does what they are for, and gives them back; how many were answered or answers. */
    private int receive() {
        final int count = port.receive(in, 0, BURST, now());
        int answers = 0;
        for (int i = 0; i < count; i++) {
            final long data = Frame.data(in[i]);
            final int kind = Memory.getByte(data + KIND);
            if (kind == COPY) {
                Memory.copy(data, payload.address() + LARGEST, Frame.length(in[i]));
            }
            answers += kind == ANSWER ? 1 : 0;
            ended |= kind == END;
            port.release(in[i]);
        }
        return answers;
    }

    /** Waits for the answer to a frame. */
    void awaitAnswer() {
        while (receive() == 0) {
            patience.lose();
        }
    }

    /** Answers until it is told to end. */
    void answer(final int length) {
        while (!ended) {
            final int answers = receive();
            for (int i = 0; i < answers; i++) {
                send(ANSWER, length);
            }
            flush();
            if (answers == 0) {
                patience.lose();
            }
        }
    }

    /** Asks until somebody answers. */
    void meet(final int length) {
        do {
            send(ANSWER, length);
            flush();
        } while (receive() == 0);
        // Answers to what was asked twice: the last of them is behind a frame of another kind.
        long quietNs = System.nanoTime();
        while (System.nanoTime() - quietNs < 100_000_000L) {
            if (receive() > 0) {
                quietNs = System.nanoTime();
            }
        }
    }

    @Override
    public void close() {
        device.close();
        payload.close();
    }
}
