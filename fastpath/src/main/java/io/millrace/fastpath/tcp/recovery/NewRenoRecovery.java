package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.AckSample;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.wire.Seq;

/** Fast retransmit and fast recovery (RFC 5681 §3.2) as modified by NewReno (RFC 6582). */
public final class NewRenoRecovery implements LossRecovery {
    private static final int DUPLICATE_THRESHOLD = 3;
    /** However many duplicates a peer invents, the window does not overflow. */
    private static final int MAX_WINDOW = 1 << 30;

    private final AckSample sample = new AckSample();

    @Override
    public void onEstablished(final Tcb tcb) {
        // one less than RFC 6582 says, so that the loss of the very first segment is found too
        tcb.recover(tcb.iss() - 1);
    }

    @Override
    public void onDuplicateAck(final Tcb tcb, final CongestionControl congestion, final Retransmission retransmission,
            final long nowNs) {
        final int duplicates = tcb.dupAcks() + 1;
        tcb.dupAcks(duplicates);
        if (tcb.has(Tcb.RECOVERY)) {
            // RFC 6582 §3.2 step 3: each duplicate tells of a segment that left the network
            tcb.cwnd(Math.min(tcb.cwnd(), MAX_WINDOW) + tcb.sndMss());
        } else if (duplicates == DUPLICATE_THRESHOLD && Seq.gt(tcb.sndUna() - 1, tcb.recover())) {
            tcb.recover(tcb.sndMax() - 1);
            tcb.set(Tcb.RECOVERY);
            tcb.clear(Tcb.PARTIAL_ACK);
            congestion.onLoss(tcb, tcb.sndMax() - tcb.sndUna(), nowNs);
            tcb.cwnd(tcb.ssthresh() + DUPLICATE_THRESHOLD * tcb.sndMss());
            retransmission.retransmitHead(tcb);
        }
    }

    @Override
    public boolean onNewAck(final Tcb tcb, final int ackedBytes, final CongestionControl congestion,
            final Retransmission retransmission, final long nowNs) {
        tcb.dupAcks(0);
        if (!tcb.has(Tcb.RECOVERY)) {
            sample.reset(nowNs);
            sample.ackedBytes = ackedBytes;
            sample.deliveredBytes = ackedBytes;
            sample.windowLimited = true;
            congestion.onAck(tcb, sample);
            followUp(tcb);
            return true;
        }
        if (Seq.gt(tcb.sndUna(), tcb.recover())) {
            tcb.clear(Tcb.RECOVERY);
            tcb.cwnd(Math.min(tcb.ssthresh(), Math.max(tcb.sndMax() - tcb.sndUna(), tcb.sndMss()) + tcb.sndMss()));
            congestion.onRecovered(tcb, nowNs);
            return true;
        }
        // partial acknowledgement (RFC 6582 §3.2 step 3): the next hole is lost too
        final int deflated = tcb.cwnd() - ackedBytes + (ackedBytes >= tcb.sndMss() ? tcb.sndMss() : 0);
        tcb.cwnd(Math.max(deflated, tcb.sndMss()));
        retransmission.retransmitHead(tcb);
        final boolean first = !tcb.has(Tcb.PARTIAL_ACK);
        tcb.set(Tcb.PARTIAL_ACK);
        return first;
    }

    /** Keeps the recovery point right behind SND.UNA: left 2^31 bytes behind it would seem to be ahead. */
    private static void followUp(final Tcb tcb) {
        if (Seq.gt(tcb.sndUna() - 1, tcb.recover())) {
            tcb.recover(tcb.sndUna() - 2);
        }
    }

    @Override
    public void onTimeout(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        tcb.recover(tcb.sndMax() - 1);
        tcb.clear(Tcb.RECOVERY);
        tcb.dupAcks(0);
        if (tcb.retransmits() == 1) {
            congestion.onTimeout(tcb, tcb.sndMax() - tcb.sndUna(), nowNs);
        } else {
            tcb.cwnd(tcb.sndMss());
        }
    }
}
