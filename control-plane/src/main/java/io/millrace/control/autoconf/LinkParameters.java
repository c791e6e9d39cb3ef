package io.millrace.control.autoconf;

/** Told what routers say of packets of IPv6 on a link (RFC 4861 §6.3.4). Thread: the agent's. */
public interface LinkParameters {
    /** How long they may be, 1,280 bytes and more. */
    void mtu(int bytes);

    /** How many hops they may make, 1 to 255. */
    void hopLimit(int hops);
}
