package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Slab;

/**
 * How much may be in flight, and how fast it leaves. Keeps its state in the TCB ({@link Tcb#cwnd}, {@link Tcb#ssthresh},
 * {@link Tcb#cc}), or in a block of the slab that {@link Tcb#ccAddress} names, so one object serves every connection.
 * Loss recovery decides <em>what</em> is sent again, this decides <em>how much</em>: it sets the slow start threshold
 * where congestion is found, and loss recovery leads the window there (PRR, RFC 9937) unless {@link #ownsWindow}.
 * <p>
 * Thread: the engine's. Times are nanoseconds of the engine's clock, windows are bytes and at least one segment.
 */
public interface CongestionControl {
    /** The name in the configuration. */
    String name();

    /**
     * The connection is established.
     *
     * @param initialWindow bytes (RFC 6928).
     * @param slab          where a block may be taken from; given back in {@link #onClosed}.
     * @return false where the slab has no room: another congestion control takes over.
     */
    boolean onEstablished(Tcb tcb, int initialWindow, Slab slab, long nowNs);

    /** The connection is over; called once for each successful {@link #onEstablished}. */
    default void onClosed(final Tcb tcb, final Slab slab) {}

    /**
     * An acknowledgement that delivered something or told of a loss. Outside of recovery the window may grow; while
     * {@link Tcb#RECOVERY} is set it is PRR's, unless {@link #ownsWindow}.
     */
    void onAck(Tcb tcb, AckSample sample);

    /**
     * A segment was marked lost; called for each, before the {@link #onAck} of the acknowledgement that told of it, or
     * before {@link #onTimeout}. BBR looks how much was in flight when it was sent (HandleLostPacket of
     * draft-ietf-ccwg-bbr §5.5.10.2).
     *
     * @param bytes              of the segment.
     * @param inFlightWhenSent   in flight when it was sent, itself included (P.tx_in_flight).
     * @param lostSinceSent      marked lost since it was sent, itself included (C.lost - P.lost).
     * @param applicationLimited P.is_app_limited.
     */
    default void onSegmentLost(final Tcb tcb, final int bytes, final int inFlightWhenSent, final int lostSinceSent,
            final boolean applicationLimited, final long nowNs) {}

    /** Loss was found and recovery begins: sets ssthresh. {@code inFlight} bytes are outstanding (RFC 5681 FlightSize). */
    void onLoss(Tcb tcb, int inFlight, long nowNs);

    /** Congestion was echoed by ECN, at most once a round trip: sets ssthresh (RFC 3168 §6.1.2, RFC 8511). */
    default void onCongestionEchoed(final Tcb tcb, final int inFlight, final long nowNs) {
        onLoss(tcb, inFlight, nowNs);
    }

    /** The retransmission timer expired for the first time for this data: sets ssthresh, and cwnd to one segment. */
    void onTimeout(Tcb tcb, int inFlight, long nowNs);

    /** Recovery ended; cwnd is at most ssthresh already, unless {@link #ownsWindow}. */
    default void onRecovered(final Tcb tcb, final long nowNs) {}

    /**
     * The loss was none (RFC 4015, RFC 5682, RFC 8985 §8): what {@link #onLoss} or {@link #onTimeout} changed is taken
     * back. cwnd and ssthresh are restored by the caller before, but own state is not.
     */
    default void onUndo(final Tcb tcb, final long nowNs) {}

    /** Nothing was sent for longer than an RTO (RFC 5681 §4.1, RFC 9438 §5.8); sending begins anew. */
    void onIdle(Tcb tcb, int initialWindow, long idleNs, long nowNs);

    /**
     * Something is sent while nothing is outstanding: all that was sent is acknowledged. Not for what is sent again after
     * a timeout. BBR restarts at the rate it knows (HandleRestartFromIdle of draft-ietf-ccwg-bbr §5.4.1).
     */
    default void onTransmitStart(final Tcb tcb, final long nowNs) {}

    /** True where the window in recovery is its own business: no PRR. */
    default boolean ownsWindow() {
        return false;
    }

    /** True where segments must be paced for it to work; {@link #pacingRate} is asked then. */
    default boolean needsPacing() {
        return false;
    }

    /**
     * Bytes a second that may leave, for pacing; 0: no limit. The default is that of Linux: twice the window a round
     * trip in slow start, 1.2 times in congestion avoidance.
     */
    default long pacingRate(final Tcb tcb) {
        if (tcb.srttNs() == 0) {
            return 0;
        }
        final double gain = tcb.cwnd() < tcb.ssthresh() / 2 ? 2.0 : 1.2;
        return (long) (gain * tcb.cwnd() * 1e9 / tcb.srttNs());
    }
}
