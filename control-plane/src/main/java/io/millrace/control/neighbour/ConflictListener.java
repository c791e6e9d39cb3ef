package io.millrace.control.neighbour;

/** Told when another host claims an own address. Thread: the agent's. */
@FunctionalInterface
public interface ConflictListener {
    /**
     * At most once in a defend interval for each address.
     *
     * @param address   the own IPv4 address, in host order.
     * @param otherMac  link-layer address of the other host, 48 bits.
     */
    void onAddressConflict(int address, long otherMac);
}
