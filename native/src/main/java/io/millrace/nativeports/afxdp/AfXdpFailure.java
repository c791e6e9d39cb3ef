package io.millrace.nativeports.afxdp;

import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.ReceiveQueues;

/** What to tell a user when an AF_XDP socket cannot be opened or used: one sentence each. */
final class AfXdpFailure {
    private static final String RIGHTS = "; run as root, or with CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF";

    private AfXdpFailure() {}

    static String onSocket(final int errno) {
        final String what = "cannot open an AF_XDP socket: " + Errno.describe(errno);
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES -> what + RIGHTS;
            case Errno.EAFNOSUPPORT -> what + "; this kernel has no AF_XDP (CONFIG_XDP_SOCKETS): use af-packet:IF";
            default -> what;
        };
    }

    static String onMap(final int errno) {
        final String what = "cannot make the map of an XDP program: " + Errno.describe(errno);
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES -> what + RIGHTS;
            case Errno.ENOSYS, Errno.EINVAL -> what + "; this kernel has no AF_XDP: use af-packet:IF";
            default -> what;
        };
    }

    static String onUmem(final String device, final int errno, final long bytes) {
        final String what = "cannot share " + (bytes + (1 << 20) - 1 >> 20) + " MiB with the kernel for " + device
                + ": "
                + Errno.describe(errno);
        return errno == Errno.ENOMEM || errno == Errno.ENOBUFS
                ? what + "; lower millrace.port.frames, or raise `ulimit -l`, which does not bind root"
                : what;
    }

    static String onAttach(final String device, final String attempts, final int errno) {
        final String what = "cannot attach an XDP program for " + device + ": " + attempts;
        return switch (errno) {
            case Errno.EBUSY, Errno.EEXIST -> what + "; another program is there: `bpftool net` shows it,"
                    + " `ip link set IF xdp off` takes it away";
            case Errno.EPERM, Errno.EACCES -> what + RIGHTS;
            case Errno.EINVAL -> what + "; XDP links need Linux 5.9";
            default -> what;
        };
    }

    static String onBind(final String device, final int queue, final int errno, final AfXdpSpec.Copy copy) {
        final String what = "cannot bind to queue " + queue + " of " + device + ": " + Errno.describe(errno);
        return switch (errno) {
            case Errno.EBUSY -> what + "; another socket has the queue: choose another by queue=N";
            case Errno.EOPNOTSUPP, Errno.EINVAL -> copy == AfXdpSpec.Copy.ZERO_COPY
                    ? what + "; the driver does no zero-copy: leave copy=zero-copy out"
                    : what + "; with an MTU beyond " + Umem.largestMtu()
                            + " AF_XDP needs Linux 6.6 and copy=copy: lower"
                            + " millrace.port.mtu, or use af-packet:IF";
            default -> what;
        };
    }

    static String noQueue(final String name, final ReceiveQueues there, final int first) {
        return name + " has " + there.count() + (there.count() == 1 ? " queue" : " queues")
                + ", counted from 0: no queue " + first;
    }
}
