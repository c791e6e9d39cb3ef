package io.millrace.control.neighbour;

import java.net.InetAddress;

/** Told when another host claims an own address. Thread: the agent's. */
@FunctionalInterface
public interface ConflictListener {
    /** What became of the address. */
    enum Outcome {
        /** It is defended and kept: both hosts use it. */
        KEPT,
        /** It is not used here any more. */
        GIVEN_UP,
        /** It was never used here: the other host had it first. */
        NOT_TAKEN
    }

    /**
     * At most once in a defend interval for each address.
     *
     * @param otherMac link-layer address of the other host, 48 bits.
     */
    void onAddressConflict(InetAddress address, long otherMac, Outcome outcome);
}
