package io.millrace.fastpath.tcp.matrix;

import io.millrace.fastpath.tcp.TcpState;
import java.util.Locale;

/** Where a cell begins: the eleven states, SYN_RECEIVED once for each way into it. */
enum Start {
    CLOSED(TcpState.CLOSED, 0),
    LISTEN(TcpState.LISTEN, 0),
    SYN_SENT(TcpState.SYN_SENT, 1),
    SYN_RECEIVED_PASSIVE(
            TcpState.SYN_RECEIVED, 1),
    SYN_RECEIVED_ACTIVE(TcpState.SYN_RECEIVED, 1),
    ESTABLISHED(TcpState.ESTABLISHED,
            0),
    FIN_WAIT_1(TcpState.FIN_WAIT_1, 1),
    FIN_WAIT_2(TcpState.FIN_WAIT_2,
            0),
    CLOSE_WAIT(TcpState.CLOSE_WAIT, 0),
    CLOSING(TcpState.CLOSING,
            1),
    LAST_ACK(TcpState.LAST_ACK, 1),
    TIME_WAIT(TcpState.TIME_WAIT, 0);

    private final TcpState state;
    private final int inFlight;

    Start(final TcpState state, final int inFlight) {
        this.state = state;
        this.inFlight = inFlight;
    }

    TcpState state() {
        return state;
    }

    /** SND.NXT - SND.UNA: our SYN or our FIN. */
    int inFlight() {
        return inFlight;
    }

    /** True where RCV.NXT is known, so that a sequence number can be judged. */
    boolean isSynchronized() {
        return ordinal() >= SYN_RECEIVED_PASSIVE.ordinal();
    }

    /** True where the peer's FIN was received. */
    boolean isPeerDone() {
        return ordinal() >= CLOSE_WAIT.ordinal();
    }

    /** True where a listener is all that there may be besides the connection. */
    boolean isListening() {
        return this == LISTEN || this == SYN_RECEIVED_PASSIVE;
    }

    String resource() {
        return "/matrix/" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt";
    }
}
