package io.millrace.fastpath.engine;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.IpInput;
import io.millrace.fastpath.ip.TransmitQueue;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.Tcp;

/**
 * The frames that an engine takes in with a turn: a burst of its port's queue, and what it sent to an address of its own.
 * A frame goes back to the port behind its handling, unless it was lent. Thread: the engine's.
 */
final class FrameInput {
    private final long[] burst;
    private final PacketPort port;
    private final EngineCounters counters;
    private final EngineDefects defects;
    private final LentFrames frames;
    private final IpInput ipInput;
    private final Tcp tcp;
    private final TransmitQueue transmitQueue;

    /** @param burst frames of one turn at the most. */
    FrameInput(final int burst, final PacketPort port, final EngineCounters counters, final EngineDefects defects,
            final LentFrames frames, final IpInput ipInput, final Tcp tcp, final TransmitQueue transmitQueue) {
        this.burst = new long[burst];
        this.port = port;
        this.counters = counters;
        this.defects = defects;
        this.frames = frames;
        this.ipInput = ipInput;
        this.tcp = tcp;
        this.transmitQueue = transmitQueue;
    }

    /** Returns how many things were done. */
    int run(final long nowNs) {
        return receive(nowNs) + receiveLocal(nowNs);
    }

    /** Takes what has arrived; returns how many frames. */
    private int receive(final long nowNs) {
        final int received = port.receive(burst, 0, burst.length, nowNs);
        if (received > 0) {
            counters.add(Counter.FRAMES_RECEIVED, received);
            tcp.onBurst(burst, received);
            for (int i = 0; i < received; i++) {
                tcp.onFrame(i);
                onFrame(burst[i], nowNs);
            }
        }
        return received;
    }

    private void onFrame(final long frame, final long nowNs) {
        counters.add(Counter.BYTES_RECEIVED, Frame.length(frame));
        frames.begin(frame);
        try {
            ipInput.onFrame(frame, nowNs);
        } catch (final InternalError e) {
            // no fault of the frame's: memory is lost
            throw e;
        } catch (final Throwable e) {
            // one bad frame costs one counter, and none of the frames behind it
            defects.onDefect(e);
        } finally {
            end(frame);
        }
    }

    /** Takes what the engine has sent to itself before this turn; returns how many frames. */
    private int receiveLocal(final long nowNs) {
        final int waiting = Math.min(transmitQueue.localSize(), burst.length);
        for (int i = 0; i < waiting; i++) {
            onLocalFrame(transmitQueue.pollLocal(), nowNs);
        }
        return waiting;
    }

    private void onLocalFrame(final long frame, final long nowNs) {
        frames.begin(frame);
        try {
            ipInput.onLocalFrame(frame, nowNs);
        } catch (final InternalError e) {
            throw e;
        } catch (final Throwable e) {
            defects.onDefect(e);
        } finally {
            end(frame);
        }
    }

    private void end(final long frame) {
        if (!frames.end()) {
            port.release(frame);
        }
    }
}
