package io.millrace.nettysuite;

import io.millrace.nativeports.NetworkNamespace;
import io.netty.channel.epoll.Epoll;
import org.jspecify.annotations.Nullable;

/** Who serves and who connects. */
enum Pairing {
    /** Two stacks, joined by the memory link. */
    LINK(true, true),
    /** One stack with itself. */
    LOCAL(true, true),
    /** A stack serves, the kernel connects by Netty's NIO transport, through a TAP. */
    NIO_CLIENT(true, false),
    /** The kernel serves by Netty's NIO transport, a stack connects, through a TAP. */
    NIO_SERVER(false, true),
    /** A stack serves, the kernel connects by Netty's epoll transport, through a TAP. */
    EPOLL_CLIENT(true, false),
    /** The kernel serves by Netty's epoll transport, a stack connects, through a TAP. */
    EPOLL_SERVER(false, true);

    private final boolean serves;
    private final boolean connects;

    Pairing(final boolean serves, final boolean connects) {
        this.serves = serves;
        this.connects = connects;
    }

    /** True where Millrace is the server. */
    boolean serves() {
        return serves;
    }

    /** True where Millrace is the client. */
    boolean connects() {
        return connects;
    }

    /** True where one side is the kernel. */
    boolean hasKernel() {
        return !(serves && connects);
    }

    /** What it needs and this machine does not have; null where it can be run. */
    @Nullable
    String missing() {
        if (!hasKernel()) {
            return null;
        }
        final String noNamespaces = NetworkNamespace.unavailabilityCause();
        if (noNamespaces != null) {
            return noNamespaces;
        }
        return this == NIO_CLIENT || this == NIO_SERVER || Epoll.isAvailable()
                ? null
                : "epoll: " + Epoll.unavailabilityCause();
    }
}
