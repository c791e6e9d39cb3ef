package io.millrace.fastpath.tcp;

/** The eleven states of RFC 9293 §3.3.2. The ordinal is what the TCB stores. */
public enum TcpState {
    /** No connection. */
    CLOSED,
    /** A listener: lives in the control plane, never in a TCB. */
    LISTEN,
    /** Active open, SYN sent. */
    SYN_SENT,
    /** SYN received and answered, its acknowledgement awaited. */
    SYN_RECEIVED,
    /** Data flows both ways. */
    ESTABLISHED,
    /** We closed first; our FIN is not acknowledged. */
    FIN_WAIT_1,
    /** We closed first; our FIN is acknowledged, the peer may still send. */
    FIN_WAIT_2,
    /** The peer closed first; we may still send. */
    CLOSE_WAIT,
    /** Both closed at once; our FIN is not acknowledged. */
    CLOSING,
    /** The peer closed first, then we did; our FIN is not acknowledged. */
    LAST_ACK,
    /** Waits 2 MSL for stray segments; a compact record, not a TCB. */
    TIME_WAIT;

    private static final TcpState[] VALUES = values();

    /** The state with this ordinal. */
    public static TcpState of(final int ordinal) {
        return VALUES[ordinal];
    }

    /** Several states, as {@link #isOneOf} takes them. */
    static int several(final TcpState... states) {
        int several = 0;
        for (final TcpState state : states) {
            several |= 1 << state.ordinal();
        }
        return several;
    }

    /** True where the state with this ordinal is one of several: without a jump, which a switch is. */
    static boolean isOneOf(final int several, final int ordinal) {
        return (several >>> ordinal & 1) != 0;
    }
}
