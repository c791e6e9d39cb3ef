package io.millrace.fastpath.tcp;

/**
 * What a connection looks like at one moment: Linux's {@code tcp_info}, in bytes and nanoseconds. Filled by
 * {@link TcpCalls#info}, again and again where wanted; what Linux tells and no field here, the stack does not keep.
 * <p>
 * Thread: the engine's while being filled; any afterwards, by safe publication.
 */
public final class TcpInfo {
    TcpState state = TcpState.CLOSED;
    String congestionControl = "";
    Limit limitedBy = Limit.NOTHING;
    boolean timestamps;
    boolean sack;
    boolean windowScaling;
    boolean ecn;
    boolean fastOpen;
    int sendWindowShift;
    int receiveWindowShift;
    long rtoNs;
    long delayedAckNs;
    long srttNs;
    long rttvarNs;
    long minRttNs;
    long receiveRttNs;
    int sendMss;
    int receiveMss;
    int announcedMss;
    int pathMtu;
    int congestionWindow;
    int slowStartThreshold;
    int sendWindow;
    int receiveWindow;
    int sendBuffer;
    int receiveBuffer;
    int receiveSpace;
    int unreadBytes;
    int notSentBytes;
    int unackedBytes;
    int sackedBytes;
    int lostBytes;
    int retransmittedBytes;
    int totalRetransmits;
    int timeouts;
    int probes;
    boolean inRecovery;
    boolean reorderingSeen;
    int reorderingDegree;
    long sinceSentNs;
    long sinceReceivedNs;
    long pacingRate;
    long maxPacingRate;
    long deliveredBytes;
    long deliveryRate;
    boolean deliveryRateApplicationLimited;

    /** What keeps more from being sent. */
    public enum Limit {
        /** What there is leaves in this turn; or nothing may be sent in this state. */
        NOTHING,
        /** The application has given no more; or Nagle's algorithm or a cork holds a small segment back. */
        APPLICATION,
        /** The application has more, but the send buffer is full of what the peer has not acknowledged. */
        SEND_BUFFER,
        /** The window that the peer announced. */
        RECEIVE_WINDOW,
        /** The congestion window. */
        CONGESTION_WINDOW,
        /** The next segment waits for its time. */
        PACING
    }

    /** The state. Linux: tcpi_state. */
    public TcpState state() {
        return state;
    }

    /** Name of the congestion control that has the connection. Linux: TCP_CONGESTION. */
    public String congestionControl() {
        return congestionControl;
    }

    /** What keeps more from being sent now. Linux tells times: tcpi_busy_time and those after it. */
    public Limit limitedBy() {
        return limitedBy;
    }

    /** Both sides send timestamps (RFC 7323 §3). Linux: TCPI_OPT_TIMESTAMPS. */
    public boolean timestamps() {
        return timestamps;
    }

    /** Both sides permit selective acknowledgements (RFC 2018). Linux: TCPI_OPT_SACK. */
    public boolean sack() {
        return sack;
    }

    /** Both sides scale windows (RFC 7323 §2). Linux: TCPI_OPT_WSCALE. */
    public boolean windowScaling() {
        return windowScaling;
    }

    /** Both sides speak ECN (RFC 3168). Linux: TCPI_OPT_ECN. */
    public boolean ecn() {
        return ecn;
    }

    /** Data went out with the SYN (RFC 7413). Linux: TCPI_OPT_SYN_DATA. */
    public boolean fastOpen() {
        return fastOpen;
    }

    /** Shift of the windows that the peer announces, 0 to 14. Linux: tcpi_snd_wscale. */
    public int sendWindowShift() {
        return sendWindowShift;
    }

    /** Shift of the windows that we announce, 0 to 14. Linux: tcpi_rcv_wscale. */
    public int receiveWindowShift() {
        return receiveWindowShift;
    }

    /** Retransmission timeout, with its backoff, in nanoseconds (RFC 6298). Linux: tcpi_rto. */
    public long rtoNs() {
        return rtoNs;
    }

    /** Longest time an acknowledgement is held back, in nanoseconds, as set. Linux: tcpi_ato, which adapts. */
    public long delayedAckNs() {
        return delayedAckNs;
    }

    /** Smoothed round trip in nanoseconds (RFC 6298); 0 before the first measurement. Linux: tcpi_rtt. */
    public long srttNs() {
        return srttNs;
    }

    /** Variation of the round trip in nanoseconds (RFC 6298). Linux: tcpi_rttvar. */
    public long rttvarNs() {
        return rttvarNs;
    }

    /** Smallest round trip of late in nanoseconds; 0 before the first measurement. Linux: tcpi_min_rtt. */
    public long minRttNs() {
        return minRttNs;
    }

    /** Round trip as the receiver sees it, in nanoseconds; 0 before the first measurement. Linux: tcpi_rcv_rtt. */
    public long receiveRttNs() {
        return receiveRttNs;
    }

    /** Payload bytes of the largest segment sent. Linux: tcpi_snd_mss. */
    public int sendMss() {
        return sendMss;
    }

    /** Payload bytes of the largest segment received. Linux: tcpi_rcv_mss. */
    public int receiveMss() {
        return receiveMss;
    }

    /** MSS that we announced, in bytes. Linux: tcpi_advmss. */
    public int announcedMss() {
        return announcedMss;
    }

    /** Largest IP packet that the path takes, in bytes. Linux: tcpi_pmtu. */
    public int pathMtu() {
        return pathMtu;
    }

    /** Congestion window in bytes. Linux: tcpi_snd_cwnd, in segments. */
    public int congestionWindow() {
        return congestionWindow;
    }

    /** Slow start threshold in bytes; 1 GiB and more: none yet. Linux: tcpi_snd_ssthresh, in segments. */
    public int slowStartThreshold() {
        return slowStartThreshold;
    }

    /** Window of the peer in bytes, counted from the oldest byte not acknowledged. Linux: tcpi_snd_wnd. */
    public int sendWindow() {
        return sendWindow;
    }

    /** What is left of the window that we announced, in bytes. Linux: tcpi_rcv_wnd. */
    public int receiveWindow() {
        return receiveWindow;
    }

    /** Size of the send buffer now, in bytes, tuned or set. Linux: SO_SNDBUF. */
    public int sendBuffer() {
        return sendBuffer;
    }

    /** Size of the receive buffer now, in bytes, tuned or set. Linux: SO_RCVBUF. */
    public int receiveBuffer() {
        return receiveBuffer;
    }

    /** Bytes that the application received in a round trip, for tuning. Linux: tcpi_rcv_space. */
    public int receiveSpace() {
        return receiveSpace;
    }

    /** Bytes received in order that the application has not taken. Linux: SIOCINQ. */
    public int unreadBytes() {
        return unreadBytes;
    }

    /** Bytes of the application that were never sent. Linux: tcpi_notsent_bytes. */
    public int notSentBytes() {
        return notSentBytes;
    }

    /** Bytes sent and not acknowledged cumulatively. Linux: tcpi_unacked, in segments. */
    public int unackedBytes() {
        return unackedBytes;
    }

    /** Bytes of those that are acknowledged selectively. Linux: tcpi_sacked, in segments. */
    public int sackedBytes() {
        return sackedBytes;
    }

    /** Bytes of those that are believed lost. Linux: tcpi_lost, in segments. */
    public int lostBytes() {
        return lostBytes;
    }

    /** Bytes of those that were sent again. Linux: tcpi_retrans, in segments. */
    public int retransmittedBytes() {
        return retransmittedBytes;
    }

    /** Segments sent again in the life of the connection. Linux: tcpi_total_retrans. */
    public int totalRetransmits() {
        return totalRetransmits;
    }

    /** Retransmission timeouts in a row. Linux: tcpi_retransmits. */
    public int timeouts() {
        return timeouts;
    }

    /** Zero-window and keepalive probes sent without a new answer. Linux: tcpi_probes. */
    public int probes() {
        return probes;
    }

    /** Losses are being repaired. Linux: tcpi_ca_state, recovery and loss. */
    public boolean inRecovery() {
        return inRecovery;
    }

    /** The path has reordered segments (RFC 8985 §6.2). Linux: tcpi_reord_seen, as a count. */
    public boolean reorderingSeen() {
        return reorderingSeen;
    }

    /**
     * How many segments that were sent later have arrived before one at the most, 0 to 255. Linux: tcpi_reordering, which
     * begins with 3.
     */
    public int reorderingDegree() {
        return reorderingDegree;
    }

    /** Nanoseconds since data was sent; -1: none was. Linux: tcpi_last_data_sent. */
    public long sinceSentNs() {
        return sinceSentNs;
    }

    /** Nanoseconds since a segment arrived, or the connection began. Linux: tcpi_last_ack_recv. */
    public long sinceReceivedNs() {
        return sinceReceivedNs;
    }

    /**
     * Bytes a second that leave at the most, by congestion control and setting; 0: not paced. Linux: tcpi_pacing_rate.
     */
    public long pacingRate() {
        return pacingRate;
    }

    /** Bytes a second that the setting allows; 0: no limit. Linux: tcpi_max_pacing_rate. */
    public long maxPacingRate() {
        return maxPacingRate;
    }

    /** Bytes delivered to the peer, acknowledged cumulatively or selectively. Linux: tcpi_delivered, in segments. */
    public long deliveredBytes() {
        return deliveredBytes;
    }

    /** The last delivery rate measured, in bytes a second; 0: none yet. Linux: tcpi_delivery_rate. */
    public long deliveryRate() {
        return deliveryRate;
    }

    /** That rate was limited by the application. Linux: tcpi_delivery_rate_app_limited. */
    public boolean deliveryRateApplicationLimited() {
        return deliveryRateApplicationLimited;
    }

    /** Bytes that the peer has acknowledged cumulatively. Linux: tcpi_bytes_acked. */
    public long ackedBytes() {
        return deliveredBytes - sackedBytes;
    }

    /** Bytes believed to be on the way (RFC 6675 pipe): not acknowledged, not lost, and what was sent again. */
    public int inFlightBytes() {
        return unackedBytes - sackedBytes - lostBytes + retransmittedBytes;
    }

    /** One line, in the manner of {@code ss -ti}; times in milliseconds. */
    @Override
    public String toString() {
        return state + " " + congestionControl + (timestamps ? " ts" : "") + (sack ? " sack" : "") + (ecn ? " ecn" : "")
                + (windowScaling ? " wscale:" + sendWindowShift + ',' + receiveWindowShift : "") + " rto:" + ms(rtoNs)
                + " rtt:" + ms(srttNs) + '/' + ms(rttvarNs) + " minrtt:" + ms(minRttNs) + " mss:" + sendMss + " pmtu:"
                + pathMtu + " cwnd:" + congestionWindow + " ssthresh:" + slowStartThreshold + " snd_wnd:" + sendWindow
                + " rcv_wnd:" + receiveWindow + " notsent:" + notSentBytes + " unacked:" + unackedBytes + " sacked:"
                + sackedBytes + " lost:" + lostBytes + " retrans:" + retransmittedBytes + '/' + totalRetransmits
                + " delivered:" + deliveredBytes + " delivery_rate:" + deliveryRate + " pacing_rate:" + pacingRate
                + " limited_by:" + limitedBy;
    }

    private static double ms(final long ns) {
        return ns / 1_000 / 1e3;
    }
}
