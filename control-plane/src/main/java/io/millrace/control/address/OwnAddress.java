package io.millrace.control.address;

import io.millrace.config.Cidr;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;

/**
 * An address of the stack and what it may be used for. Immutable. Thread: any.
 *
 * @param cidr      the address with the prefix length of its network.
 * @param state     whether it is used.
 * @param connected true where the prefix is on the link: its hosts are reached without a gateway. False for an address
 *                  of autoconfiguration, whose prefix is on the link only where a router says so (RFC 5942 §4).
 * @param link      the link that the address is on, 0 and more: there it is asked for and announced.
 */
public record OwnAddress(Cidr cidr, State state, boolean connected, int link) {
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

    /** An address on the first link. */
    public OwnAddress(final Cidr cidr, final State state, final boolean connected) {
        this(cidr, state, connected, 0);
    }

    /** An address in use whose prefix is on the first link. */
    public static OwnAddress of(final Cidr cidr) {
        return new OwnAddress(cidr, State.PREFERRED, true);
    }

    /** The same in another state. */
    public OwnAddress in(final State other) {
        return new OwnAddress(cidr, other, connected, link);
    }

    /** The same on another link. */
    public OwnAddress on(final int other) {
        return new OwnAddress(cidr, state, connected, other);
    }

    /** True for an address that every link may have for itself: link-local of IPv6 (RFC 4007 §4). */
    static boolean isScoped(final InetAddress address) {
        return address instanceof Inet6Address && address.isLinkLocalAddress();
    }

    /** True where this is the entry of an address; of a link-local one where it is on that link. */
    boolean is(final InetAddress other, final int otherLink) {
        return address().equals(other) && (link == otherLink || !isScoped(other));
    }

    /** True where a prefix of another link would have hosts of this one's, so that nobody could tell where they are. */
    boolean overlaps(final Cidr prefix, final int prefixLink) {
        return connected && link != prefixLink && !isScoped(address()) && cidr.overlaps(prefix);
    }

    /** Without its prefix. */
    public InetAddress address() {
        return cidr.address();
    }

    /** {@code 10.0.0.2/24}, {@code fd00::2/64 (tentative)}, {@code 10.1.0.2/24 link 1}. */
    @Override
    public String toString() {
        final String where = link == 0 ? cidr.toString() : cidr + " link " + link;
        return state == State.PREFERRED ? where : where + " (" + state.name().toLowerCase(Locale.ROOT) + ')';
    }
}
