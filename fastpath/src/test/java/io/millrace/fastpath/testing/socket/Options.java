package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpSettings.AckPolicy;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Socket options that are a number, by name: what each does to the settings of a socket, and to a connection that is
 * there already. Adding one is a line. Thread: the driver's.
 */
final class Options {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;
    private static final int SMALLEST_BUFFER = 2_304;
    private static final int LARGEST_BUFFER = 1 << 30;
    private static final Map<String, Option> BY_NAME = new TreeMap<>();

    static {
        own("SO_REUSEADDR", socket -> socket.reuseAddress, (socket, on) -> socket.reuseAddress = on, null);
        own("TCP_CORK", socket -> socket.cork, (socket, on) -> socket.cork = on, TcpCalls::cork);
        own("TCP_QUICKACK", socket -> socket.settings.ackPolicy() != AckPolicy.DELAYED, (socket, on) -> {},
                TcpCalls::quickAck);
        flag("SO_KEEPALIVE", TcpSettings.Builder::keepAlive, TcpSettings::keepAlive);
        flag("TCP_NODELAY", TcpSettings.Builder::noDelay, TcpSettings::noDelay);
        flag("TCP_FASTOPEN", TcpSettings.Builder::fastOpen, TcpSettings::fastOpen);
        flag("TCP_FASTOPEN_CONNECT", TcpSettings.Builder::fastOpen, TcpSettings::fastOpen);
        number("SO_RCVBUF", SMALLEST_BUFFER, LARGEST_BUFFER,
                (tcp, value) -> tcp.receiveBuffer(value).receiveBufferLocked(true), TcpSettings::receiveBuffer);
        number("SO_SNDBUF", 2 * SMALLEST_BUFFER, LARGEST_BUFFER,
                (tcp, value) -> tcp.sendBuffer(value).sendBufferLocked(true), TcpSettings::sendBuffer);
        number("SO_MAX_PACING_RATE", 0, Integer.MAX_VALUE, (tcp, value) -> tcp.maxPacingRate(value),
                TcpSettings::maxPacingRate);
        number("TCP_MAXSEG", 88, 32_767, TcpSettings.Builder::mss, TcpSettings::mss);
        number("TCP_SYNCNT", 1, 127, TcpSettings.Builder::synRetries, TcpSettings::synRetries);
        number("TCP_KEEPCNT", 1, 127, TcpSettings.Builder::keepAliveProbes, TcpSettings::keepAliveProbes);
        number("TCP_KEEPIDLE", 1, 32_767, (tcp, value) -> tcp.keepAliveIdleNs(value * SECOND),
                tcp -> tcp.keepAliveIdleNs() / SECOND);
        number("TCP_KEEPINTVL", 1, 32_767, (tcp, value) -> tcp.keepAliveIntervalNs(value * SECOND),
                tcp -> tcp.keepAliveIntervalNs() / SECOND);
        number("TCP_LINGER2", 0, 120, (tcp, value) -> tcp.finWait2TimeoutNs(value * SECOND),
                tcp -> tcp.finWait2TimeoutNs() / SECOND);
        number("TCP_USER_TIMEOUT", 0, Integer.MAX_VALUE, (tcp, value) -> tcp.userTimeoutNs(value * MILLISECOND),
                tcp -> tcp.userTimeoutNs() / MILLISECOND);
    }

    private Options() {}

    /**
     * One option.
     *
     * @param live what changes a connection that is there; null: its settings.
     */
    private record Option(int least, int most, ToLongFunction<Socket> get, Setter set, @Nullable Live live) {}

    /** Changes a socket. */
    private interface Setter {
        void set(Socket socket, int value);
    }

    /** Changes a connection. */
    private interface Live {
        void set(TcpCalls tcp, long connection, int value);
    }

    /** Changes a connection by a flag. */
    private interface LiveFlag {
        void set(TcpCalls tcp, long connection, boolean on);
    }

    /** Changes a socket by a flag. */
    private interface FlagSetter {
        void set(Socket socket, boolean on);
    }

    /** Reads a flag. */
    private interface Flag<T> {
        boolean of(T holder);
    }

    private static void number(final String name, final int least, final int most,
            final BiFunction<TcpSettings.Builder, Integer, TcpSettings.Builder> set,
            final ToLongFunction<TcpSettings> get) {
        BY_NAME.put(name, new Option(least, most, socket -> get.applyAsLong(socket.settings),
                (socket, value) -> socket.settings = set.apply(socket.settings.toBuilder(), value).build(), null));
    }

    private static void flag(final String name,
            final BiFunction<TcpSettings.Builder, Boolean, TcpSettings.Builder> set, final Flag<TcpSettings> get) {
        own(name, socket -> get.of(socket.settings),
                (socket, on) -> socket.settings = set.apply(socket.settings.toBuilder(), on).build(), null);
    }

    private static void own(final String name, final Flag<Socket> get, final FlagSetter set,
            final @Nullable LiveFlag live) {
        BY_NAME.put(name, new Option(Integer.MIN_VALUE, Integer.MAX_VALUE, socket -> get.of(socket) ? 1 : 0,
                (socket, value) -> set.set(socket, value != 0),
                live == null ? null : (tcp, connection, value) -> live.set(tcp, connection, value != 0)));
    }

    /** Sets an option; ENOPROTOOPT for one not known, EINVAL for a value out of range. */
    static Errno set(final String name, final Socket socket, final int value, final TcpCalls tcp) {
        final Option option = BY_NAME.get(name);
        if (option == null) {
            return Errno.ENOPROTOOPT;
        }
        if (name.endsWith("BUF")) {
            return apply(option, socket, Math.clamp(value, option.least, option.most), tcp);
        }
        return value < option.least || value > option.most ? Errno.EINVAL : apply(option, socket, value, tcp);
    }

    private static Errno apply(final Option option, final Socket socket, final int value, final TcpCalls tcp) {
        option.set.set(socket, value);
        if (socket.connection == 0) {
            return Errno.OK;
        }
        if (option.live != null) {
            option.live.set(tcp, socket.connection, value);
        } else {
            tcp.settings(socket.connection, socket.settings);
        }
        return Errno.OK;
    }

    /** Chooses the congestion control. */
    static Errno congestion(final Socket socket, final String name, final TcpCalls tcp) {
        try {
            CongestionControls.number(name);
        } catch (final IllegalArgumentException e) {
            return Errno.ENOENT;
        }
        socket.settings = socket.settings.toBuilder().congestionControl(name).build();
        tcp.settings(socket.connection, socket.settings);
        return Errno.OK;
    }

    /** Answers an option that is a number. */
    static void get(final Call call, final String name, final Socket socket, final TcpCalls tcp) {
        final Option option = BY_NAME.get(name);
        if (name.equals("SO_ERROR")) {
            call.succeed(socket.takeError().number());
        } else if (option == null) {
            call.fail(Errno.ENOPROTOOPT);
        } else if (name.equals("TCP_MAXSEG") && socket.connection != 0) {
            call.succeed(tcp.sendMss(socket.connection));
        } else {
            // the kernel answers twice what was set: its own overhead counts
            call.succeed(option.get.applyAsLong(socket) * (name.endsWith("BUF") ? 2 : 1));
        }
    }
}
