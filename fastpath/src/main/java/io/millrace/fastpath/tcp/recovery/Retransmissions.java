package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Tcb;

/**
 * What is to be sent again next, one at a time: {@link #next} chooses, {@link #sequence} and {@link #length} say what,
 * {@link #onSent} books it. Thread: the engine's.
 */
public final class Retransmissions {
    private static final long PACING_CREDIT_NS = 1_000_000L;

    private final Scoreboard board;
    private final ProportionalRate prr;
    private final Undo undo;
    private final TailLossProbe probe;
    private final EngineCounters counters;
    private int index;

    Retransmissions(final Scoreboard board, final ProportionalRate prr, final Undo undo, final TailLossProbe probe,
            final EngineCounters counters) {
        this.board = board;
        this.prr = prr;
        this.undo = undo;
        this.probe = probe;
        this.counters = counters;
    }

    /** Chooses the first that is lost; false where none is, or where F-RTO wants new data first. */
    public boolean next(final Tcb tcb) {
        board.look(tcb);
        if (board.lostBytes() == 0 || board.marked(FlightState.NEW_DATA_FIRST)) {
            return false;
        }
        index = board.firstLost();
        return index >= 0;
    }

    /** Chooses the head, lost or not; false where nothing is outstanding. */
    public boolean head(final Tcb tcb) {
        index = 0;
        return board.wrap(tcb).count() > 0;
    }

    /**
     * Chooses the last segment: the tail loss probe (RFC 8985 §7.3); false where nothing is outstanding. Where there is
     * no memory to cut it off, it is the first of what was sent with it that {@link #fit} gives.
     */
    public boolean last(final Tcb tcb, final int mss) {
        board.wrap(tcb);
        index = board.count() - 1;
        if (index < 0) {
            return false;
        }
        final long record = board.at(index);
        final int length = board.length(record);
        if (length > mss && !board.has(record, Scoreboard.SACKED)
                && board.split(tcb, index, board.end(record) - lastSegment(length, mss))) {
            index++;
        }
        return true;
    }

    private static int lastSegment(final int length, final int mss) {
        final int rest = length % mss;
        return rest == 0 ? mss : rest;
    }

    /** First sequence number of what was chosen. */
    public int sequence() {
        return board.seq(board.at(index));
    }

    /** Sequence numbers of what was chosen, a FIN included. */
    public int length() {
        return board.length(board.at(index));
    }

    /**
     * Makes what was chosen at most {@code most} bytes long, and where it is smaller than {@code mss} fills it up with
     * what is lost behind it (RFC 9293 §3.8.1: what is sent again need not have the old boundaries).
     *
     * @return what is to be sent now; less than {@link #length} where there was no memory to cut.
     */
    public int fit(final Tcb tcb, final int most, final int mss) {
        if (length() > most && !board.split(tcb, index, sequence() + most)) {
            return most;
        }
        while (length() < Math.min(mss, most) && board.fillFromNext(index, Math.min(mss, most))) {
            // one more
        }
        return length();
    }

    /** What was chosen was sent. */
    public void onSent(final Tcb tcb, final long nowNs) {
        final long record = board.at(index);
        final int bytes = board.length(record);
        if (!board.has(record, Scoreboard.SACKED)) {
            undo.onRetransmitted(tcb, bytes, nowNs);
            board.markRetransmitted(tcb, record, nowNs);
        }
        if (board.state() == FlightState.RECOVERY) {
            prr.onSent(bytes);
        }
        if (index == 0) {
            // its answer takes another round trip: else the RTO of the first time comes before it
            board.rtoBaseNs(nowNs);
        }
        final int segments = (bytes + tcb.sndMss() - 1) / tcb.sndMss();
        tcb.totalRetransmits(tcb.totalRetransmits() + segments);
        counters.add(Counter.TCP_RETRANSMITS, segments);
    }

    /** The probe was sent: with new data, or, {@code again}, with what was chosen. */
    public void onProbeSent(final Tcb tcb, final boolean again, final long nowNs) {
        board.wrap(tcb);
        counters.increment(Counter.TCP_LOSS_PROBES);
        probe.onSent(tcb, again);
        board.rtoBaseNs(nowNs);
    }

    /** Pacing: when the next segment may leave; may be past. */
    public long nextSendNs(final Tcb tcb) {
        return board.look(tcb).nextSendNs();
    }

    /**
     * Pacing: so many bytes left at a rate in bytes a second, at least 1. What a timer was late by, up to a millisecond,
     * is made good.
     */
    public void onPaced(final Tcb tcb, final int bytes, final long rate, final long nowNs) {
        board.wrap(tcb);
        final long last = board.nextSendNs();
        final long from = last == FlightState.NEVER ? nowNs : Math.max(nowNs - PACING_CREDIT_NS, last);
        board.nextSendNs(from + Math.round(bytes * 1e9 / rate));
    }
}
