package io.millrace.fastpath.port;

import java.net.InetAddress;
import java.util.BitSet;
import java.util.List;

/**
 * The part of the host's traffic that a stack takes while the kernel keeps the rest: segments and datagrams to some ports
 * of addresses that both have. Not to be changed once it is made. Thread: any.
 *
 * @param addresses of the interface.
 * @param tcp       the ports of TCP, 1 to 65,535.
 * @param udp       those of UDP.
 * @param guarded   true where the device keeps the kernel off those ports; false where a rule of the user's does.
 */
public record SharedPorts(List<InetAddress> addresses, BitSet tcp, BitSet udp, boolean guarded) {
    public SharedPorts {
        addresses = List.copyOf(addresses);
        tcp = (BitSet) tcp.clone();
        udp = (BitSet) udp.clone();
    }
}
