package io.millrace.fastpath.tcp;

/** Why a connection failed, or a call was refused; each with the errno a kernel would give. */
public enum TcpFailure {
    /** Nothing failed. */
    NONE("", "no failure"),
    /** RST in answer to our SYN, or ICMP port unreachable. */
    REFUSED("ECONNREFUSED", "connection refused"),
    /** RST on a connection. */
    RESET("ECONNRESET", "connection reset by peer"),
    /** Retransmissions, keepalive probes or zero-window probes went unanswered. */
    TIMED_OUT("ETIMEDOUT", "connection timed out"),
    /** Nothing was sent or received for as long as the settings allow: reset from our side. */
    IDLE("ETIMEDOUT", "connection was idle for longer than its idle timeout"),
    /** ICMP or neighbour resolution says that the host cannot be reached. */
    HOST_UNREACHABLE("EHOSTUNREACH", "no route to host"),
    /** No route leads there. */
    NETWORK_UNREACHABLE("ENETUNREACH", "network is unreachable"),
    /** The 4-tuple is in use. */
    ADDRESS_IN_USE("EADDRINUSE", "address already in use"),
    /** Every local port that may be chosen is in use towards the destination. */
    NO_LOCAL_PORT("EADDRNOTAVAIL", "no local port is left for the destination"),
    /** The local address is none of ours. */
    ADDRESS_NOT_AVAILABLE("EADDRNOTAVAIL", "cannot assign requested address"),
    /** The local address is not ours any more: its lease expired, or it was taken away. */
    ADDRESS_REMOVED("EADDRNOTAVAIL", "local address was removed from the stack"),
    /** The connection table or the slab is full. */
    NO_MEMORY("ENOBUFS", "no buffer space available"),
    /** Aborted from our side (the stack closes, or {@code abort} was called). */
    ABORTED("ECONNABORTED", "connection aborted"),
    /** The handle names no connection any more. */
    NOT_CONNECTED("ENOTCONN", "not connected");

    private static final TcpFailure[] VALUES = values();

    private final String errno;
    private final String text;

    TcpFailure(final String errno, final String text) {
        this.errno = errno;
        this.text = text;
    }

    /** The errno's name, e.g. {@code ECONNREFUSED}. */
    public String errno() {
        return errno;
    }

    /** A few words for a message, e.g. {@code connection refused}. */
    public String text() {
        return text;
    }

    /** The failure with this ordinal. */
    public static TcpFailure of(final int ordinal) {
        return VALUES[ordinal];
    }
}
