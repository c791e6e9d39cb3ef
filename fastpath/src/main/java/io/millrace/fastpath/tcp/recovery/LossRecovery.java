package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.tcp.congestion.AckSample;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.wire.Seq;

/**
 * What is lost, and what follows from it: RACK-TLP (RFC 8985), or counting duplicates (RFC 6675, RFC 6582); recovery with
 * PRR (RFC 9937); timeouts (RFC 6298) with F-RTO (RFC 5682); undoing what was spurious (RFC 4015). How much may be in
 * flight is congestion control's business, sending the caller's. State lies in the TCB and in the flight block.
 * <p>
 * One object an engine. Thread: the engine's.
 */
public final class LossRecovery {
    private final Scoreboard board;
    private final AckSample sample = new AckSample();
    private final Deliveries deliveries;
    private final SackBlocks blocks;
    private final Rack rack;
    private final DuplicateThreshold threshold;
    private final ProportionalRate prr;
    private final TailLossProbe probe;
    private final ForwardRto forwardRto;
    private final Undo undo;
    private final Episodes episodes;
    private final WindowUse windowUse;
    private final LoneSegment lone = new LoneSegment(sample);
    private final MtuProbe mtuProbe;
    private final EngineCounters counters;

    public LossRecovery(final Slab slab, final EngineCounters counters) {
        this.counters = counters;
        board = new Scoreboard(slab);
        deliveries = new Deliveries(board, sample);
        blocks = new SackBlocks(board, deliveries, counters);
        mtuProbe = new MtuProbe(board);
        final Losses losses = new Losses(board, mtuProbe);
        rack = new Rack(board, losses);
        threshold = new DuplicateThreshold(board, losses, sample);
        prr = new ProportionalRate(board);
        probe = new TailLossProbe(board);
        forwardRto = new ForwardRto(board, deliveries);
        undo = new Undo(board);
        episodes = new Episodes(board, sample, undo, prr, probe, counters);
        windowUse = new WindowUse(board);
    }

    /** The timestamp that a segment of this connection carries at a time: milliseconds and an offset (RFC 7323 §5.4). */
    public static int timestamp(final Tcb tcb, final long ns) {
        return (int) Math.floorDiv(ns, 1_000_000L) + tcb.tsOffset();
    }

    /**
     * Something is about to be sent for the first time: [SND.NXT, end).
     *
     * @return false where there is no memory to remember it: it must not be sent.
     */
    public boolean onSend(final Tcb tcb, final int end, final CongestionControl congestion, final long nowNs) {
        if (tcb.sndNxt() == tcb.sndUna()) {
            congestion.onTransmitStart(tcb, nowNs);
            if (!board.reserve(tcb)) {
                return false;
            }
            if (LoneSegment.onSend(tcb)) {
                return true;
            }
        }
        if (!board.append(tcb, end, nowNs)) {
            return false;
        }
        if (board.state() == FlightState.RECOVERY) {
            prr.onSent(end - tcb.sndNxt());
        }
        return true;
    }

    /** What {@link #onSend} was told of could not be sent after all. */
    public void onNotSent(final Tcb tcb, final int end) {
        if (LoneSegment.isUnwritten(tcb)) {
            LoneSegment.onNotSent(tcb);
            return;
        }
        board.wrap(tcb);
        board.removeLast(tcb.sndNxt());
        if (board.state() == FlightState.RECOVERY) {
            prr.onSent(tcb.sndNxt() - end);
        }
    }

    /**
     * Takes the memory without which nothing can be sent; what the application queues is taken only where it is there.
     *
     * @return false where the slab is full.
     */
    public boolean reserve(final Tcb tcb) {
        return board.reserve(tcb);
    }

    /** True where nothing is in flight, nor written down of what was, and there is memory for what is sent next. */
    public static boolean isFresh(final Tcb tcb) {
        return LoneSegment.isFresh(tcb);
    }

    /** True where the segment before this sequence number is all there is in flight, and was all there was to send. */
    public static boolean isLoneSegment(final Tcb tcb, final int end) {
        return LoneSegment.isWhole(tcb, end);
    }

    /**
     * An acceptable acknowledgement without SACK blocks and ECE, in the case that comes most: it is of one segment, all
     * there is in flight. Moves SND.UNA then.
     *
     * @return false where it is not so, and {@link #onAck} is to be told.
     */
    public boolean onAckOfLoneSegment(final Tcb tcb, final int ack, final long arrivedNs,
            final CongestionControl congestion, final RecoverySettings settings) {
        return lone.onAck(tcb, ack, arrivedNs, congestion, settings);
    }

    /**
     * An acceptable acknowledgement, new or duplicate; moves SND.UNA.
     *
     * @param newData something that was never sent could be sent now, as far as the peer's window goes.
     * @return what it told; valid until the next call.
     */
    public AckSample onAck(final Tcb tcb, final AckEvent of, final CongestionControl congestion,
            final RecoverySettings settings, final boolean newData) {
        board.wrap(tcb);
        mtuProbe.begin();
        sample.reset(of.arrivedNs);
        final int before = tcb.sndUna();
        final boolean open = board.state() == FlightState.OPEN;
        final boolean calm = open && !tcb.has(Tcb.REORDERING_SEEN);
        if (board.block == 0) {
            tcb.sndUna(of.ack);
            return sample;
        }
        sample.priorInFlight = Math.max(0, board.inFlight(tcb));
        sample.congestionEchoed = of.congestionEchoed;
        deliveries.begin(tcb, of.hasEcho, of.echo, !calm && !isHeldByRecovery(of.ack));
        blocks.apply(tcb, of);
        final boolean advanced = Seq.gt(of.ack, before);
        if (advanced) {
            advance(tcb, of);
        }
        mtuProbe.onAck(tcb);
        deliveries.measure(tcb, settings, advanced);
        deliveries.finish(tcb);
        recover(tcb, of, congestion, settings, advanced, newData);
        sample.ackedBytes = calm ? of.ack - before - deliveries.counted() : deliveredThatCounts(tcb, open, advanced);
        tellCongestionControl(tcb, congestion, advanced);
        return sample;
    }

    /**
     * RFC 3465: each byte grows the window once. After a loss, and where the path is known to reorder (as Linux), that is
     * when it is delivered, since an acknowledgement may cover what arrived long ago; else when it is acknowledged
     * cumulatively. Without SACK a duplicate tells of no byte (RFC 5681 §3.2).
     *
     * @param open what was delivered before the path was known to reorder, and is acknowledged only now, counts too.
     */
    private int deliveredThatCounts(final Tcb tcb, final boolean open, final boolean advanced) {
        final int waited = open ? deliveries.uncounted() : 0;
        return advanced || tcb.has(Tcb.SACK) ? sample.deliveredBytes + waited : 0;
    }

    /** In recovery the window does not grow; what ends it does make it grow. */
    private boolean isHeldByRecovery(final int ack) {
        return board.state() == FlightState.RECOVERY && Seq.lt(ack, board.recoveryPoint());
    }

    private void advance(final Tcb tcb, final AckEvent of) {
        final int acked = of.ack - tcb.sndUna();
        deliveries.takeOff(tcb, of.ack);
        tcb.sndUna(of.ack);
        board.raiseHints(of.ack);
        if (!tcb.has(Tcb.SACK)) {
            threshold.onAdvance(tcb, acked);
        }
        rack.endRound(tcb);
        board.firstUnansweredNs(of.arrivedNs);
        board.rtoBaseNs(of.arrivedNs);
    }

    private void recover(final Tcb tcb, final AckEvent of, final CongestionControl congestion,
            final RecoverySettings settings, final boolean advanced, final boolean newData) {
        if (blocks.hasDuplicate()) {
            rack.onDuplicate(tcb);
            undo.onDuplicate(tcb, blocks.duplicateLeft(), blocks.duplicateRight());
        }
        if (of.congestionEchoed) {
            // RFC 4015 §3.2: congestion there was, whatever else
            undo.close();
        }
        final boolean original = undo.isOriginal(of, advanced);
        if (original && board.state() == FlightState.RECOVERY) {
            // as Linux; step 3 of RFC 8985 §6.2 sees only what was never sent again
            deliveries.onFirstArrivedLate(tcb);
        }
        if (undo.isSpurious(original)) {
            episodes.undo(tcb, congestion);
        }
        if (board.state() == FlightState.LOSS
                && forwardRto.onAck(tcb, advanced, newData) == ForwardRto.Verdict.SPURIOUS) {
            episodes.undo(tcb, congestion);
        }
        episodes.end(tcb, congestion);
        if (board.count() > 0 && findLosses(tcb, of, congestion, settings, advanced)
                && board.state() <= FlightState.REDUCED) {
            episodes.beginRecovery(tcb, congestion);
            if (of.congestionEchoed) {
                undo.close();
            }
        }
        if (probe.onAck(tcb, of, blocks) == TailLossProbe.Verdict.REPAIRED && board.state() == FlightState.OPEN) {
            episodes.reduce(tcb, congestion, false);
        }
        // CWR goes out with what lies behind the recovery point: until that is acknowledged it is the old echo
        if (of.congestionEchoed && board.state() == FlightState.OPEN && Seq.gt(of.ack, board.recoveryPoint())) {
            episodes.reduce(tcb, congestion, true);
        }
    }

    /** Marks what is lost now; true where that calls for recovery. */
    private boolean findLosses(final Tcb tcb, final AckEvent of, final CongestionControl congestion,
            final RecoverySettings settings, final boolean advanced) {
        int lost = 0;
        boolean begin = false;
        if (!tcb.has(Tcb.SACK)) {
            begin = of.duplicate && threshold.onDuplicate(tcb);
            final boolean partial = advanced && board.state() == FlightState.RECOVERY;
            lost = begin && board.state() <= FlightState.REDUCED || partial ? threshold.markHead(tcb, congestion) : 0;
        } else if (settings.rack()) {
            lost = rack.detect(tcb, congestion, sample.nowNs) - mtuProbe.lostBytes();
            begin = lost > 0;
        } else {
            lost = threshold.detectBySack(tcb, congestion) - mtuProbe.lostBytes();
            begin = lost > 0;
        }
        sample.lostBytes += lost;
        return begin;
    }

    private void tellCongestionControl(final Tcb tcb, final CongestionControl congestion, final boolean advanced) {
        sample.inFlight = Math.max(0, board.inFlight(tcb));
        final int state = board.state();
        sample.windowLimited = state != FlightState.REDUCED && windowUse.isLimit(tcb);
        if (sample.deliveredBytes > 0 || sample.lostBytes > 0) {
            congestion.onAck(tcb, sample);
        }
        if (state == FlightState.RECOVERY && !congestion.ownsWindow()) {
            prr.onAck(tcb, sample, advanced);
            if (!tcb.has(Tcb.SACK) && sample.lostBytes > 0) {
                // RFC 6582 §3.2 step 3: the hole that a partial acknowledgement shows is sent again at once
                tcb.cwnd(Math.max(tcb.cwnd(), sample.inFlight + tcb.sndMss()));
            }
        }
    }

    /**
     * Output has sent what it could.
     *
     * @param blocked   only the congestion window held more back.
     * @param exhausted there is no more.
     */
    public void onOutputDone(final Tcb tcb, final boolean blocked, final boolean exhausted) {
        if (LoneSegment.onOutputDone(tcb, blocked, exhausted)) {
            return;
        }
        if (board.wrap(tcb).count() > 0) {
            board.unmark(FlightState.NEW_DATA_FIRST);
            windowUse.onOutputDone(tcb, blocked, exhausted);
        }
    }

    /** The retransmission timer expired. @param first for the first time for this data. */
    public void onTimeout(final Tcb tcb, final CongestionControl congestion, final RecoverySettings settings,
            final boolean first, final long nowNs) {
        board.wrap(tcb);
        mtuProbe.begin();
        if (board.count() == 0) {
            return;
        }
        final boolean fresh = board.state() <= FlightState.REDUCED;
        dropWhatDuplicatesTold(tcb);
        // the head is sent again now, whatever pause the rate of before asked for
        board.nextSendNs(FlightState.NEVER);
        probe.forget();
        final int flight = episodes.flightSize(tcb);
        if (board.state() != FlightState.LOSS) {
            undo.begin(tcb, fresh, nowNs);
        }
        rack.detectAfterTimeout(tcb, settings.rack() && tcb.has(Tcb.SACK), congestion, nowNs);
        if (fresh || congestion.ownsWindow()) {
            congestion.onTimeout(tcb, flight, nowNs);
        }
        // one segment (RFC 5681 §3.1), whatever left a moment ago and is not lost yet
        tcb.cwnd(Math.max(0, board.inFlight(tcb)) + tcb.sndMss());
        if (fresh && tcb.has(Tcb.ECN)) {
            tcb.set(Tcb.CWR_OWED);
        }
        tcb.clear(Tcb.RECOVERY);
        board.recoveryPoint(tcb.sndNxt());
        board.unmark(FlightState.FORWARD_RTO | FlightState.NEW_DATA_FIRST);
        if (first && fresh && settings.forwardRtoRecovery()) {
            forwardRto.begin(tcb);
        }
        board.state(FlightState.LOSS);
        board.rtoBaseNs(nowNs);
    }

    private void dropWhatDuplicatesTold(final Tcb tcb) {
        if (!tcb.has(Tcb.SACK)) {
            board.sackedBytes(0);
        } else if (board.has(board.at(0), Scoreboard.SACKED)) {
            // RFC 2018 §8: the peer has dropped what it told of
            counters.increment(Counter.TCP_SACK_RENEGED);
            board.forgetSacked();
        }
        board.dupAcks(0);
    }

    /** The reordering timer expired (RFC 8985 §6.2 step 5); true where something is lost. */
    public boolean onReorderingTimer(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        board.wrap(tcb);
        mtuProbe.begin();
        sample.reset(nowNs);
        if (board.count() == 0) {
            return false;
        }
        sample.priorInFlight = Math.max(0, board.inFlight(tcb));
        sample.lostBytes = rack.detect(tcb, congestion, nowNs) - mtuProbe.lostBytes();
        if (sample.lostBytes == 0) {
            return mtuProbe.lostBytes() != 0;
        }
        if (board.state() <= FlightState.REDUCED) {
            episodes.beginRecovery(tcb, congestion);
        }
        tellCongestionControl(tcb, congestion, false);
        return true;
    }

    /** The path takes no segments as large as those outstanding: all of them are lost, without congestion (RFC 1191). */
    public void onSegmentsTooLarge(final Tcb tcb) {
        board.wrap(tcb);
        if (board.count() > 0) {
            mtuProbe.forget();
        }
        for (int i = 0; i < board.count(); i++) {
            if (!board.has(board.at(i), Scoreboard.SACKED | Scoreboard.LOST)) {
                board.markLost(board.at(i));
            }
        }
    }

    /**
     * The acknowledgement that {@link #onAck} was told of left nothing to send: gives memory back. Only what a late
     * D-SACK may still be about, and the pause of pacing, is kept: 1 KiB until the next flight.
     */
    public void settle(final Tcb tcb) {
        if (tcb.flight() == 0 || LoneSegment.isUnwritten(tcb)) {
            board.release(tcb);
            return;
        }
        board.wrap(tcb);
        final boolean unjudged = board.marked(FlightState.PROBE_RETRANSMITTED)
                || board.marked(FlightState.UNDOABLE) && board.undoRetransmits() > 0;
        if (unjudged || board.nextSendNs() > sample.nowNs) {
            board.shrink(tcb);
        } else {
            board.release(tcb);
        }
    }

    /** The connection is over: gives memory back. */
    public void release(final Tcb tcb) {
        board.release(tcb);
    }

    /** Bytes in the network as far as we know. */
    public int inFlight(final Tcb tcb) {
        return Math.max(0, board.look(tcb).inFlight(tcb));
    }

    /** Bytes selectively acknowledged and outstanding. */
    public int sackedBytes(final Tcb tcb) {
        return board.look(tcb).sackedBytes();
    }

    /** Bytes marked lost and not sent again yet. */
    public int lostBytes(final Tcb tcb) {
        return board.look(tcb).lostBytes();
    }

    /** Bytes sent again and not acknowledged yet. */
    public int retransmittedBytes(final Tcb tcb) {
        return board.look(tcb).retransmittedBytes();
    }

    /** The last delivery rate was limited by the application (draft-ietf-ccwg-bbr §4.1.1.2). */
    public boolean isRateApplicationLimited(final Tcb tcb) {
        return LoneSegment.has(tcb, LoneSegment.SENT) || board.look(tcb).count() > 0 && board.applicationLimited() != 0;
    }

    /** Pacing holds the next segment back. */
    public boolean isWaitingToPace(final Tcb tcb, final long nowNs) {
        return board.look(tcb).nextSendNs() > nowNs;
    }

    /** Since when nothing new was acknowledged; only where something is in flight. */
    public long unansweredSinceNs(final Tcb tcb) {
        return board.look(tcb).count() == 0 ? tcb.lastSendNs() : board.firstUnansweredNs();
    }

    /**
     * True where a probe of the path's MTU would tell something: nothing is lost or out of order, acknowledgements are
     * selective, none is out.
     */
    public boolean mayProbeMtu(final Tcb tcb) {
        return tcb.has(Tcb.SACK) && (board.look(tcb).block == 0 || board.state() == FlightState.OPEN
                && board.sackedBytes() == 0 && board.lostBytes() == 0 && !mtuProbe.isOut());
    }

    /** The bytes [start, end) were just sent as one segment, longer than the others, to see whether it arrives. */
    public void onMtuProbeSent(final Tcb tcb, final int start, final int end) {
        board.wrap(tcb);
        mtuProbe.onSent(start, end);
    }

    /**
     * What the last call of {@link #onAck}, {@link #onReorderingTimer} or {@link #onTimeout} told of the probe of the path's
     * MTU: bytes of it that arrived, or, negative, that were lost; 0: nothing.
     */
    public int mtuProbeVerdict() {
        return mtuProbe.verdict();
    }

    /** How retransmission goes: see there. */
    public Retransmissions retransmissions() {
        return new Retransmissions(board, prr, undo, probe, counters);
    }

    /** What the timer is for: see there. */
    public RecoveryTimer timer() {
        return new RecoveryTimer(board, probe);
    }
}
