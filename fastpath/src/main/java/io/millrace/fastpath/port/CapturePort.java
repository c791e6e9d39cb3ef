package io.millrace.fastpath.port;

/**
 * Wraps a port and writes what is received and what the wrapped port takes for transmission to a pcapng file, with
 * timestamps of the engine's clock set on a wall clock's reading. The packets go on where the file fails.
 * <p>
 * Thread: the engine's, which also writes the file when the capture's buffer is full.
 */
public final class CapturePort extends PortFilter {
    private static final int BURST = 64;

    private final PcapngWriter writer;
    private final long epochOffsetNs;
    private final int[] positions = new int[BURST + 1];
    private boolean closed;

    /**
     * @param delegate the port to wrap; closed by {@link #close}.
     * @param writer   takes the frames; closed by {@link #close}.
     * @param epochNs  a wall clock's reading, in nanoseconds since 1970.
     * @param engineNs the engine's clock at the same moment.
     */
    public CapturePort(final PacketPort delegate, final PcapngWriter writer, final long epochNs, final long engineNs) {
        super(delegate);
        this.writer = writer;
        epochOffsetNs = epochNs - engineNs;
    }

    /** Errors of the file; after the first, nothing more is captured. */
    public long captureErrors() {
        return writer.errors();
    }

    /** Writes out what has been captured so far. */
    public void flush() {
        writer.flush();
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final int count = delegate.receive(frames, offset, limit, nowNs);
        for (int i = offset; i < offset + count; i++) {
            writer.add(frames[i], epochOffsetNs + nowNs, false);
        }
        return count;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        int done = 0;
        while (done < length) {
            // Written down before, since a frame that was taken is no longer ours to read; what was not is struck out.
            final int staged = stage(frames, offset + done, Math.min(length - done, BURST), epochOffsetNs + nowNs);
            final int taken = delegate.transmit(frames, offset + done, staged, nowNs);
            writer.rewind(positions[taken]);
            done += taken;
            if (taken < staged) {
                break;
            }
        }
        return done;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            writer.close();
            delegate.close();
        }
    }

    /** Adds as many as go into the buffer without writing it out, at least one. */
    private int stage(final long[] frames, final int offset, final int limit, final long epochNs) {
        if (!writer.hasRoom()) {
            writer.flush();
        }
        int staged = 0;
        while (staged < limit && writer.hasRoom()) {
            positions[staged] = writer.position();
            writer.add(frames[offset + staged], epochNs, true);
            staged++;
        }
        positions[staged] = writer.position();
        return staged;
    }
}
