package io.millrace.fastpath.port;

/**
 * Wraps a port and lets go wrong what {@link Faults} says, separately for what is received and what is transmitted. The
 * same seed and the same calls give the same faults. Delayed frames are due by the clock that the caller brings, and
 * appear in {@link #nextDeadlineNs}; they leave in the next {@link #receive} or {@link #transmit}.
 * <p>
 * The wrapped port should be opened without offloads, since a fault meets a frame as the wire would see it; this port
 * offers none where it has any fault. A partial checksum that arrives nevertheless is completed.
 * <p>
 * Thread: the engine's.
 */
public final class FaultInjectionPort extends PortFilter {
    private static final int BURST = 64;
    private static final long TRANSMIT_STREAM = 0xD1B54A32D192ED03L;

    private final PortCapabilities capabilities;
    private final FaultPath inbound;
    private final FaultPath outbound;
    private final long[] arrived = new long[BURST];
    /** Frames that are due and wait for the wrapped port to take them. */
    private final long[] leaving = new long[BURST];
    private int leavingFrom;
    private int leavingTo;
    private long refusedAtNs;
    private boolean closed;

    /**
     * @param delegate the port to wrap; closed by {@link #close}.
     * @param receive  what befalls received frames.
     * @param transmit what befalls transmitted frames.
     * @param seed     of all that is random.
     */
    public FaultInjectionPort(final PacketPort delegate, final Faults receive, final Faults transmit, final long seed) {
        super(delegate);
        inbound = new FaultPath(delegate, receive, seed);
        outbound = new FaultPath(delegate, transmit, seed ^ TRANSMIT_STREAM);
        capabilities = receive.isNone() && transmit.isNone()
                ? delegate.capabilities()
                : delegate.capabilities().withoutOffloads();
    }

    /** What has befallen received frames. */
    public FaultCounters received() {
        return inbound.counters();
    }

    /** What has befallen transmitted frames. */
    public FaultCounters transmitted() {
        return outbound.counters();
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        leave(nowNs);
        if (inbound.isClear()) {
            final int count = delegate.receive(frames, offset, limit, nowNs);
            for (int i = offset; i < offset + count; i++) {
                plain(frames[i]);
            }
            return count;
        }
        final int count = delegate.receive(arrived, 0, Math.min(limit, BURST), nowNs);
        for (int i = 0; i < count; i++) {
            plain(arrived[i]);
            inbound.admit(arrived[i], nowNs);
        }
        final int due = inbound.takeDue(frames, offset, limit, nowNs);
        for (int i = offset; i < offset + due; i++) {
            Frame.timestampNs(frames[i], nowNs);
        }
        return due;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        if (outbound.isClear()) {
            return delegate.transmit(frames, offset, length, nowNs);
        }
        if (!leave(nowNs)) {
            return 0;
        }
        for (int i = offset; i < offset + length; i++) {
            assert Frame.gsoSize(frames[i]) == 0 && (Frame.flags(frames[i]) & Frame.CHECKSUM_PARTIAL) == 0 : "offload";
            outbound.admit(frames[i], nowNs);
        }
        leave(nowNs);
        return length;
    }

    @Override
    public long nextDeadlineNs() {
        if (leavingFrom < leavingTo) {
            return refusedAtNs;
        }
        return Math.min(delegate.nextDeadlineNs(), Math.min(inbound.firstDueNs(), outbound.firstDueNs()));
    }

    /** What the wrapped port dropped, and what the faults did both ways: lost, overflowed, too long. */
    @Override
    public long dropped() {
        return delegate.dropped() + dropped(received()) + dropped(transmitted());
    }

    private static long dropped(final FaultCounters counters) {
        return counters.lost() + counters.overflowed() + counters.tooLong();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            inbound.releaseAll();
            outbound.releaseAll();
            for (; leavingFrom < leavingTo; leavingFrom++) {
                delegate.release(leaving[leavingFrom]);
            }
            delegate.close();
        }
    }

    /** Hands over what is due; false where the wrapped port did not take all of it. */
    private boolean leave(final long nowNs) {
        while (true) {
            if (leavingFrom == leavingTo) {
                leavingFrom = 0;
                leavingTo = outbound.takeDue(leaving, 0, BURST, nowNs);
                if (leavingTo == 0) {
                    return true;
                }
            }
            leavingFrom += delegate.transmit(leaving, leavingFrom, leavingTo - leavingFrom, nowNs);
            if (leavingFrom < leavingTo) {
                refusedAtNs = nowNs;
                return false;
            }
        }
    }

    /** Makes a received frame what this port's capabilities promise. */
    private void plain(final long frame) {
        if (!capabilities.rxChecksum()) {
            PlainFrame.make(frame);
        }
    }
}
