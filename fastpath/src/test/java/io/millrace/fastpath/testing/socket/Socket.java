package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpSettings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One stream socket: what a kernel keeps beside the connection. It outlives the connection, whose last bytes and error
 * it holds until they are asked for. Thread: the driver's.
 */
final class Socket implements ConnectionHandler {
    /** What the socket is, as far as calls care. */
    enum Phase {
        /** Neither connected nor listening. */
        IDLE,
        LISTENING,
        CONNECTING,
        CONNECTED,
        /** Was connected; reset, timed out, or closed in both directions. */
        OVER
    }

    /** Never lingers on close. */
    static final int NO_LINGER = -1;

    final int fd;
    private final VirtualStack stack;
    Phase phase = Phase.IDLE;
    TcpSettings settings;
    boolean blocking = true;
    boolean reuseAddress;
    boolean cork;
    int lingerSeconds = NO_LINGER;
    /** 0: the wildcard. */
    long localLo;
    /** 0: not bound. */
    int localPort;
    @Nullable
    Listening listening;
    /** 0: there is no connection. */
    long connection;
    /** {@code connect} has told that the connection is there. */
    boolean connectTold;
    boolean peerClosed;
    boolean inputShut;
    boolean outputShut;
    private Errno error = Errno.OK;
    private byte[] rest = {};

    Socket(final int fd, final VirtualStack stack, final TcpSettings settings) {
        this.fd = fd;
        this.stack = stack;
        this.settings = settings;
    }

    @Override
    public void onReady(final long told, final int events) {
        if ((events & CONNECTED) != 0) {
            phase = Phase.CONNECTED;
        }
        if ((events & PEER_CLOSED) != 0) {
            peerClosed = true;
        }
        if ((events & FAILED) != 0) {
            onFailed(Errno.of(stack.tcp().failure(told)));
        } else if ((events & CLOSED) != 0) {
            peerClosed = true;
            over(Phase.OVER);
        }
    }

    private void onFailed(final Errno why) {
        rest = stack.receive(connection, Integer.MAX_VALUE);
        // tcp_reset(): a peer that has closed and then resets broke the pipe
        error = why == Errno.ECONNRESET && peerClosed && !outputShut ? Errno.EPIPE : why;
        over(phase == Phase.CONNECTING ? Phase.IDLE : Phase.OVER);
    }

    private void over(final Phase next) {
        phase = next;
        connection = 0;
    }

    boolean isConnected() {
        return phase == Phase.CONNECTED;
    }

    /** The pending error, which is no longer pending then (SO_ERROR). */
    Errno takeError() {
        final Errno taken = error;
        error = Errno.OK;
        return taken;
    }

    void error(final Errno value) {
        error = value;
    }

    boolean hasError() {
        return error != Errno.OK;
    }

    /** Bytes that a read would give now. */
    int available() {
        return connection != 0 ? stack.tcp().available(connection) : rest.length;
    }

    byte[] receive(final int most) {
        if (connection != 0) {
            return stack.receive(connection, most);
        }
        final byte[] bytes = Arrays.copyOf(rest, Math.min(most, rest.length));
        rest = Arrays.copyOfRange(rest, bytes.length, rest.length);
        return bytes;
    }

    /** No byte will come any more. */
    boolean isInputOver() {
        return peerClosed || inputShut || phase == Phase.OVER;
    }

    /** A write fails. */
    boolean isOutputOver() {
        return outputShut || phase == Phase.OVER;
    }
}
