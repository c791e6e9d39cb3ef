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
    private final EngineCounters counters;

    public LossRecovery(final Slab slab, final EngineCounters counters) {
        this.counters = counters;
        board = new Scoreboard(slab);
        deliveries = new Deliveries(board, sample);
        blocks = new SackBlocks(board, deliveries, sample, counters);
        rack = new Rack(board);
        threshold = new DuplicateThreshold(board, sample);
        prr = new ProportionalRate(board);
        probe = new TailLossProbe(board);
        forwardRto = new ForwardRto(board, deliveries);
        undo = new Undo(board);
    }

    /** The timestamp that a segment of this connection carries at a time: milliseconds and an offset (RFC 7323 §5.4). */
    public static int timestamp(final Tcb tcb, final long ns) {
        return (int) (ns / 1_000_000) + tcb.tsOffset();
    }

    /**
     * Something is about to be sent for the first time: [SND.NXT, end).
     *
     * @return false where there is no memory to remember it: it must not be sent.
     */
    public boolean onSend(final Tcb tcb, final int end, final CongestionControl congestion, final long nowNs) {
        if (tcb.sndNxt() == tcb.sndUna()) {
            congestion.onTransmitStart(tcb, nowNs);
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

    /**
     * An acceptable acknowledgement, new or duplicate; moves SND.UNA.
     *
     * @param newData something that was never sent could be sent now, as far as the peer's window goes.
     * @return what it told; valid until the next call.
     */
    public AckSample onAck(final Tcb tcb, final AckEvent of, final CongestionControl congestion,
            final RecoverySettings settings, final boolean newData) {
        board.wrap(tcb);
        board.tell(tcb, congestion, of.arrivedNs);
        sample.reset(of.arrivedNs);
        final int before = tcb.sndUna();
        if (board.count() == 0) {
            tcb.sndUna(of.ack);
            return sample;
        }
        sample.priorInFlight = Math.max(0, board.inFlight(tcb));
        sample.congestionEchoed = of.congestionEchoed;
        deliveries.begin(tcb, of.hasEcho, of.echo);
        blocks.apply(tcb, of);
        final boolean advanced = Seq.gt(of.ack, before);
        if (advanced) {
            advance(tcb, of.ack);
            board.firstUnansweredNs(of.arrivedNs);
            board.rtoBaseNs(of.arrivedNs);
        }
        measure(tcb, of, settings, advanced);
        deliveries.finish(tcb);
        recover(tcb, of, congestion, settings, advanced, newData);
        tellCongestionControl(tcb, congestion, advanced);
        return sample;
    }

    /** The cumulative acknowledgement: takes off what it covers. */
    private void advance(final Tcb tcb, final int ack) {
        final int acked = ack - tcb.sndUna();
        final int mss = tcb.sndMss();
        while (board.count() > 0) {
            final long record = board.at(0);
            final boolean whole = Seq.le(board.end(record), ack);
            final int bytes = whole ? board.length(record) : ack - board.seq(record);
            if (bytes <= 0) {
                break;
            }
            if (!board.has(record, Scoreboard.SACKED)) {
                deliveries.onDelivered(tcb, record, bytes, false);
                sample.ackedBytes += bytes;
            }
            if (whole) {
                board.removeFirst(mss);
            } else {
                board.trimFirst(ack, mss);
                break;
            }
        }
        tcb.sndUna(ack);
        if (Seq.lt(board.lostHint(), ack)) {
            board.lostHint(ack);
        }
        if (!tcb.has(Tcb.SACK)) {
            threshold.onAdvance(tcb, acked);
        }
        rack.endRound(tcb);
    }

    /** RFC 6298 §3 and Karn; with timestamps also of what was sent twice (RFC 7323 §4.1). */
    private void measure(final Tcb tcb, final AckEvent of, final RecoverySettings settings,
            final boolean advanced) {
        long rttNs = deliveries.rttForTimeout();
        if (rttNs < 0 && advanced && of.hasEcho && of.echo != 0) {
            final int ms = timestamp(tcb, of.arrivedNs) - of.echo;
            rttNs = ms >= 0 && ms < 1 << 20 ? Math.max(1, ms) * 1_000_000L : -1;
        }
        if (rttNs >= 0) {
            RoundTripTime.measured(tcb, rttNs, settings);
        }
    }

    private void recover(final Tcb tcb, final AckEvent of, final CongestionControl congestion,
            final RecoverySettings settings, final boolean advanced, final boolean newData) {
        if (blocks.hasDuplicate()) {
            rack.onDuplicate(tcb);
            undo.onDuplicate(tcb, blocks.duplicateLeft(), blocks.duplicateRight());
        }
        if (undo.isSpurious(of, advanced)) {
            undo(tcb, congestion);
        }
        if (board.state() == FlightState.LOSS
                && forwardRto.onAck(tcb, advanced, newData) == ForwardRto.Verdict.SPURIOUS) {
            undo(tcb, congestion);
        }
        endEpisode(tcb, congestion);
        if (board.count() > 0 && findLosses(tcb, of, settings, advanced)
                && board.state() <= FlightState.REDUCED) {
            enterRecovery(tcb, congestion);
        }
        if (probe.onAck(tcb, of, blocks) == TailLossProbe.Verdict.REPAIRED && board.state() == FlightState.OPEN) {
            reduce(tcb, congestion, false);
        }
        if (of.congestionEchoed && board.state() == FlightState.OPEN) {
            reduce(tcb, congestion, true);
        }
    }

    private void undo(final Tcb tcb, final CongestionControl congestion) {
        counters.increment(Counter.TCP_SPURIOUS_RECOVERIES);
        undo.undo(tcb, congestion, sample.nowNs);
    }

    /** Everything of before the episode is acknowledged. */
    private void endEpisode(final Tcb tcb, final CongestionControl congestion) {
        if (Seq.lt(tcb.sndUna(), board.recoveryPoint())) {
            return;
        }
        final int state = board.state();
        if (state == FlightState.RECOVERY && undo.isNothingSentAgain()) {
            // what was taken for lost arrived before it could be sent again
            undo(tcb, congestion);
        } else if (state == FlightState.RECOVERY) {
            tcb.clear(Tcb.RECOVERY);
            if (!congestion.ownsWindow()) {
                tcb.cwnd(Math.max(tcb.sndMss(), tcb.ssthresh()));
            }
            congestion.onRecovered(tcb, sample.nowNs);
            Rack.onRecovered(tcb);
        }
        if (state == FlightState.LOSS) {
            board.unmark(FlightState.FORWARD_RTO | FlightState.NEW_DATA_FIRST);
            Rack.onRecovered(tcb);
        }
        board.state(FlightState.OPEN);
        if (Seq.gt(tcb.sndUna() - 1, board.recoveryPoint())) {
            // left 2^31 bytes behind it would seem to be ahead
            board.recoveryPoint(tcb.sndUna() - 1);
        }
    }

    /** Marks what is lost now; true where that calls for recovery. */
    private boolean findLosses(final Tcb tcb, final AckEvent of, final RecoverySettings settings,
            final boolean advanced) {
        int lost = 0;
        boolean begin = false;
        if (!tcb.has(Tcb.SACK)) {
            begin = of.duplicate && threshold.onDuplicate(tcb);
            final boolean partial = advanced && board.state() == FlightState.RECOVERY;
            lost = begin && board.state() <= FlightState.REDUCED || partial ? threshold.markHead(tcb) : 0;
        } else if (settings.rack()) {
            lost = rack.detect(tcb, sample.nowNs);
            begin = lost > 0;
        } else {
            lost = threshold.detectBySack(tcb);
            begin = lost > 0;
        }
        sample.lostBytes += lost;
        return begin;
    }

    private void enterRecovery(final Tcb tcb, final CongestionControl congestion) {
        counters.increment(Counter.TCP_FAST_RECOVERIES);
        final boolean fresh = board.state() == FlightState.OPEN;
        undo.begin(tcb, true, sample.nowNs);
        board.recoveryPoint(tcb.sndNxt());
        board.state(FlightState.RECOVERY);
        probe.forget();
        if (fresh) {
            congestion.onLoss(tcb, flightSize(tcb), sample.nowNs);
            tcb.set(tcb.has(Tcb.ECN) ? Tcb.RECOVERY | Tcb.CWR_OWED : Tcb.RECOVERY);
        } else {
            tcb.set(Tcb.RECOVERY);
        }
        prr.begin(tcb, sample);
    }

    /**
     * RFC 5681 FlightSize, as far as the window goes: what limited transmit sent does not count (§3.2 step 2), and what a
     * burst of acknowledgements took out of flight before output could fill up again does (RFC 9438 §4.6).
     */
    private int flightSize(final Tcb tcb) {
        return Math.min(Math.max(tcb.sndNxt() - tcb.sndUna(), board.maxFlight()), Math.max(tcb.cwnd(), tcb.sndMss()));
    }

    /** The window shrinks without a recovery: ECE (RFC 3168 §6.1.2), or a loss that a probe repaired (RFC 8985 §7.4). */
    private void reduce(final Tcb tcb, final CongestionControl congestion, final boolean echoed) {
        // the acknowledgement may have emptied the flight
        final int flight = Math.max(flightSize(tcb), Math.min(sample.priorInFlight, tcb.cwnd()));
        if (echoed) {
            congestion.onCongestionEchoed(tcb, flight, sample.nowNs);
            counters.increment(Counter.TCP_ECN_REDUCTIONS);
        } else {
            congestion.onLoss(tcb, flight, sample.nowNs);
        }
        if (!congestion.ownsWindow()) {
            tcb.cwnd(Math.max(tcb.sndMss(), Math.min(tcb.cwnd(), tcb.ssthresh())));
        }
        if (tcb.has(Tcb.ECN)) {
            tcb.set(Tcb.CWR_OWED);
        }
        board.state(FlightState.REDUCED);
        board.recoveryPoint(tcb.sndNxt());
    }

    private void tellCongestionControl(final Tcb tcb, final CongestionControl congestion, final boolean advanced) {
        sample.inFlight = Math.max(0, board.inFlight(tcb));
        final int state = board.state();
        if (state == FlightState.LOSS) {
            // what is sent again is acknowledged selectively first
            sample.ackedBytes += sample.sackedBytes;
        }
        sample.windowLimited = state != FlightState.REDUCED && isWindowLimited(tcb);
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

    /** As Linux: in slow start half of the window must have been used, later all of it. */
    private boolean isWindowLimited(final Tcb tcb) {
        if (tcb.cwnd() < tcb.ssthresh()) {
            return tcb.cwnd() < 2L * board.maxFlight();
        }
        return board.marked(FlightState.WINDOW_LIMITED);
    }

    /** Output has sent what it could. @param blocked only the congestion window held more back. */
    public void onOutputDone(final Tcb tcb, final boolean blocked, final boolean exhausted) {
        board.wrap(tcb);
        if (board.count() == 0) {
            return;
        }
        board.unmark(FlightState.NEW_DATA_FIRST);
        final int flight = board.inFlight(tcb);
        if (Seq.ge(tcb.sndUna(), board.usageEnd()) || blocked
                || !board.marked(FlightState.WINDOW_LIMITED) && flight > board.maxFlight()) {
            board.maxFlight(flight);
            board.usageEnd(tcb.sndNxt());
            board.unmark(FlightState.WINDOW_LIMITED);
            if (blocked) {
                board.mark(FlightState.WINDOW_LIMITED);
            }
        }
        if (exhausted && board.lostBytes() == 0 && flight < tcb.cwnd()) {
            board.applicationLimited(Math.max(1, tcb.delivered() + Math.max(0, flight)));
        }
    }

    /** The retransmission timer expired. @param first for the first time for this data. */
    public void onTimeout(final Tcb tcb, final CongestionControl congestion, final RecoverySettings settings,
            final boolean first, final long nowNs) {
        board.wrap(tcb);
        board.tell(tcb, congestion, nowNs);
        if (board.count() == 0) {
            return;
        }
        final int state = board.state();
        final boolean fresh = state <= FlightState.REDUCED;
        if (tcb.has(Tcb.SACK) && board.has(board.at(0), Scoreboard.SACKED)) {
            // RFC 2018 §8: the peer has dropped what it told of
            counters.increment(Counter.TCP_SACK_RENEGED);
            board.forgetSacked();
        } else if (!tcb.has(Tcb.SACK)) {
            board.sackedBytes(0);
        }
        board.dupAcks(0);
        probe.forget();
        final int flight = flightSize(tcb);
        if (fresh || state == FlightState.RECOVERY) {
            undo.begin(tcb, fresh, nowNs);
        }
        rack.detectAfterTimeout(tcb, settings.rack() && tcb.has(Tcb.SACK), nowNs);
        if (fresh) {
            congestion.onTimeout(tcb, flight, nowNs);
        }
        if (!congestion.ownsWindow()) {
            tcb.cwnd(tcb.sndMss());
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

    /** The reordering timer expired (RFC 8985 §6.2 step 5); true where something is lost. */
    public boolean onReorderingTimer(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        board.wrap(tcb);
        board.tell(tcb, congestion, nowNs);
        sample.reset(nowNs);
        if (board.count() == 0) {
            return false;
        }
        sample.priorInFlight = Math.max(0, board.inFlight(tcb));
        sample.lostBytes = rack.detect(tcb, nowNs);
        if (sample.lostBytes == 0) {
            return false;
        }
        if (board.state() <= FlightState.REDUCED) {
            enterRecovery(tcb, congestion);
        }
        tellCongestionControl(tcb, congestion, false);
        return true;
    }

    /** The path takes no segments as large as those outstanding: all of them are lost, without congestion (RFC 1191). */
    public void onSegmentsTooLarge(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        board.wrap(tcb);
        board.tell(tcb, congestion, nowNs);
        for (int i = 0; i < board.count(); i++) {
            if (!board.has(board.at(i), Scoreboard.SACKED | Scoreboard.LOST)) {
                board.markLost(board.at(i));
            }
        }
    }

    /** The connection is over: gives memory back. */
    public void release(final Tcb tcb) {
        board.release(tcb);
    }

    /** Bytes in the network as far as we know. */
    public int inFlight(final Tcb tcb) {
        return Math.max(0, board.wrap(tcb).inFlight(tcb));
    }

    /** Bytes selectively acknowledged and outstanding. */
    public int sackedBytes(final Tcb tcb) {
        return board.wrap(tcb).sackedBytes();
    }

    /** Bytes marked lost and not sent again yet. */
    public int lostBytes(final Tcb tcb) {
        return board.wrap(tcb).lostBytes();
    }

    /** Bytes sent again and not acknowledged yet. */
    public int retransmittedBytes(final Tcb tcb) {
        return board.wrap(tcb).retransmittedBytes();
    }

    /** The last delivery rate was limited by the application (draft-ietf-ccwg-bbr §4.1.1.2). */
    public boolean isRateApplicationLimited(final Tcb tcb) {
        return board.wrap(tcb).count() > 0 && board.applicationLimited() != 0;
    }

    /** Pacing holds the next segment back. */
    public boolean isWaitingToPace(final Tcb tcb, final long nowNs) {
        return board.wrap(tcb).nextSendNs() > nowNs;
    }

    /** Since when nothing new was acknowledged; only where something is in flight. */
    public long unansweredSinceNs(final Tcb tcb) {
        return board.wrap(tcb).count() == 0 ? tcb.lastSendNs() : board.firstUnansweredNs();
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
