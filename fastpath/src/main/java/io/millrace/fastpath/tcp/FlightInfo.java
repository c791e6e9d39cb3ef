package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;

/**
 * What loss recovery and pacing know about the segments in flight, for {@link TcpInfo}. What nobody knows is 0 and false.
 * Thread: the engine's.
 */
interface FlightInfo {
    /** Nobody keeps a record of single segments. */
    FlightInfo NONE = new FlightInfo() {
    };

    /** Bytes sent, not acknowledged, and selectively acknowledged. */
    default int sackedBytes(final Tcb tcb) {
        return 0;
    }

    /** Bytes believed lost, retransmitted or not. */
    default int lostBytes(final Tcb tcb) {
        return 0;
    }

    /** Bytes retransmitted and not acknowledged in any way since. */
    default int retransmittedBytes(final Tcb tcb) {
        return 0;
    }

    /** The last delivery rate was limited by the application (draft-ietf-ccwg-bbr §4.1.1.2). */
    default boolean isRateApplicationLimited(final Tcb tcb) {
        return false;
    }

    /** A segment that the windows allow waits for its time. */
    default boolean isWaitingToPace(final Tcb tcb) {
        return false;
    }
}
