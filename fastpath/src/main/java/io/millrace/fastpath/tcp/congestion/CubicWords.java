package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;

/**
 * Where CUBIC and HyStart++ keep what in the ten words of the TCB:
 * <ul>
 * <li>0: flags; in its upper half, when the window was last full ({@link Window#stamp});
 * <li>1: W_max; 2: cwnd_prior; 3, 4, 5: W_max, cwnd_prior and W_est as they were before the last congestion event;
 * <li>6 to 9, while {@link #EPOCH} is set: the time of the plateau, W_est, the fractions of W_est and of cwnd;
 * <li>6, after a timeout: SND.MAX then;
 * <li>6 to 9 in the initial slow start: windowEnd, and the smallest round trips of {@link HyStart} in microseconds.
 * </ul>
 * Windows are bytes.
 */
final class CubicWords {
    /** A congestion avoidance stage has begun. */
    static final int EPOCH = 1 << 8;
    /** The time of the plateau is relative to now: the application does not fill the window (RFC 9438 §4.2). */
    static final int FROZEN = 1 << 9;
    /** What was sent before the timeout is not acknowledged yet. */
    static final int AFTER_TIMEOUT = 1 << 10;
    /** The next stage is the first after a timeout (RFC 9438 §4.8). */
    static final int TIMED_OUT = 1 << 11;
    /** HyStart++ measures a round. */
    static final int ROUND = 1 << 12;
    /** Conservative slow start. */
    static final int CONSERVATIVE = 1 << 13;

    static final int W_MAX = 1;
    static final int CWND_PRIOR = 2;
    static final int UNDO_W_MAX = 3;
    static final int UNDO_CWND_PRIOR = 4;
    static final int UNDO_W_EST = 5;
    static final int TIMEOUT_END = 6;
    static final int W_EST = 8;
    static final int FRACTIONS = 9;
    static final int WINDOW_END = 6;
    static final int LAST_MIN_RTT = 7;
    static final int CURRENT_MIN_RTT = 8;
    static final int BASELINE_MIN_RTT = 9;

    private static final int FLAGS = 0;
    private static final int PLATEAU_LOW = 6;
    private static final int PLATEAU_HIGH = 7;
    private static final int SAMPLES_MASK = 0xF;
    private static final int ROUNDS_SHIFT = 4;
    private static final int ROUNDS_MASK = 0xF0;
    private static final int STAMP_SHIFT = 16;
    private static final int STAMP_MASK = 0xFFFF_0000;

    private CubicWords() {}

    static void clearAll(final Tcb tcb) {
        for (int i = 0; i < Tcb.CC_WORDS; i++) {
            tcb.cc(i, 0);
        }
    }

    static boolean has(final Tcb tcb, final int flag) {
        return (tcb.cc(FLAGS) & flag) != 0;
    }

    static void set(final Tcb tcb, final int flags) {
        tcb.cc(FLAGS, tcb.cc(FLAGS) | flags);
    }

    static void clear(final Tcb tcb, final int flags) {
        tcb.cc(FLAGS, tcb.cc(FLAGS) & ~flags);
    }

    private static void put(final Tcb tcb, final int mask, final int value) {
        tcb.cc(FLAGS, tcb.cc(FLAGS) & ~mask | value & mask);
    }

    /** RTT samples of this round, up to 15. */
    static int samples(final Tcb tcb) {
        return tcb.cc(FLAGS) & SAMPLES_MASK;
    }

    static void samples(final Tcb tcb, final int value) {
        put(tcb, SAMPLES_MASK, Math.min(value, SAMPLES_MASK));
    }

    /** Rounds of conservative slow start, the one it began in included, up to 15. */
    static int conservativeRounds(final Tcb tcb) {
        return (tcb.cc(FLAGS) & ROUNDS_MASK) >>> ROUNDS_SHIFT;
    }

    static void conservativeRounds(final Tcb tcb, final int value) {
        put(tcb, ROUNDS_MASK, value << ROUNDS_SHIFT);
    }

    static void windowFull(final Tcb tcb, final long nowNs) {
        put(tcb, STAMP_MASK, Window.stamp(nowNs) << STAMP_SHIFT);
    }

    /** How long the window was not full, in units of {@link Window#stamp}; wraps after 19 hours. */
    static int notFullFor(final Tcb tcb, final long nowNs) {
        return Window.stamp(nowNs) - (tcb.cc(FLAGS) >>> STAMP_SHIFT) & 0xFFFF;
    }

    /** When the curve is at W_max: t_epoch + K of RFC 9438. */
    static long plateauNs(final Tcb tcb) {
        return (long) tcb.cc(PLATEAU_HIGH) << Integer.SIZE | Integer.toUnsignedLong(tcb.cc(PLATEAU_LOW));
    }

    static void plateauNs(final Tcb tcb, final long value) {
        tcb.cc(PLATEAU_LOW, (int) value);
        tcb.cc(PLATEAU_HIGH, (int) (value >>> Integer.SIZE));
    }
}
