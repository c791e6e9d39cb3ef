package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.socket.Socket.Phase;

/** {@code shutdown} and {@code close}. Thread: the driver's. */
final class CloseCalls {
    private final VirtualStack stack;
    private final Sockets sockets;

    CloseCalls(final VirtualStack stack, final Sockets sockets) {
        this.stack = stack;
        this.sockets = sockets;
    }

    Errno shutdown(final Socket socket, final Shutdown how) {
        switch (socket.phase) {
            case IDLE, OVER -> {
                return Errno.ENOTCONN;
            }
            case LISTENING -> {
                if (how.input()) {
                    unlisten(socket);
                }
                return Errno.OK;
            }
            case CONNECTING -> {
                stack.tcp().close(socket.connection);
                socket.connection = 0;
                socket.phase = Phase.IDLE;
                return Errno.OK;
            }
            default -> {
                if (how.input()) {
                    socket.inputShut = true;
                    stack.tcp().shutdownInput(socket.connection);
                }
                if (how.output()) {
                    socket.outputShut = true;
                    stack.tcp().shutdownOutput(socket.connection);
                }
                return Errno.OK;
            }
        }
    }

    private void unlisten(final Socket socket) {
        final Listening listening = socket.listening;
        socket.listening = null;
        socket.phase = Phase.IDLE;
        listening.close();
        stack.engine().commands().listenerClosed(listening.id());
        for (long waiting = listening.poll(); waiting != 0; waiting = listening.poll()) {
            stack.engine().commands().abort(waiting);
        }
    }

    /**
     * Takes the descriptor away and lets go of the connection, or aborts it where it lingers 0 seconds.
     *
     * @return true where the call has to wait for the peer's acknowledgement first (SO_LINGER above 0).
     */
    boolean close(final Socket socket) {
        sockets.remove(socket);
        if (socket.phase == Phase.LISTENING) {
            unlisten(socket);
        } else if (socket.connection != 0) {
            if (socket.lingerSeconds == 0) {
                stack.tcp().abort(socket.connection);
            } else if (socket.lingerSeconds > 0 && socket.blocking && socket.available() == 0) {
                stack.tcp().shutdownOutput(socket.connection);
                return true;
            } else {
                stack.tcp().close(socket.connection);
            }
        }
        return false;
    }

    /** @return false while something sent, the FIN included, is not acknowledged. */
    boolean lingered(final Socket socket) {
        final TcpState state = stack.tcp().state(socket.connection);
        final boolean over = switch (state) {
            case FIN_WAIT_2, TIME_WAIT, CLOSED -> true;
            default -> false;
        };
        if (over) {
            letGo(socket);
        }
        return over;
    }

    void letGo(final Socket socket) {
        if (socket.connection != 0) {
            stack.tcp().close(socket.connection);
            socket.connection = 0;
        }
    }
}
