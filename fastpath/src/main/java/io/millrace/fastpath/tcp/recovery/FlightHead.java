package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.memory.Memory;

/**
 * The block itself, and where loss recovery stands: the state, what the timer is armed for, and marks. Where something is
 * asked of a connection that has nothing in flight, the answer is that of an empty flight. Thread: the engine's.
 */
abstract class FlightHead {
    /** Bytes of the head. */
    static final int HEAD_LENGTH = FlightLayout.HEAD_LENGTH;

    /** Nothing is known to be lost, nothing has arrived out of order. */
    static final int OPEN = 0;
    /** ECN told of congestion; the window is not reduced again until the recovery point (RFC 3168 §6.1.2). */
    static final int REDUCED = 1;
    /** Fast recovery (RFC 6675, RFC 8985). */
    static final int RECOVERY = 2;
    /** Recovery after the retransmission timer (RFC 6298, RFC 5681 §3.1). */
    static final int LOSS = 3;

    /** The timer is that of RFC 6298. */
    static final int TIMER_RTO = 0;
    /** The timer sends a tail loss probe (RFC 8985 §7). */
    static final int TIMER_PROBE = 1;
    /** The timer looks for losses once the reordering window is over (RFC 8985 §6.2 step 5). */
    static final int TIMER_REORDERING = 2;

    /** Mark: a tail loss probe is out and not answered. */
    static final int PROBE_OUT = 1;
    /** Mark: that probe was data sent before. */
    static final int PROBE_RETRANSMITTED = 1 << 1;
    /** Mark: F-RTO looks whether the timeout was spurious (RFC 5682). */
    static final int FORWARD_RTO = 1 << 2;
    /** Mark: F-RTO wants new data to be sent before anything is retransmitted (RFC 5682 §2.1 step 2b). */
    static final int NEW_DATA_FIRST = 1 << 3;
    /** Mark: something was blocked by the congestion window when output last ended (RFC 7661). */
    static final int WINDOW_LIMITED = 1 << 4;
    /** Mark: the timestamp of the first retransmission of this episode is in {@link FlightEpisode#retransmitStamp}. */
    static final int STAMPED = 1 << 5;
    /** Mark: the reordering window grew in the present round already (RFC 8985 §6.2 step 4). */
    static final int REORDERING_ROUND = 1 << 6;

    /** Mark: what the episode changed can still be undone. */
    static final int UNDOABLE = 1 << 7;

    /** Mark: what is {@link Scoreboard#OUT_AGAIN} left in the order of its sequence numbers. */
    static final int AGAIN_IN_ORDER = 1 << 8;

    /** A time before all others; 0 is a time as any other is. */
    static final long NEVER = Long.MIN_VALUE;
    /** A time after all others. */
    static final long FOREVER = Long.MAX_VALUE;

    /** Address of the block; 0: nothing is in flight. */
    long block;

    final int intAt(final int offset) {
        return Memory.getInt(block + offset);
    }

    final void intAt(final int offset, final int value) {
        Memory.putInt(block + offset, value);
    }

    final long longAt(final int offset) {
        return Memory.getLong(block + offset);
    }

    final void longAt(final int offset, final long value) {
        Memory.putLong(block + offset, value);
    }

    /** Bytes of the block. */
    final int blockLength() {
        return intAt(FlightLayout.BLOCK_LENGTH);
    }

    final void blockLength(final int value) {
        intAt(FlightLayout.BLOCK_LENGTH, value);
    }

    /** Place of the first record. */
    final int first() {
        return intAt(FlightLayout.FIRST);
    }

    final void first(final int value) {
        intAt(FlightLayout.FIRST, value);
    }

    /** Records there are. */
    final int count() {
        return block == 0 ? 0 : intAt(FlightLayout.COUNT);
    }

    final void count(final int value) {
        intAt(FlightLayout.COUNT, value);
    }

    /**
     * {@link #OPEN}, {@link #REDUCED}, {@link #RECOVERY} or {@link #LOSS}. Not asked of {@link #count}: the
     * acknowledgement that empties the flight ends the episode too.
     */
    final int state() {
        return block == 0 ? OPEN : Memory.getByte(block + FlightLayout.STATE);
    }

    final void state(final int value) {
        Memory.putByte(block + FlightLayout.STATE, value);
    }

    /** What the timer is armed for. */
    final int timer() {
        return count() == 0 ? TIMER_RTO : Memory.getByte(block + FlightLayout.TIMER);
    }

    final void timer(final int value) {
        Memory.putByte(block + FlightLayout.TIMER, value);
    }

    final boolean marked(final int mark) {
        return block != 0 && (Memory.getUnsignedShort(block + FlightLayout.MARKS) & mark) != 0;
    }

    final void mark(final int mark) {
        Memory.putShort(block + FlightLayout.MARKS, Memory.getUnsignedShort(block + FlightLayout.MARKS) | mark);
    }

    final void unmark(final int mark) {
        Memory.putShort(block + FlightLayout.MARKS, Memory.getUnsignedShort(block + FlightLayout.MARKS) & ~mark);
    }
}
