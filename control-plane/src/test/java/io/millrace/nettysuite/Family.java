package io.millrace.nettysuite;

import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetAddress;

/** By which protocol the two sides of a pairing reach each other. */
enum Family {
    /** IPv4. */
    INET(SocketProtocolFamily.INET, false),
    /** IPv6. */
    INET6(SocketProtocolFamily.INET6, true),
    /** IPv4, by sockets of IPv6 (RFC 4038 §4.2). */
    MAPPED(SocketProtocolFamily.INET6, false);

    private final SocketProtocolFamily sockets;
    private final boolean version6;

    Family(final SocketProtocolFamily sockets, final boolean version6) {
        this.sockets = sockets;
        this.version6 = version6;
    }

    /** Of which family the kernel's sockets are made. */
    SocketProtocolFamily sockets() {
        return sockets;
    }

    /** Chooses a host's address. */
    InetAddress of(final InetAddress version4Address, final InetAddress version6Address) {
        return version6 ? version6Address : version4Address;
    }
}
