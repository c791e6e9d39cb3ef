package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.StandInListener;

/** The SYN queue and accept queue of a listening socket. Thread: the driver's. */
final class Listening extends StandInListener {
    private final Socket socket;

    Listening(final Socket socket, final int id, final int backlog, final Setup.Overload overload) {
        super(id, places(backlog), socket.settings);
        this.socket = socket;
        cookies(overload.cookies());
        abortsOnOverflow(overload.abortsOnOverflow());
    }

    /** As in Linux a backlog of 0 still lets one connection through. */
    private static int places(final int backlog) {
        return Math.max(1, backlog);
    }

    @Override
    public void backlog(final int value) {
        super.backlog(places(value));
    }

    /** What was set on the listening socket, as of now: connections inherit it. */
    @Override
    public TcpSettings settings() {
        return socket.settings;
    }
}
