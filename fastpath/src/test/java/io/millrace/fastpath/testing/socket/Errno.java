package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.tcp.TcpFailure;

/** What a socket call can fail with: the names, numbers and texts of Linux. */
public enum Errno {
    /** The call did not fail. */
    OK(0, "Success"),
    ENOENT(2, "No such file or directory"),
    EBADF(9, "Bad file descriptor"),
    EAGAIN(11,
            "Resource temporarily unavailable"),
    EACCES(13, "Permission denied"),
    EINVAL(22, "Invalid argument"),
    EPIPE(
            32, "Broken pipe"),
    EDESTADDRREQ(89, "Destination address required"),
    EMSGSIZE(90,
            "Message too long"),
    ENOPROTOOPT(92, "Protocol not available"),
    EOPNOTSUPP(95,
            "Operation not supported"),
    EADDRINUSE(98, "Address already in use"),
    EADDRNOTAVAIL(
            99, "Cannot assign requested address"),
    ENETUNREACH(101,
            "Network is unreachable"),
    ECONNABORTED(103,
            "Software caused connection abort"),
    ECONNRESET(104,
            "Connection reset by peer"),
    ENOBUFS(105,
            "No buffer space available"),
    EISCONN(106,
            "Transport endpoint is already connected"),
    ENOTCONN(
            107,
            "Transport endpoint is not connected"),
    ETIMEDOUT(
            110,
            "Connection timed out"),
    ECONNREFUSED(
            111,
            "Connection refused"),
    EHOSTUNREACH(
            113,
            "No route to host"),
    EALREADY(
            114,
            "Operation already in progress"),
    EINPROGRESS(
            115,
            "Operation now in progress");

    private final int number;
    private final String text;

    Errno(final int number, final String text) {
        this.number = number;
        this.text = text;
    }

    /** Linux's number, as {@code getsockopt(SO_ERROR)} answers it. */
    public int number() {
        return number;
    }

    /** What {@code strerror} says. */
    public String text() {
        return text;
    }

    /** What a kernel would say of this failure of a connection. */
    static Errno of(final TcpFailure failure) {
        return failure == TcpFailure.NONE ? OK : valueOf(failure.errno());
    }
}
