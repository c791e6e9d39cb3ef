package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.socket.Errno;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names of Linux's headers that scripts use, with their values. */
final class Constants {
    static final int NONBLOCK = 0x800;
    static final int DONTWAIT = 0x40;
    static final int NOSIGNAL = 0x4000;

    private static final Map<String, Long> VALUES = new HashMap<>();

    static {
        put("AF_INET", 2, "PF_INET", 2, "SOCK_STREAM", 1, "SOCK_NONBLOCK", NONBLOCK, "SOCK_CLOEXEC", 0x80000);
        put("IPPROTO_IP", 0, "SOL_IP", 0, "SOL_SOCKET", 1, "IPPROTO_TCP", 6, "SOL_TCP", 6, "INADDR_ANY", 0);
        put("O_RDWR", 2, "O_NONBLOCK", NONBLOCK);
        put("SHUT_RD", 0, "SHUT_WR", 1, "SHUT_RDWR", 2);
        put("MSG_DONTWAIT", DONTWAIT, "MSG_NOSIGNAL", NOSIGNAL);
        put("POLLIN", 1, "POLLPRI", 2, "POLLOUT", 4, "POLLERR", 8, "POLLHUP", 16, "POLLRDHUP", 0x2000);
        put("TCP_ESTABLISHED", 1, "TCP_SYN_SENT", 2, "TCP_SYN_RECV", 3, "TCP_FIN_WAIT1", 4, "TCP_FIN_WAIT2", 5);
        put("TCP_TIME_WAIT", 6, "TCP_CLOSE", 7, "TCP_CLOSE_WAIT", 8, "TCP_LAST_ACK", 9, "TCP_LISTEN", 10);
        put("TCP_CLOSING", 11, "TCP_CA_Open", 0, "TCP_CA_Disorder", 1, "TCP_CA_CWR", 2, "TCP_CA_Recovery", 3);
        put("TCP_CA_Loss", 4, "TCPI_OPT_TIMESTAMPS", 1, "TCPI_OPT_SACK", 2, "TCPI_OPT_WSCALE", 4, "TCPI_OPT_ECN", 8);
        put("TCPI_OPT_ECN_SEEN", 16, "TCPI_OPT_SYN_DATA", 32, "TCP_INFINITE_SSTHRESH", 0x7FFFFFFF);
        put("True", 1, "False", 0);
        for (final Errno errno : Errno.values()) {
            VALUES.put(errno.name(), (long) errno.number());
        }
    }

    private Constants() {}

    private static void put(final Object... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            VALUES.put((String) namesAndValues[i], ((Integer) namesAndValues[i + 1]).longValue());
        }
    }

    /** The value of a name; null where it is not known. */
    static @Nullable Long value(final String name) {
        return VALUES.get(name);
    }

    /** The value of names with {@code |} between; null where one is not known. */
    static @Nullable Long value(final List<String> names) {
        long value = 0;
        for (final String name : names) {
            final Long part = VALUES.get(name);
            if (part == null) {
                return null;
            }
            value |= part;
        }
        return value;
    }
}
