package io.millrace.wire;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PlainFrame;

/**
 * One direction of a {@link Wire}. A frame is copied once, when it arrives, into one of the port that it will leave by:
 * so its sender has its own back at once, however long the wire is. Thread: the wire's.
 */
final class WireDirection {
    private static final int BURST = 64;

    private final FaultInjectionPort from;
    private final FaultInjectionPort to;
    private final long[] arrived = new long[BURST];
    private final long[] copies = new long[BURST];
    private long frames;
    private long bytes;
    private long notForwarded;

    WireDirection(final FaultInjectionPort from, final FaultInjectionPort to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Takes in what has arrived, and sends what is due.
     *
     * @return how many frames have arrived.
     */
    int pump(final long nowNs) {
        final int count = from.receive(arrived, 0, BURST, nowNs);
        int copied = 0;
        for (int i = 0; i < count; i++) {
            final long copy = copy(arrived[i]);
            from.release(arrived[i]);
            if (copy != 0) {
                copies[copied++] = copy;
            }
        }
        final int taken = to.transmit(copies, 0, copied, nowNs);
        for (int i = taken; i < copied; i++) {
            to.release(copies[i]);
        }
        frames += count;
        notForwarded += count - taken;
        return count;
    }

    WireReport report() {
        return new WireReport(frames, bytes, notForwarded, to.transmitted());
    }

    private long copy(final long frame) {
        PlainFrame.make(frame);
        final int length = Frame.length(frame);
        bytes += length;
        final long copy = to.acquire();
        if (copy == 0) {
            return 0;
        }
        if (Frame.dataOffset(copy) + length > Frame.capacity(copy)) {
            to.release(copy);
            return 0;
        }
        Memory.copy(Frame.data(frame), Frame.data(copy), length);
        Frame.length(copy, length);
        return copy;
    }
}
