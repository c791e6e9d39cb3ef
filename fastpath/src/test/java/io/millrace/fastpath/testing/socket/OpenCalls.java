package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.testing.socket.Socket.Phase;

/** {@code bind}, {@code listen}, {@code accept} and {@code connect}. Thread: the driver's. */
final class OpenCalls {
    private static final int MAX_PORT = 65_535;

    private final VirtualStack stack;
    private final VirtualControl control;
    private final Sockets sockets;
    private int listeners;

    OpenCalls(final VirtualStack stack, final VirtualControl control, final Sockets sockets) {
        this.stack = stack;
        this.control = control;
        this.sockets = sockets;
    }

    Errno bind(final Socket socket, final long localLo, final int port) {
        if (socket.localPort != 0 || socket.phase != Phase.IDLE || port < 0 || port > MAX_PORT) {
            return Errno.EINVAL;
        }
        if (localLo != 0 && !control.routes().isOwn(VirtualControl.hi(), localLo)) {
            return Errno.EADDRNOTAVAIL;
        }
        final int chosen = port == 0 ? freePort(socket, localLo) : port;
        if (chosen == 0 || isInUse(socket, localLo, chosen)) {
            return Errno.EADDRINUSE;
        }
        socket.localLo = localLo;
        socket.localPort = chosen;
        return Errno.OK;
    }

    /** Connections that nobody holds, in TIME_WAIT most often, keep the port from those without SO_REUSEADDR. */
    private boolean isInUse(final Socket socket, final long localLo, final int port) {
        return sockets.isTaken(socket, localLo, port) || !socket.reuseAddress && stack.engine().isPortInUse(port);
    }

    private int freePort(final Socket socket, final long localLo) {
        for (int i = control.ephemeralPorts().candidates(); i > 0; i--) {
            final int port = control.ephemeralPorts().next();
            if (!isInUse(socket, localLo, port)) {
                return port;
            }
        }
        return 0;
    }

    Errno listen(final Socket socket, final int backlog) {
        if (socket.phase == Phase.LISTENING) {
            socket.listening.backlog(backlog);
            return Errno.OK;
        }
        if (socket.phase == Phase.OVER) {
            reopen(socket);
        }
        if (socket.phase != Phase.IDLE) {
            return Errno.EINVAL;
        }
        if (socket.localPort == 0) {
            socket.localPort = freePort(socket, socket.localLo);
        }
        final Listening other = sockets.listener(socket.localLo, socket.localPort);
        if (socket.localPort == 0 || other != null) {
            return Errno.EADDRINUSE;
        }
        socket.listening = new Listening(socket, ++listeners, backlog, control.overload());
        socket.phase = Phase.LISTENING;
        return Errno.OK;
    }

    /** Back to a socket that was never connected; it stays bound. */
    private static void reopen(final Socket socket) {
        socket.phase = Phase.IDLE;
        socket.peerClosed = false;
        socket.inputShut = false;
        socket.outputShut = false;
        socket.takeError();
    }

    /** @return false where the call waits for a connection. */
    boolean accept(final Call call, final Socket socket) {
        if (socket.listening == null) {
            call.fail(Errno.EINVAL);
            return true;
        }
        final long connection = socket.listening.poll();
        if (connection == 0) {
            return false;
        }
        final Socket accepted = sockets.add(new Socket(sockets.free(), stack, socket.settings));
        accepted.phase = Phase.CONNECTED;
        accepted.connectTold = true;
        accepted.connection = connection;
        accepted.localLo = socket.localLo;
        accepted.localPort = socket.localPort;
        accepted.reuseAddress = socket.reuseAddress;
        accepted.lingerSeconds = socket.lingerSeconds;
        stack.tcp().attach(connection, accepted);
        call.succeed(accepted.fd);
        return true;
    }

    /** Begins to connect, or says why not; EINPROGRESS where it has begun or already had. */
    Errno connect(final Socket socket, final String peer, final int port) {
        switch (socket.phase) {
            case LISTENING -> {
                return Errno.EISCONN;
            }
            case CONNECTING -> {
                return Errno.EALREADY;
            }
            case CONNECTED -> {
                return toldConnected(socket);
            }
            default -> {
                if (socket.hasError()) {
                    return socket.takeError();
                }
            }
        }
        reopen(socket);
        socket.connectTold = false;
        socket.phase = Phase.CONNECTING;
        socket.connection = stack.tcp().connect(socket.localLo == 0 ? 0 : VirtualControl.hi(), socket.localLo,
                socket.localPort, VirtualControl.hi(), VirtualControl.lo(peer), port, socket.settings, socket);
        if (socket.connection == 0) {
            socket.phase = Phase.IDLE;
            return Errno.of(stack.tcp().failure(0));
        }
        socket.localPort = stack.tcp().localAddress(socket.connection).getPort();
        stack.tcp().cork(socket.connection, socket.cork);
        return Errno.EINPROGRESS;
    }

    private static Errno toldConnected(final Socket socket) {
        if (socket.connectTold) {
            return Errno.EISCONN;
        }
        socket.connectTold = true;
        return Errno.OK;
    }

    /** @return false where a blocking connect still waits. */
    boolean awaitConnected(final Call call, final Socket socket) {
        if (socket.phase == Phase.CONNECTING) {
            return false;
        }
        if (socket.connection != 0 || socket.phase == Phase.OVER && !socket.hasError()) {
            socket.connectTold = true;
            call.succeed(0);
        } else {
            final Errno error = socket.takeError();
            call.fail(error == Errno.OK ? Errno.ECONNABORTED : error);
        }
        return true;
    }
}
