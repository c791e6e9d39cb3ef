package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.InterfaceRequest;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import io.millrace.nativeports.linux.VirtioNetHeader;
import java.io.IOException;

/**
 * Opens queues of one TAP or TUN: descriptors that are attached to it and set up, which are the caller's to close. Thread: one.
 */
final class TapQueues {
    private static final int OFFLOADS = TunDescriptor.TUN_F_CSUM | TunDescriptor.TUN_F_TSO4 | TunDescriptor.TUN_F_TSO6;
    private static final int OFFLOADS_WITH_UDP = OFFLOADS | TunDescriptor.TUN_F_USO4 | TunDescriptor.TUN_F_USO6;

    private final LinuxCalls calls = new LinuxCalls();
    private final TunKind kind;
    private final String interfaceName;
    private final boolean offloads;
    private final int only;
    private final int several;

    TapQueues(final TunKind kind, final String interfaceName, final boolean offloads) {
        this.kind = kind;
        only = kind.attachment() | TunDescriptor.IFF_NO_PI | TunDescriptor.IFF_VNET_HDR;
        several = only | TunDescriptor.IFF_MULTI_QUEUE;
        this.interfaceName = interfaceName;
        this.offloads = offloads;
    }

    /** The only queue of a device. @throws IOException one sentence: what was tried, what the system said, what to do. */
    int openOnly() throws IOException {
        return open(only);
    }

    /** One of several. @throws IOException as {@link #openOnly}. */
    int openOneOfSeveral() throws IOException {
        return open(several);
    }

    /**
     * The same, whose writes the kernel polls for as for frames of a NIC (NAPI): that costs each a little, and makes it look
     * after what else waits for this processor. Before Linux 4.15 a queue like any other.
     *
     * @throws IOException as {@link #openOnly}.
     */
    int openPolledOneOfSeveral() throws IOException {
        return open(several | TunDescriptor.IFF_NAPI);
    }

    /**
     * The first of several queues of a device that nobody else has open: several programs may share one that has several
     * queues, unlike one that has one.
     *
     * @return -1 where the device was there before and has only one.
     * @throws IOException as {@link #openOnly}.
     */
    int openFirstOfSeveral() throws IOException {
        final int fresh = tryOpen(several | TunDescriptor.IFF_TUN_EXCL);
        if (fresh != -Errno.EBUSY) {
            return opened(fresh);
        }
        final int fd = tryOpen(several);
        if (fd == -Errno.EINVAL) {
            return -1;
        }
        if (!isPersistent(opened(fd))) {
            calls.close(fd);
            throw new IOException(TapFailure.onAttach(kind, interfaceName, Errno.EBUSY));
        }
        return fd;
    }

    private int open(final int flags) throws IOException {
        return opened(tryOpen(flags));
    }

    private int opened(final int result) throws IOException {
        if (result < 0) {
            throw new IOException(TapFailure.onAttach(kind, interfaceName, -result));
        }
        return result;
    }

    /** @return a descriptor, or the negated error number of what was said to the attachment. */
    private int tryOpen(final int flags) throws IOException {
        final int fd = calls.open(TunDescriptor.PATH,
                TunDescriptor.O_RDWR | TunDescriptor.O_NONBLOCK | TunDescriptor.O_CLOEXEC);
        if (fd < 0) {
            throw new IOException(TapFailure.onOpen(-fd));
        }
        boolean done = false;
        try (InterfaceRequest attachment = new InterfaceRequest(interfaceName).flags(flags)) {
            final int result = calls.ioctl(fd, TunDescriptor.TUNSETIFF, attachment.address());
            if (result < 0) {
                return result;
            }
            setUp(fd);
            done = true;
            return fd;
        } finally {
            if (!done) {
                calls.close(fd);
            }
        }
    }

    private void setUp(final int fd) throws IOException {
        // A persistent device keeps what an earlier user has set.
        if (!offloads || calls.ioctl(fd, TunDescriptor.TUNSETOFFLOAD, OFFLOADS_WITH_UDP) < 0) {
            // before Linux 6.2 without UDP's
            check(calls.ioctl(fd, TunDescriptor.TUNSETOFFLOAD, offloads ? OFFLOADS : 0), "set the offloads of");
        }
        try (MemoryRegion length = MemoryRegion.allocate("header length", Integer.BYTES)) {
            Memory.putInt(length.address(), VirtioNetHeader.LENGTH);
            check(calls.ioctl(fd, TunDescriptor.TUNSETVNETHDRSZ, length.address()), "set the header length of");
        }
    }

    /** True of a device that stays when its last descriptor is closed. @throws IOException as {@link #openOnly}. */
    boolean isPersistent(final int fd) throws IOException {
        try (InterfaceRequest attachment = new InterfaceRequest(interfaceName)) {
            check(calls.ioctl(fd, TunDescriptor.TUNGETIFF, attachment.address()), "ask for the kind of");
            return (attachment.flags() & TunDescriptor.IFF_PERSIST) != 0;
        }
    }

    private void check(final int result, final String what) throws IOException {
        if (result < 0) {
            throw new IOException("cannot " + what + " " + kind.scheme() + ":" + interfaceName + ": "
                    + Errno.describe(-result));
        }
    }
}
