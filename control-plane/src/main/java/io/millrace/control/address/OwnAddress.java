package io.millrace.control.address;

import io.millrace.config.Cidr;
import java.net.InetAddress;
import java.util.Locale;

/**
 * An address of the stack and what it may be used for. Immutable. Thread: any.
 *
 * @param cidr      the address with the prefix length of its network.
 * @param state     whether it is used.
 * @param connected true where the prefix is on the link: its hosts are reached without a gateway. False for an address
 *                  of autoconfiguration, whose prefix is on the link only where a router says so (RFC 5942 §4).
 */
public record OwnAddress(Cidr cidr, State state, boolean connected) {
    /** Whether an address is used (RFC 4862 §5.5.4). */
    public enum State {
        /** It is not known yet whether another host uses it: nothing is sent from it and nothing taken in. */
        TENTATIVE,
        /** In use. */
        PREFERRED,
        /** In use, but not for what is begun now, where there is another. */
        DEPRECATED,
        /** Another host uses it: it is not used here. */
        DUPLICATE;

        /** True where the stack answers for the address. */
        public boolean isUsable() {
            return this == PREFERRED || this == DEPRECATED;
        }
    }

    /** An address in use whose prefix is on the link. */
    public static OwnAddress of(final Cidr cidr) {
        return new OwnAddress(cidr, State.PREFERRED, true);
    }

    /** The same in another state. */
    public OwnAddress in(final State other) {
        return new OwnAddress(cidr, other, connected);
    }

    /** Without its prefix. */
    public InetAddress address() {
        return cidr.address();
    }

    /** {@code 10.0.0.2/24}, {@code fd00::2/64 (tentative)}. */
    @Override
    public String toString() {
        return state == State.PREFERRED ? cidr.toString() : cidr + " (" + state.name().toLowerCase(Locale.ROOT) + ')';
    }
}
