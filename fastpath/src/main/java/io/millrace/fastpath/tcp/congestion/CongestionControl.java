package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;

/**
 * How much may be in flight. Keeps its state in the TCB ({@link Tcb#cwnd}, {@link Tcb#ssthresh}, {@link Tcb#cc0} and
 * its neighbours), so one object serves every connection. Loss recovery decides <em>what</em> is sent again, this
 * decides <em>how much</em>.
 * <p>
 * Thread: the engine's. Times are nanoseconds of the engine's clock.
 */
public interface CongestionControl {
    /** The name in the configuration. */
    String name();

    /** The connection is established; {@code initialWindow} in bytes (RFC 6928). */
    void onEstablished(Tcb tcb, int initialWindow, long nowNs);

    /** New bytes were acknowledged outside of recovery. */
    void onAck(Tcb tcb, int ackedBytes, long nowNs);

    /** Loss was found by duplicate acknowledgements; {@code flight} bytes are outstanding (RFC 5681 FlightSize). */
    void onLoss(Tcb tcb, int flight, long nowNs);

    /** The retransmission timer expired for the first time for this data. */
    void onTimeout(Tcb tcb, int flight, long nowNs);

    /** Recovery ended; {@code flight} bytes are outstanding. */
    void onRecovered(Tcb tcb, int flight, long nowNs);

    /** Nothing was sent for longer than an RTO (RFC 5681 §4.1). */
    void onIdle(Tcb tcb, int initialWindow, long nowNs);
}
