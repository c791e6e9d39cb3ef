package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;

/**
 * Grows the receive buffer with what the application takes in a round trip (dynamic right-sizing, as Linux): twice that,
 * so that the window never limits a sender whose own window doubles, and more while the rate still rises. It begins at
 * {@link TcpSettings#initialReceiveBuffer} and ends at {@link TcpSettings#receiveBuffer}; it never shrinks, and stops
 * growing while the slab is three quarters full.
 * <p>
 * The round trip is what the peer's echoes of our timestamps say, one sample for each measurement; without timestamps,
 * that of the handshake or of our own text. Thread: the engine's.
 */
final class ReceiveTuning {
    /** Segments beyond twice what was read: room for what is under way while the application reads. */
    private static final int SPARE_SEGMENTS = 16;
    private static final int STAMP_SHIFT = 10;
    private static final int MAX_WINDOW_FIELD = 65_535;

    private final TcpContext context;

    ReceiveTuning(final TcpContext context) {
        this.context = context;
    }

    /** The receive buffer of a new connection. */
    static int first(final TcpSettings settings) {
        return settings.autotune()
                ? Math.min(settings.initialReceiveBuffer(), settings.receiveBuffer())
                : settings.receiveBuffer();
    }

    /** The first measurement begins. */
    void onEstablished(final Tcb tcb) {
        tcb.receiveSpace(0);
        measure(tcb);
    }

    private void measure(final Tcb tcb) {
        tcb.receiveSpaceSeq(tcb.rcvRead());
        tcb.receiveSpaceStamp((int) (context.nowNs >> STAMP_SHIFT));
        tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_ROUND_TRIP_WANTED);
    }

    /**
     * A full segment with timestamps arrived: its echo tells how long ago we sent what made the peer send it, where it is
     * the first of a measurement. It lies too high where the peer had nothing to send, so a larger one counts little.
     *
     * @param length bytes of its text.
     * @param echo   SEG.TSecr.
     */
    void onEcho(final Tcb tcb, final int length, final int echo) {
        if ((tcb.moreFlags() & Tcb.MORE_ROUND_TRIP_WANTED) == 0 || length < tcb.receiveMss()
                || echo == 0) {
            return;
        }
        final int ticks = context.timestamp(tcb) - echo;
        if (ticks < 0 || ticks * TcpContext.TIMESTAMP_TICK_NS > Integer.MAX_VALUE) {
            return;
        }
        tcb.moreFlags(tcb.moreFlags() & ~Tcb.MORE_ROUND_TRIP_WANTED);
        final int sample = (int) (Math.max(1, ticks) * TcpContext.TIMESTAMP_TICK_NS);
        final int before = tcb.receiveRttNs();
        tcb.receiveRttNs(before == 0 || sample < before ? sample : before + Math.min(sample - before, before) / 8);
    }

    /** The application took bytes out of the receive queue. */
    void onRead(final Tcb tcb) {
        final long passed = (context.nowNs >> STAMP_SHIFT) - tcb.receiveSpaceStamp() & 0xFFFF_FFFFL;
        if (passed << STAMP_SHIFT < roundTripNs(tcb) || tcb.has(Tcb.RECEIVE_BUFFER_LOCKED | Tcb.SHELL)) {
            return;
        }
        final int read = tcb.rcvRead() - tcb.receiveSpaceSeq();
        if (read > tcb.receiveSpace()) {
            grow(tcb, read);
            tcb.receiveSpace(read);
        }
        measure(tcb);
    }

    private static long roundTripNs(final Tcb tcb) {
        if (tcb.receiveRttNs() != 0) {
            return tcb.receiveRttNs();
        }
        return tcb.srttNs() != 0 ? tcb.srttNs() : tcb.rtoNs();
    }

    private void grow(final Tcb tcb, final int read) {
        final TcpSettings settings = context.connections.settings(tcb);
        final long most = Math.min(settings.receiveBuffer(), (long) MAX_WINDOW_FIELD << tcb.receiveShift());
        if (!settings.autotune() || tcb.receiveBuffer() >= most) {
            return;
        }
        final int before = tcb.receiveSpace();
        final long twice = 2L * read + SPARE_SEGMENTS * tcb.announcedMss();
        // the rate rises: until this window has come round it will have risen again; it doubles at the most (slow start)
        final long rise = before == 0 ? 0 : Math.min(twice, twice * (read - before) / before);
        final long wanted = twice + 2 * rise;
        if (wanted <= tcb.receiveBuffer()) {
            return;
        }
        if (context.slab.inUseBytes() > context.slab.capacityBytes() / 4 * 3) {
            context.count(Counter.TCP_RECEIVE_BUFFER_HELD);
        } else {
            context.count(Counter.TCP_RECEIVE_BUFFER_GROWN);
            tcb.receiveBuffer((int) Math.min(wanted, most));
        }
    }
}
