package io.millrace.nativeports.afpacket;

import io.millrace.nativeports.linux.Errno;

/** What to tell a user when a packet socket cannot be opened or used: one sentence each. */
final class AfPacketFailure {
    private AfPacketFailure() {}

    static String onSocket(final int errno) {
        final String what = "cannot open a packet socket: " + Errno.describe(errno);
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES -> what + "; run as root, with CAP_NET_RAW, or inside `unshare -Urn`";
            case Errno.EAFNOSUPPORT -> what + "; load the kernel's module with `modprobe af_packet`";
            default -> what;
        };
    }

    static String onRing(final String device, final int errno, final long bytes) {
        final String what = "cannot make a ring of " + (bytes + (1 << 20) - 1 >> 20) + " MiB for " + device + ": "
                + Errno.describe(errno);
        return errno == Errno.ENOMEM ? what + "; lower millrace.port.frames" : what;
    }
}
