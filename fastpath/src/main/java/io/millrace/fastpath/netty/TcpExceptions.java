package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.TcpFailure;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;

/** The exceptions that the JDK's own sockets throw, for each {@link TcpFailure}. Thread: any. */
public final class TcpExceptions {
    private TcpExceptions() {}

    /** For a connection attempt: what {@code java.net.Socket.connect} would throw. */
    public static IOException ofConnect(final TcpFailure failure) {
        return switch (failure) {
            case REFUSED, TIMED_OUT, NETWORK_UNREACHABLE -> new ConnectException(message(failure));
            default -> of(failure);
        };
    }

    /** For an attempt that was refused before anything was sent. @param detail of {@code TcpCalls.refusal}. */
    static IOException ofRefusal(final TcpFailure failure, final String detail) {
        return failure == TcpFailure.NO_LOCAL_PORT || failure == TcpFailure.ADDRESS_NOT_AVAILABLE
                ? new BindException(capitalised(detail))
                : ofConnect(failure);
    }

    /** For a connection that was open. */
    public static IOException of(final TcpFailure failure) {
        return switch (failure) {
            case HOST_UNREACHABLE -> new NoRouteToHostException(message(failure));
            case ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, NO_LOCAL_PORT -> new BindException(message(failure));
            default -> new SocketException(message(failure));
        };
    }

    /** For a write that found the connection unable to send. */
    public static IOException ofSend(final TcpFailure failure) {
        return failure == TcpFailure.NONE || failure == TcpFailure.NOT_CONNECTED
                ? new SocketException("Broken pipe")
                : of(failure);
    }

    private static String message(final TcpFailure failure) {
        return capitalised(failure.text());
    }

    private static String capitalised(final String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
