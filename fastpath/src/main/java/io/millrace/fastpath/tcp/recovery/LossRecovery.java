package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.CongestionControl;

/**
 * What is sent again, and when. Keeps its state in the TCB, so one object serves every connection.
 * <p>
 * Thread: the engine's.
 */
public interface LossRecovery {
    /** The connection is established. */
    void onEstablished(Tcb tcb);

    /** An acknowledgement that acknowledges nothing new while data is outstanding (RFC 5681 §2). */
    void onDuplicateAck(Tcb tcb, CongestionControl congestion, Retransmission retransmission, long nowNs);

    /**
     * New bytes were acknowledged; {@link Tcb#sndUna} is already advanced.
     *
     * @return true where the retransmission timer is to be restarted.
     */
    boolean onNewAck(Tcb tcb, int ackedBytes, CongestionControl congestion, Retransmission retransmission,
            long nowNs);

    /** The retransmission timer expired; everything outstanding will be sent again from {@link Tcb#sndUna}. */
    void onTimeout(Tcb tcb, CongestionControl congestion, long nowNs);

    /** How recovery sends. */
    interface Retransmission {
        /** Sends the segment at {@link Tcb#sndUna} again. */
        void retransmitHead(Tcb tcb);
    }
}
