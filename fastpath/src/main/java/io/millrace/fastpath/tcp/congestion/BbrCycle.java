package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.memory.Memory;

/**
 * The second part of BBR's block, behind {@link BbrPath}: the state machine (draft-ietf-ccwg-bbr-06 §2.7, §2.13 to
 * §2.16).
 */
final class BbrCycle {
    static final int NONE = 0;
    static final int STARTUP = 1;
    static final int DRAIN = 2;
    static final int DOWN = 3;
    static final int CRUISE = 4;
    static final int REFILL = 5;
    static final int UP = 6;
    static final int PROBE_RTT = 7;

    static final int ACKS_INIT = 0;
    static final int ACKS_REFILLING = 1;
    static final int ACKS_PROBE_STARTING = 2;
    static final int ACKS_PROBE_FEEDBACK = 3;
    static final int ACKS_PROBE_STOPPING = 4;

    static final int ROUND_START = 1;
    static final int LOSS_ROUND_START = 1 << 1;
    static final int LOSS_IN_ROUND = 1 << 2;
    static final int FULL_BW_REACHED = 1 << 3;
    static final int FULL_BW_NOW = 1 << 4;
    static final int PROBE_SAMPLE = 1 << 5;
    static final int PROBE_TOO_HIGH = 1 << 6;
    static final int PROBE_PRECAUTIONARY = 1 << 7;
    static final int IDLE_RESTART = 1 << 8;
    static final int PROBE_RTT_EXPIRED = 1 << 9;
    /** What is in flight has been low since {@link #probeRttDoneStamp} less 200 ms. */
    static final int PROBE_RTT_HELD = 1 << 10;
    static final int PROBE_RTT_ROUND_DONE = 1 << 11;
    /** The pacing rate rests on a round trip that was measured. */
    static final int RTT_SEEN = 1 << 12;
    /** In loss recovery, by fast retransmit or timeout. */
    static final int RECOVERING = 1 << 13;
    static final int TIMED_OUT = 1 << 14;

    private static final int FULL_BW = 168;
    private static final int CYCLE_STAMP = 176;
    private static final int PROBE_WAIT_NS = 184;
    private static final int PROBE_RTT_DONE_STAMP = 192;
    private static final int FLAGS = 200;
    private static final int PROBE_UP_ACKED_PER_INCREASE = 204;
    private static final int PROBE_UP_ACKED = 208;
    private static final int ROUNDS_SINCE_PROBE = 212;
    private static final int DRAIN_START_ROUND = 216;
    private static final int CYCLES = 220;
    private static final int PRIOR_CWND = 224;
    private static final int INITIAL_CWND = 228;
    private static final int RECOVERY_END = 232;
    private static final int STATE = 236;
    private static final int UNDO_STATE = 237;
    private static final int ACK_PHASE = 238;
    private static final int FULL_BW_COUNT = 239;
    private static final int PROBE_UP_ROUNDS = 240;
    private static final int LOSS_EVENTS = 241;

    private BbrCycle() {}

    /** BBR.full_bw: the delivery rate that has to be exceeded by a quarter. */
    static long fullBw(final long bbr) {
        return Memory.getLong(bbr + FULL_BW);
    }

    static void fullBw(final long bbr, final long value) {
        Memory.putLong(bbr + FULL_BW, value);
    }

    /** BBR.cycle_stamp: when this ProbeBW cycle began. */
    static long cycleStamp(final long bbr) {
        return Memory.getLong(bbr + CYCLE_STAMP);
    }

    static void cycleStamp(final long bbr, final long value) {
        Memory.putLong(bbr + CYCLE_STAMP, value);
    }

    /** BBR.bw_probe_wait: how long it lasts at most. */
    static long probeWaitNs(final long bbr) {
        return Memory.getLong(bbr + PROBE_WAIT_NS);
    }

    static void probeWaitNs(final long bbr, final long value) {
        Memory.putLong(bbr + PROBE_WAIT_NS, value);
    }

    /** When ProbeRTT has lasted long enough; only while {@link #PROBE_RTT_HELD}. */
    static long probeRttDoneStamp(final long bbr) {
        return Memory.getLong(bbr + PROBE_RTT_DONE_STAMP);
    }

    static void probeRttDoneStamp(final long bbr, final long value) {
        Memory.putLong(bbr + PROBE_RTT_DONE_STAMP, value);
    }

    /** The booleans below. */
    static int flags(final long bbr) {
        return Memory.getInt(bbr + FLAGS);
    }

    static void flags(final long bbr, final int value) {
        Memory.putInt(bbr + FLAGS, value);
    }

    /** BBR.probe_up_acked_per_inc; {@link BbrPath#NO_BOUND}: does not grow. */
    static int probeUpAckedPerIncrease(final long bbr) {
        return Memory.getInt(bbr + PROBE_UP_ACKED_PER_INCREASE);
    }

    static void probeUpAckedPerIncrease(final long bbr, final int value) {
        Memory.putInt(bbr + PROBE_UP_ACKED_PER_INCREASE, value);
    }

    /** BBR.bw_probe_up_acked. */
    static int probeUpAcked(final long bbr) {
        return Memory.getInt(bbr + PROBE_UP_ACKED);
    }

    static void probeUpAcked(final long bbr, final int value) {
        Memory.putInt(bbr + PROBE_UP_ACKED, value);
    }

    /** BBR.rounds_since_probe_up. */
    static int roundsSinceProbe(final long bbr) {
        return Memory.getInt(bbr + ROUNDS_SINCE_PROBE);
    }

    static void roundsSinceProbe(final long bbr, final int value) {
        Memory.putInt(bbr + ROUNDS_SINCE_PROBE, value);
    }

    /** BBR.drain_start_round. */
    static int drainStartRound(final long bbr) {
        return Memory.getInt(bbr + DRAIN_START_ROUND);
    }

    static void drainStartRound(final long bbr, final int value) {
        Memory.putInt(bbr + DRAIN_START_ROUND, value);
    }

    /** ProbeBW cycles so far: what the waiting times are derived from. */
    static int cycles(final long bbr) {
        return Memory.getInt(bbr + CYCLES);
    }

    static void cycles(final long bbr, final int value) {
        Memory.putInt(bbr + CYCLES, value);
    }

    /** BBR.prior_cwnd: the window before recovery or ProbeRTT. */
    static int priorCwnd(final long bbr) {
        return Memory.getInt(bbr + PRIOR_CWND);
    }

    static void priorCwnd(final long bbr, final int value) {
        Memory.putInt(bbr + PRIOR_CWND, value);
    }

    /** C.InitialCwnd. */
    static int initialCwnd(final long bbr) {
        return Memory.getInt(bbr + INITIAL_CWND);
    }

    static void initialCwnd(final long bbr, final int value) {
        Memory.putInt(bbr + INITIAL_CWND, value);
    }

    /** SND.MAX at the last timeout; only while {@link #TIMED_OUT}. */
    static int recoveryEnd(final long bbr) {
        return Memory.getInt(bbr + RECOVERY_END);
    }

    static void recoveryEnd(final long bbr, final int value) {
        Memory.putInt(bbr + RECOVERY_END, value);
    }

    /** BBR.state. */
    static int state(final long bbr) {
        return Memory.getByte(bbr + STATE);
    }

    static void state(final long bbr, final int value) {
        Memory.putByte(bbr + STATE, value);
    }

    /** BBR.undo_state; {@link #NONE}: stays. */
    static int undoState(final long bbr) {
        return Memory.getByte(bbr + UNDO_STATE);
    }

    static void undoState(final long bbr, final int value) {
        Memory.putByte(bbr + UNDO_STATE, value);
    }

    /** BBR.ack_phase. */
    static int ackPhase(final long bbr) {
        return Memory.getByte(bbr + ACK_PHASE);
    }

    static void ackPhase(final long bbr, final int value) {
        Memory.putByte(bbr + ACK_PHASE, value);
    }

    /** BBR.full_bw_count. */
    static int fullBwCount(final long bbr) {
        return Memory.getByte(bbr + FULL_BW_COUNT);
    }

    static void fullBwCount(final long bbr, final int value) {
        Memory.putByte(bbr + FULL_BW_COUNT, value);
    }

    /** BBR.bw_probe_up_rounds. */
    static int probeUpRounds(final long bbr) {
        return Memory.getByte(bbr + PROBE_UP_ROUNDS);
    }

    static void probeUpRounds(final long bbr, final int value) {
        Memory.putByte(bbr + PROBE_UP_ROUNDS, value);
    }

    /** Acknowledgements of this round trip that told of losses, at most 15. */
    static int lossEvents(final long bbr) {
        return Memory.getByte(bbr + LOSS_EVENTS);
    }

    static void lossEvents(final long bbr, final int value) {
        Memory.putByte(bbr + LOSS_EVENTS, value);
    }

    static boolean has(final long bbr, final int flag) {
        return (flags(bbr) & flag) != 0;
    }

    static void set(final long bbr, final int flag) {
        flags(bbr, flags(bbr) | flag);
    }

    static void clear(final long bbr, final int flag) {
        flags(bbr, flags(bbr) & ~flag);
    }

    static void put(final long bbr, final int flag, final boolean value) {
        flags(bbr, value ? flags(bbr) | flag : flags(bbr) & ~flag);
    }

    /** True in the four states of ProbeBW. */
    static boolean isProbeBw(final long bbr) {
        final int state = state(bbr);
        return state >= DOWN && state <= UP;
    }

    /** IsProbingBW: true where more is sent than the path was seen to deliver. */
    static boolean isAccelerating(final long bbr) {
        final int state = state(bbr);
        return state == STARTUP || state == REFILL || state == UP;
    }
}
