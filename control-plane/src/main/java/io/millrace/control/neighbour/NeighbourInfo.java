package io.millrace.control.neighbour;

import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.MacAddress;
import java.net.InetAddress;

/**
 * One entry of the neighbour cache as it was. Immutable. Thread: any.
 *
 * @param link       the link that it is on, 0 and more.
 * @param hi         upper half of the address.
 * @param lo         lower half.
 * @param mac        48 bits; 0 while unknown.
 * @param router     true where it said that it is a router (IPv6 only).
 * @param deadlineNs when the state is looked at again, by the stack's clock; {@link Long#MAX_VALUE}: never.
 */
public record NeighbourInfo(int link, long hi, long lo, long mac, NeighbourState state, boolean router,
        long deadlineNs) {
    /** The neighbour's address. */
    public InetAddress address() {
        return IpAddress.toInetAddress(hi, lo);
    }

    /** As {@code ip neigh} prints it: {@code 10.0.0.1 lladdr 02:00:00:00:00:0a REACHABLE}. */
    @Override
    public String toString() {
        return IpAddress.toString(hi, lo) + (mac == 0 ? "" : " lladdr " + MacAddress.toString(mac))
                + (router ? " router " : " ") + state + (link == 0 ? "" : " link " + link);
    }
}
