package io.millrace.fastpath.netty;

import io.millrace.fastpath.udp.DatagramError;
import io.millrace.fastpath.udp.SendResult;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.NotYetConnectedException;

/** The exceptions that the JDK's own datagram channels throw. Thread: any. */
final class DatagramExceptions {
    private DatagramExceptions() {}

    /** For a datagram that was not sent. */
    static Exception ofSend(final SendResult result) {
        return switch (result) {
            case NOT_CONNECTED -> new NotYetConnectedException();
            case PORT_UNREACHABLE -> of(DatagramError.PORT_UNREACHABLE);
            case HOST_UNREACHABLE -> of(DatagramError.HOST_UNREACHABLE);
            default -> new SocketException(message(result));
        };
    }

    /** For a channel that cannot be connected. */
    static Exception ofConnect(final SendResult result) {
        return result == SendResult.NETWORK_UNREACHABLE ? new ConnectException(message(result)) : ofSend(result);
    }

    /** What the network said. */
    static SocketException of(final DatagramError error) {
        return switch (error) {
            case PORT_UNREACHABLE -> new PortUnreachableException("Connection refused");
            case HOST_UNREACHABLE -> new NoRouteToHostException("No route to host");
            case TOO_LONG -> new SocketException(message(SendResult.TOO_LONG));
        };
    }

    private static String message(final SendResult result) {
        final String text = result.text();
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
