package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.Slab;

/**
 * BBR version 3 (draft-ietf-ccwg-bbr-06). Its state is a block of 256 bytes in the slab: {@link BbrPath} and
 * {@link BbrCycle}. The names of the draft's procedures are in the Javadoc of the methods.
 * <p>
 * Where it differs from the letter of the draft:
 * <ul>
 * <li>Losses raise the question whether a probe went too high both for each segment lost ({@link #onSegmentLost}) and for
 * each acknowledgement, as Linux does: a caller that does not tell of segments is served too.
 * <li>Startup counts acknowledgements that tell of losses, not ranges lost (§5.3.1.3; as Linux).
 * <li>The filter of extra_acked is two windows of 5 round trips (§5.5.9; as Linux), and samples taken during ProbeRTT are
 * told apart here instead of by the sender (§5.3.4.3).
 * <li>A timeout leaves one segment in flight (§5.6.4.4), and the lower bounds then begin at the window before it.
 * <li>ECN (§3.7 asks for a response and gives none): a round trip with an echo is one with loss; a probe that meets an
 * echo was too high, and Startup ends.
 * <li>Waiting times come from a hash of the initial sequence number, not from a random number (§5.3.3.8).
 * </ul>
 * ssthresh is not used: it stays at the largest window.
 */
public final class Bbr implements CongestionControl {
    @Override
    public String name() {
        return "bbr";
    }

    @Override
    public boolean onEstablished(final Tcb tcb, final int initialWindow, final Slab slab, final long nowNs) {
        final long bbr = slab.allocate(BbrPath.LENGTH);
        if (bbr == 0) {
            return false;
        }
        Memory.zero(bbr, BbrPath.LENGTH);
        tcb.ccAddress(bbr);
        tcb.cwnd(initialWindow);
        tcb.ssthresh(Window.MAX);
        init(tcb, bbr, initialWindow, nowNs);
        return true;
    }

    private static void init(final Tcb tcb, final long bbr, final int initialWindow, final long nowNs) {
        final long rttNs = tcb.srttNs() > 0 ? tcb.srttNs() : BbrPath.NO_RTT;
        BbrPath.minRttNs(bbr, rttNs);
        BbrPath.minRttStamp(bbr, nowNs);
        BbrPath.probeRttMinNs(bbr, rttNs);
        BbrPath.probeRttMinStamp(bbr, nowNs);
        BbrPath.extraAckedStart(bbr, nowNs);
        BbrPath.appLimitedUntil(bbr, -1);
        BbrPath.inflightLong(bbr, BbrPath.NO_BOUND);
        BbrLoss.resetShortTerm(bbr);
        BbrCycle.probeUpAckedPerIncrease(bbr, BbrPath.NO_BOUND);
        BbrCycle.initialCwnd(bbr, initialWindow);
        BbrCycle.state(bbr, BbrCycle.STARTUP);
        BbrRates.initPacing(tcb, bbr, tcb.srttNs());
    }

    @Override
    public void onClosed(final Tcb tcb, final Slab slab) {
        slab.free(tcb.ccAddress(), BbrPath.LENGTH);
        tcb.ccAddress(0);
    }

    @Override
    public void onAck(final Tcb tcb, final AckSample sample) {
        final long bbr = tcb.ccAddress();
        if (BbrCycle.has(bbr, BbrCycle.TIMED_OUT) && !Window.isBefore(tcb, BbrCycle.recoveryEnd(bbr) - 1)) {
            onRecovered(tcb, sample.nowNs);
        }
        if (!BbrCycle.has(bbr, BbrCycle.RTT_SEEN) && sample.rttNs > 0) {
            BbrRates.initPacing(tcb, bbr, sample.rttNs);
        }
        if (sample.lostBytes > 0) {
            BbrLoss.note(tcb, bbr);
        }
        updateModelAndState(tcb, bbr, sample);
        BbrRates.updatePacing(tcb, bbr);
        BbrRates.updateCwnd(tcb, bbr, sample.deliveredBytes);
    }

    private static void updateModelAndState(final Tcb tcb, final long bbr, final AckSample sample) {
        BbrLoss.updateLatest(tcb, bbr, sample);
        BbrModel.updateMaxBw(tcb, bbr, sample);
        BbrLoss.adapt(tcb, bbr);
        BbrModel.updateAggregation(tcb, bbr, sample);
        BbrStartup.checkFullBw(bbr, sample);
        BbrStartup.check(tcb, bbr, sample);
        BbrStartup.checkDrain(tcb, bbr, sample);
        BbrProbeBw.update(tcb, bbr, sample);
        BbrProbeRtt.updateMinRtt(bbr, sample);
        BbrProbeRtt.check(tcb, bbr, sample);
        BbrLoss.advanceLatest(bbr, sample);
        BbrModel.boundBw(bbr);
    }

    @Override
    public void onSegmentLost(final Tcb tcb, final int bytes, final int inFlightWhenSent, final int lostSinceSent,
            final boolean applicationLimited, final long nowNs) {
        final long bbr = tcb.ccAddress();
        BbrLoss.note(tcb, bbr);
        if (BbrLoss.isTooHigh(tcb, lostSinceSent, inFlightWhenSent)) {
            BbrProbeBw.tooHigh(tcb, bbr, BbrLoss.inflightAtLoss(bytes, inFlightWhenSent, lostSinceSent),
                    applicationLimited, nowNs);
        }
    }

    @Override
    public void onLoss(final Tcb tcb, final int inFlight, final long nowNs) {
        final long bbr = tcb.ccAddress();
        BbrLoss.save(tcb, bbr);
        BbrCycle.set(bbr, BbrCycle.RECOVERING);
    }

    @Override
    public void onCongestionEchoed(final Tcb tcb, final int inFlight, final long nowNs) {
        final long bbr = tcb.ccAddress();
        BbrLoss.note(tcb, bbr);
        if (BbrCycle.state(bbr) == BbrCycle.STARTUP) {
            BbrStartup.endByCongestion(bbr);
        } else {
            BbrProbeBw.tooHigh(tcb, bbr, inFlight, false, nowNs);
        }
    }

    @Override
    public void onTimeout(final Tcb tcb, final int inFlight, final long nowNs) {
        final long bbr = tcb.ccAddress();
        BbrLoss.note(tcb, bbr);
        BbrLoss.save(tcb, bbr);
        BbrCycle.set(bbr, BbrCycle.RECOVERING | BbrCycle.TIMED_OUT);
        BbrCycle.recoveryEnd(bbr, tcb.sndMax());
        tcb.cwnd(tcb.sndMss());
    }

    /** The window before recovery is taken up again; the model bounds it with the next acknowledgement. */
    @Override
    public void onRecovered(final Tcb tcb, final long nowNs) {
        final long bbr = tcb.ccAddress();
        if (BbrCycle.has(bbr, BbrCycle.RECOVERING)) {
            BbrRates.restoreCwnd(tcb, bbr);
            BbrCycle.clear(bbr, BbrCycle.RECOVERING | BbrCycle.TIMED_OUT);
        }
    }

    @Override
    public void onUndo(final Tcb tcb, final long nowNs) {
        BbrLoss.undo(tcb, tcb.ccAddress());
    }

    /** Nothing: what is known of the path stays known (§5.4.2). */
    @Override
    public void onIdle(final Tcb tcb, final int initialWindow, final long idleNs, final long nowNs) {}

    /** HandleRestartFromIdle. */
    @Override
    public void onTransmitStart(final Tcb tcb, final long nowNs) {
        final long bbr = tcb.ccAddress();
        BbrCycle.set(bbr, BbrCycle.IDLE_RESTART);
        BbrPath.extraAckedStart(bbr, nowNs);
        if (BbrCycle.isProbeBw(bbr)) {
            BbrRates.updatePacing(tcb, bbr, 1);
        } else if (BbrCycle.state(bbr) == BbrCycle.PROBE_RTT) {
            BbrProbeRtt.checkDone(tcb, bbr, nowNs);
        }
    }

    @Override
    public boolean ownsWindow() {
        return true;
    }

    @Override
    public boolean needsPacing() {
        return true;
    }

    @Override
    public long pacingRate(final Tcb tcb) {
        return BbrPath.pacingRate(tcb.ccAddress());
    }
}
