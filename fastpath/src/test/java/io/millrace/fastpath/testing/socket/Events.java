package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.testing.socket.Socket.Phase;

/** What {@code poll} tells of a socket, as Linux's {@code tcp_poll} does. The values are Linux's too. */
public final class Events {
    public static final int POLLIN = 0x1;
    public static final int POLLPRI = 0x2;
    public static final int POLLOUT = 0x4;
    public static final int POLLERR = 0x8;
    public static final int POLLHUP = 0x10;
    public static final int POLLRDHUP = 0x2000;

    private static final int ALWAYS = POLLERR | POLLHUP;

    private Events() {}

    /** The events that hold now, of those asked for; POLLERR and POLLHUP are told unasked. */
    static int of(final Socket socket, final int asked, final TcpCalls tcp) {
        return all(socket, tcp) & (asked | ALWAYS);
    }

    private static int all(final Socket socket, final TcpCalls tcp) {
        if (socket.phase == Phase.LISTENING) {
            return socket.listening.isAcceptable() ? POLLIN : 0;
        }
        int events = socket.hasError() ? POLLERR : 0;
        if (socket.phase == Phase.IDLE || socket.phase == Phase.OVER || socket.isInputOver() && socket.outputShut) {
            events |= POLLHUP;
        }
        if (socket.isInputOver()) {
            events |= POLLIN | POLLRDHUP;
        }
        if (socket.phase != Phase.CONNECTING) {
            events |= socket.available() > 0 ? POLLIN : 0;
            events |= isWritable(socket, tcp) ? POLLOUT : 0;
        }
        return events;
    }

    /** A write would not wait: there is room for a third of what is queued, or it fails. */
    private static boolean isWritable(final Socket socket, final TcpCalls tcp) {
        return socket.connection == 0 || socket.isOutputOver()
                || tcp.sendSpace(socket.connection) >= tcp.unacknowledged(socket.connection) / 2;
    }
}
