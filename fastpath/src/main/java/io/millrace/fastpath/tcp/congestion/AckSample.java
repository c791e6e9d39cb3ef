package io.millrace.fastpath.tcp.congestion;

/**
 * What one acknowledgement told: filled by loss recovery, read by congestion control. One object an engine, used anew for
 * each acknowledgement; nobody keeps it. Bytes are sequence numbers without SYN and FIN. The rate follows
 * draft-ietf-ccwg-bbr §4.1 (delivery rate estimation).
 * <p>
 * Thread: the engine's.
 */
public final class AckSample {
    /** When the acknowledgement arrived at the port. */
    public long nowNs;
    /**
     * What grows the window, each byte once: what the acknowledgement covers cumulatively, or, after a loss and where the
     * path reorders, what it delivers.
     */
    public int ackedBytes;
    /** Newly delivered: acknowledged in either way for the first time. */
    public int deliveredBytes;
    /** Newly marked lost. */
    public int lostBytes;
    /** Round trip of the segment sent last of those acknowledged, of none that was sent twice; -1: none. */
    public long rttNs;
    /** In flight (RFC 6675 pipe) before this acknowledgement. */
    public int priorInFlight;
    /** In flight (RFC 6675 pipe) now. */
    public int inFlight;
    /** The window, not the application or the peer's window, limited what was in flight (RFC 7661 §4.1). */
    public boolean windowLimited;
    /** ECE was set (RFC 3168); only where ECN was negotiated. */
    public boolean congestionEchoed;
    /** {@code Tcb.delivered} when the segment of this sample was sent (P.delivered); -1 where there is no rate. */
    public long priorDelivered;
    /** Bytes delivered in {@link #intervalNs} (RS.delivered). */
    public long rateBytes;
    /** The longer of send and acknowledgement interval (RS.interval); 0 where there is no rate. */
    public long intervalNs;
    /** The rate was limited by the application, not by the path (RS.is_app_limited). */
    public boolean applicationLimited;
    /** Bytes lost between the sending of the sample's segment and this acknowledgement (RS.lost). */
    public int lostSinceSent;
    /** In flight when the sample's segment was sent (P.tx_in_flight). */
    public int inFlightWhenSent;

    /** Forgets everything. */
    public void reset(final long arrivedNs) {
        nowNs = arrivedNs;
        ackedBytes = 0;
        deliveredBytes = 0;
        lostBytes = 0;
        rttNs = -1;
        priorInFlight = 0;
        inFlight = 0;
        windowLimited = false;
        congestionEchoed = false;
        priorDelivered = -1;
        rateBytes = 0;
        intervalNs = 0;
        applicationLimited = false;
        lostSinceSent = 0;
        inFlightWhenSent = 0;
    }

    /** Delivery rate in bytes a second; 0 where there is none. */
    public long bytesPerSecond() {
        return intervalNs == 0 ? 0 : Math.round(rateBytes * 1e9 / intervalNs);
    }
}
