package io.millrace.nativeports.pcap;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PooledPort;
import io.millrace.fastpath.port.PcapngWriter;
import io.millrace.fastpath.port.PortCapabilities;

/**
 * Gives frames of a recording when they are due, counted from the first poll, and writes down what is transmitted, on
 * the time scale of the recording.
 * <p>
 * Thread: the engine's, which also writes the file when the writer's buffer is full.
 */
final class PcapPort extends PooledPort {
    private final Recording recording;
    private final PcapngWriter output;
    private final Timeline timeline;
    private long dropped;
    private int next;

    /**
     * @param recording closed, like {@code pool} and {@code output}, by {@link #close}.
     * @param unusable  frames that cannot be replayed: lost before the first.
     */
    PcapPort(final PortCapabilities capabilities, final FramePool pool, final Recording recording,
            final PcapngWriter output, final Timeline timeline, final long unusable) {
        super(capabilities, pool);
        this.recording = recording;
        this.output = output;
        this.timeline = timeline;
        dropped = unusable;
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final long elapsedNs = timeline.elapsedNs(nowNs);
        int count = 0;
        while (count < limit && next < recording.frames() && recording.dueNs(next) <= elapsedNs) {
            final long frame = pool.acquire();
            if (frame == 0) {
                break;
            }
            recording.copyTo(next++, frame);
            Frame.timestampNs(frame, nowNs);
            frames[offset + count++] = frame;
        }
        return count;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        final long epochNs = timeline.epochNs(nowNs);
        for (int i = offset; i < offset + length; i++) {
            if (capabilities().isTooLong(frames[i])) {
                dropped++;
            } else {
                output.add(frames[i], epochNs, true);
            }
            pool.release(frames[i]);
        }
        return length;
    }

    @Override
    public long nextDeadlineNs() {
        return next < recording.frames() ? timeline.deadlineNs(recording.dueNs(next)) : Long.MAX_VALUE;
    }

    /** Frames come by the clock alone. */
    @Override
    public boolean wakesSleeper() {
        return true;
    }

    /** An output that cannot be written counts one. */
    @Override
    public long dropped() {
        return dropped + output.errors();
    }

    @Override
    protected void closeDevice() {
        output.close();
        recording.close();
    }

    /** Frames that have come in so far. */
    int replayed() {
        return next;
    }

    /** Errors of the file that takes what is sent. */
    long outputErrors() {
        return output.errors();
    }
}
