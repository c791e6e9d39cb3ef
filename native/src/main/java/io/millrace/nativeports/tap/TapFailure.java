package io.millrace.nativeports.tap;

import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.TunDescriptor;

/** What to tell a user when a TAP or TUN device cannot be opened: one sentence each. */
final class TapFailure {

    private TapFailure() {}

    static String onOpen(final int errno) {
        final String what = "cannot open " + TunDescriptor.PATH + ": " + Errno.describe(errno);
        return switch (errno) {
            case Errno.ENOENT, Errno.ENODEV -> what + "; load the kernel's module with `modprobe tun`";
            case Errno.EACCES, Errno.EPERM -> what + "; run as root, or let your user read and write the file";
            default -> what;
        };
    }

    static String onAttach(final TunKind kind, final String name, final int errno) {
        final String what = "cannot attach to " + kind + ' ' + name + ": " + Errno.describe(errno);
        return switch (errno) {
            case Errno.EPERM -> what + "; " + privilege(kind);
            case Errno.EBUSY -> what + "; another program has it open, so stop that or use another name";
            case Errno.EINVAL -> what + "; the name belongs to an interface of another kind or with another number of"
                    + " queues, so use another name";
            default -> what;
        };
    }

    static String missing() {
        return TunDescriptor.PATH + " is missing; load the kernel's module with `modprobe tun`";
    }

    static String unreadable() {
        return TunDescriptor.PATH + " is not yours to read and write; run as root";
    }

    static String unprivileged(final TunKind kind) {
        return "the process lacks CAP_NET_ADMIN; " + privilege(kind);
    }

    private static String privilege(final TunKind kind) {
        return "run as root or inside `unshare -Urn`, or use a persistent " + kind
                + " made for you with `ip tuntap add NAME mode " + kind.scheme() + " user USER`";
    }
}
