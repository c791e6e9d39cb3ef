package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.EphemeralPorts;

/** Local ports of a range, one after the other, whatever the destination, and round again. Thread: one. */
public class StandInPorts implements EphemeralPorts {
    private int first;
    private int last;
    private int next;

    /** @param first to {@code last}, both included, 1 to 65,535. */
    public StandInPorts(final int first, final int last) {
        this.last = last;
        from(first);
    }

    /** From now on the range begins at this port, which is the next. */
    public final void from(final int port) {
        first = port;
        next = port;
    }

    /** From now on the range ends with this port. */
    public final void to(final int port) {
        last = port;
    }

    @Override
    public int candidates() {
        return Math.max(0, last - first + 1);
    }

    @Override
    public void begin(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int remotePort) {}

    @Override
    public int next() {
        final int port = next;
        next = port == last ? first : port + 1;
        return port;
    }
}
