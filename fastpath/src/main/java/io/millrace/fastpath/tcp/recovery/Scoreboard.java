package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.Slab;

/**
 * What was sent and is not acknowledged cumulatively: records, sorted, each a range of sequence numbers that left at
 * one time, together all of [SND.UNA, SND.NXT). A record is one segment or one virtual segment; it is split where only
 * a part of it is selectively acknowledged or sent again.
 * <p>
 * At most {@value #MAX_RECORDS} records a connection: beyond, and where the slab is full, the last record stands for
 * several segments. A record is found in O(log n); runs of selectively acknowledged records are stepped over, so an
 * acknowledgement costs O(log n) and what it newly acknowledges.
 * <p>
 * A flyweight over the block that {@link Tcb#flight} names. Thread: the engine's.
 */
final class Scoreboard extends FlightRecords {
    private final WindowUse use = new WindowUse(this);

    Scoreboard(final Slab slab) {
        super(slab);
    }

    /** Points at what the connection has in flight; writes it down where it was a {@link LoneSegment} so far. */
    Scoreboard wrap(final Tcb tcb) {
        block = tcb.flight();
        if (LoneSegment.isUnwritten(tcb)) {
            write(tcb);
        }
        return this;
    }

    /**
     * The same to ask only: of a {@link LoneSegment} nothing is known but that no byte of it is lost, sacked or sent
     * again, which is also what is said where nothing is in flight.
     */
    Scoreboard look(final Tcb tcb) {
        block = LoneSegment.isUnwritten(tcb) ? 0 : tcb.flight();
        return this;
    }

    private void write(final Tcb tcb) {
        final int lone = (int) tcb.flight();
        clearReserved(tcb);
        if ((lone & LoneSegment.SENT) == 0) {
            // of no episode: everything that is in flight later counts
            recoveryPoint(tcb.sndUna() - 1);
            return;
        }
        // entered as it was when it left
        final int end = tcb.sndNxt();
        tcb.sndNxt(tcb.sndUna());
        append(tcb, end, tcb.lastSendNs());
        tcb.sndNxt(end);
        if ((lone & LoneSegment.EXHAUSTED) != 0) {
            use.onOutputDone(tcb, false, true);
        }
        if ((lone & LoneSegment.PROBE_TIMER) != 0) {
            timer(TIMER_PROBE);
        }
    }

    /**
     * Enters what is sent for the first time: [SND.NXT, end).
     *
     * @return false where there is no memory: then it must not be sent.
     */
    boolean append(final Tcb tcb, final int end, final long nowNs) {
        if (!reserve(tcb)) {
            return false;
        }
        wrap(tcb);
        final int start = tcb.sndNxt();
        if (count() == 0) {
            begin(tcb, nowNs);
        }
        if (!hasRoom() && !makeRoom(tcb)) {
            return extendLast(end, nowNs);
        }
        if (inFlight(tcb) <= 0) {
            firstSentNs(nowNs);
            deliveredNs(nowNs);
        }
        final long record = at(count());
        Memory.putInt(record + SEQ, start);
        Memory.putInt(record + END, end);
        Memory.putInt(record + FLAGS, 0);
        count(count() + 1);
        stampSent(tcb, record, nowNs);
        return true;
    }

    private void begin(final Tcb tcb, final long nowNs) {
        final int start = tcb.sndNxt();
        // where the last episode ended just here: its duplicates still begin no other (RFC 6582 §3.2 step 1)
        final int recoveryPoint = recoveryPoint() == start ? start : start - 1;
        final boolean probed = marked(PROBE_RETRANSMITTED);
        final int probeEnd = probeEnd();
        final long nextSendNs = nextSendNs();
        clear(blockLength());
        lostHint(start);
        waitingHint(start);
        usageEnd(start);
        recoveryPoint(recoveryPoint);
        rtoBaseNs(nowNs);
        firstUnansweredNs(nowNs);
        undoRetransmits(-1);
        nextSendNs(nextSendNs);
        if (probed) {
            // only what acknowledges this flight tells whether the probe repaired a loss (RFC 8985 §7.4.2)
            mark(PROBE_OUT | PROBE_RETRANSMITTED);
            probeEnd(probeEnd);
        }
        // nothing was in flight, so the application was the limit (draft-ietf-ccwg-bbr §4.1.2.4)
        applicationLimited(Math.max(1, tcb.delivered()));
    }

    private boolean extendLast(final int end, final long nowNs) {
        final long last = at(count() - 1);
        if ((flags(last) & ~APPLICATION_LIMITED) != 0) {
            return false;
        }
        Memory.putInt(last + END, end);
        Memory.putLong(last + SENT_NS, nowNs);
        return true;
    }

    /** Index behind the run of selectively acknowledged records that begins at {@code index}. */
    int skipSacked(final int index) {
        final int count = count();
        int next = index;
        while (next < count && has(at(next), SACKED)) {
            next += Math.max(1, Memory.getInt(at(next) + IN_FLIGHT_OR_RUN));
        }
        // who comes this way again takes one step, wherever it enters
        for (int i = index; i < next;) {
            final long run = at(i) + IN_FLIGHT_OR_RUN;
            final int step = Math.max(1, Memory.getInt(run));
            Memory.putInt(run, next - i);
            i += step;
        }
        return next;
    }

    /** SND.UNA has advanced to {@code sequence}: left 2^31 bytes behind it, hints would seem to be ahead. */
    void raiseHints(final int sequence) {
        if (lostHint() - sequence < 0) {
            lostHint(sequence);
        }
        if (againHint() - sequence < 0) {
            againHint(sequence);
        }
        if (waitingHint() - sequence < 0) {
            waitingHint(sequence);
        }
    }

    /** Takes the first record off; its bytes are no longer counted as lost, sacked or out again. */
    void removeFirst(final int mss) {
        uncount(at(0), length(at(0)), mss);
        first(first() + 1);
        count(count() - 1);
    }

    /** Takes off what begins at {@code sequence}, which was entered last. */
    void removeLast(final int sequence) {
        final long last = at(count() - 1);
        if (seq(last) == sequence) {
            count(count() - 1);
        } else {
            Memory.putInt(last + END, sequence);
        }
    }

    /** Takes acknowledged bytes off the front of the first record. */
    void trimFirst(final int sequence, final int mss) {
        final long record = at(0);
        uncount(record, sequence - seq(record), mss);
        Memory.putInt(record + SEQ, sequence);
    }

    private void uncount(final long record, final int bytes, final int mss) {
        final int flags = flags(record);
        if ((flags & LOST) != 0) {
            lostBytes(lostBytes() - bytes);
        } else if ((flags & SACKED) != 0) {
            sackedBytes(sackedBytes() - bytes);
            sackedSegments(Math.max(0, sackedSegments() - segments(bytes, mss)));
        }
        if ((flags & OUT_AGAIN) != 0) {
            retransmittedBytes(retransmittedBytes() - bytes);
        }
    }

    private static int segments(final int bytes, final int mss) {
        return (bytes + mss - 1) / mss;
    }

    /** Selectively acknowledged. */
    void markSacked(final long record, final int mss) {
        final int flags = flags(record);
        final int bytes = length(record);
        uncount(record, bytes, mss);
        flags(record, flags & ~(LOST | OUT_AGAIN) | SACKED);
        Memory.putInt(record + IN_FLIGHT_OR_RUN, 1);
        if (sackedBytes() == 0 || end(record) - highestSacked() > 0) {
            highestSacked(end(record));
        }
        sackedBytes(sackedBytes() + bytes);
        sackedSegments(sackedSegments() + segments(bytes, mss));
    }

    /** What is delivered selectively grows the window now, and not when it is acknowledged cumulatively. */
    void markCounted(final long record) {
        flags(record, flags(record) | COUNTED);
    }

    /** Lost, as far as we know; not for a record that is selectively acknowledged or marked already. */
    void markLost(final long record) {
        final int flags = flags(record);
        final int bytes = length(record);
        if ((flags & OUT_AGAIN) != 0) {
            retransmittedBytes(retransmittedBytes() - bytes);
        }
        flags(record, flags & ~OUT_AGAIN | LOST);
        lostBytes(lostBytes() + bytes);
        lostTotal(lostTotal() + bytes);
        if (seq(record) - lostHint() < 0) {
            lostHint(seq(record));
        }
    }

    /** Not lost after all. */
    void unmarkLost(final long record) {
        flags(record, flags(record) & ~LOST);
        lostBytes(lostBytes() - length(record));
        lowerWaitingHint(record);
    }

    private void lowerWaitingHint(final long record) {
        if (seq(record) - waitingHint() < 0) {
            waitingHint(seq(record));
        }
    }

    /** Sent again. */
    void markRetransmitted(final Tcb tcb, final long record, final long nowNs) {
        final int flags = flags(record);
        final int bytes = length(record);
        if ((flags & LOST) != 0) {
            lostBytes(lostBytes() - bytes);
        }
        noteAgain(record);
        if ((flags & OUT_AGAIN) == 0) {
            retransmittedBytes(retransmittedBytes() + bytes);
        }
        flags(record, flags & ~LOST | RETRANSMITTED | OUT_AGAIN);
        if (inFlight(tcb) - bytes <= 0) {
            firstSentNs(nowNs);
            deliveredNs(nowNs);
        }
        stampSent(tcb, record, nowNs);
    }

    private void noteAgain(final long record) {
        if (retransmittedBytes() == 0) {
            againHint(seq(record));
            againEnd(end(record));
            mark(AGAIN_IN_ORDER);
        } else if (marked(AGAIN_IN_ORDER) && seq(record) - againEnd() >= 0) {
            againEnd(end(record));
        } else {
            unmark(AGAIN_IN_ORDER);
            if (seq(record) - againHint() < 0) {
                againHint(seq(record));
            }
        }
    }

    /** Lowest record that is marked lost; -1 where none is. */
    int firstLost() {
        if (lostBytes() == 0) {
            return -1;
        }
        final int count = count();
        int index = find(lostHint());
        while (index < count) {
            final long record = at(index);
            if (has(record, LOST)) {
                lostHint(seq(record));
                return index;
            }
            index = has(record, SACKED) ? skipSacked(index) : index + 1;
        }
        return -1;
    }

    /** Every selective acknowledgement is forgotten: after a timeout the peer may have dropped what it told of (RFC 2018 §8). */
    void forgetSacked() {
        final int count = count();
        for (int i = 0; i < count; i++) {
            final long record = at(i);
            if (has(record, SACKED)) {
                flags(record, flags(record) & ~(SACKED | COUNTED));
                Memory.putInt(record + IN_FLIGHT_OR_RUN, 0);
                lowerWaitingHint(record);
            }
        }
        sackedBytes(0);
        sackedSegments(0);
    }

    /**
     * Splits the record so that a new one begins at {@code sequence}, strictly inside of it; the record must not be
     * selectively acknowledged.
     *
     * @return false where there is no memory: nothing changed. Addresses of records are stale afterwards.
     */
    boolean split(final Tcb tcb, final int index, final int sequence) {
        if (!hasRoom() && !makeRoom(tcb)) {
            return false;
        }
        final long record = at(index);
        Memory.copy(record, record + RECORD_LENGTH, (long) (count() - index) * RECORD_LENGTH);
        Memory.putInt(record + END, sequence);
        Memory.putInt(record + RECORD_LENGTH + SEQ, sequence);
        count(count() + 1);
        return true;
    }

    /** Moves bytes from the next record to this one, up to {@code most}, where both are lost; false where none could be. */
    boolean fillFromNext(final int index, final int most) {
        final int behind = count() - index - 2;
        if (behind < 0) {
            return false;
        }
        final long record = at(index);
        final long next = record + RECORD_LENGTH;
        if (!has(record, LOST) || !has(next, LOST)) {
            return false;
        }
        final int moved = Math.min(most - length(record), length(next));
        Memory.putInt(record + END, end(record) + moved);
        flags(record, flags(record) | flags(next));
        if (moved == length(next)) {
            Memory.copy(next + RECORD_LENGTH, next, (long) behind * RECORD_LENGTH);
            count(count() - 1);
        } else {
            Memory.putInt(next + SEQ, seq(next) + moved);
        }
        return true;
    }
}
