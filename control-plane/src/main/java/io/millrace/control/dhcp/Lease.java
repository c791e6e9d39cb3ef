package io.millrace.control.dhcp;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An address for some time, and what belongs to it. Times are of the client's clock, in nanoseconds;
 * {@link Long#MAX_VALUE}: never. Immutable. Thread: any.
 *
 * @param cidr       the address with its network's prefix length.
 * @param serverId   IPv4 of the server that has it, in host order.
 * @param renewAtNs  T1: from then on the server is asked for more time (RFC 2131 §4.4.5).
 * @param rebindAtNs T2: from then on every server is.
 * @param expiryNs   it must not be used any more.
 * @param routes     through gateways.
 * @param onLink     further networks that are reached without one (RFC 3442, router 0.0.0.0).
 * @param mtu        bytes of the longest packet on the link (RFC 2132 §5.1); {@link #ANY_MTU} where the server says none.
 */
public record Lease(Cidr cidr, int serverId, long renewAtNs, long rebindAtNs, long expiryNs, List<Route> routes,
        List<Cidr> onLink, int mtu) {
    /** Whatever the port takes. */
    static final int ANY_MTU = Integer.MAX_VALUE;
    /** What every host takes (RFC 791 §3.1): whoever says less would only make us slow. */
    private static final int MIN_MTU = 576;
    private static final int INFINITE = -1;
    private static final int CLASS_A = 8;
    private static final int CLASS_B = 16;
    private static final int CLASS_C = 24;
    /** T1 and T2 come up to a sixteenth earlier, so that hosts that started together do not ask together (RFC 2131 §4.4.5). */
    private static final int SPREAD = 16;

    /** Copies the lists. */
    public Lease {
        routes = List.copyOf(routes);
        onLink = List.copyOf(onLink);
    }

    /**
     * What a server offers or gives.
     *
     * @param fromNs when the request for it was sent: the lease counts from there.
     * @return null where the message says no address of a host, or not for how long, or by whom.
     */
    static @Nullable Lease of(final DhcpMessage message, final long fromNs, final RandomGenerator random) {
        final int address = message.yourAddress;
        final int server = message.intOption(DhcpOption.SERVER_ID, 0);
        final int seconds = message.intOption(DhcpOption.LEASE_TIME, 0);
        final int prefix = prefixLength(message.intOption(DhcpOption.SUBNET_MASK, classMask(address)));
        if (server == 0 || seconds == 0 || prefix < 0 || !isHost(address, prefix)) {
            return null;
        }
        final Cidr cidr = new Cidr(inet(address), prefix);
        final LeaseRoutes found = LeaseRoutes.of(message, cidr);
        if (seconds == INFINITE) {
            return new Lease(cidr, server, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, found.routes(),
                    found.onLink(), mtu(message));
        }
        final long leaseNs = nanos(seconds);
        final long t2 = within(message, DhcpOption.REBINDING_TIME, leaseNs, leaseNs / 8 * 7);
        final long t1 = within(message, DhcpOption.RENEWAL_TIME, t2, leaseNs / 2 < t2 ? leaseNs / 2 : t2 / 2);
        return new Lease(cidr, server, fromNs + early(t1, random), fromNs + t2, fromNs + leaseNs, found.routes(),
                found.onLink(), mtu(message));
    }

    private static int mtu(final DhcpMessage message) {
        final int said = message.shortOption(DhcpOption.INTERFACE_MTU);
        return said < MIN_MTU ? ANY_MTU : said;
    }

    /** The address in host order. */
    int address() {
        return IpAddress.toV4(IpAddress.lo(cidr.address()));
    }

    static InetAddress inet(final int address) {
        return IpAddress.toInetAddress(0, IpAddress.v4(address));
    }

    /** A time that the server names, where it lies before another; else the usual one. */
    private static long within(final DhcpMessage message, final int option, final long endNs, final long usualNs) {
        final long namedNs = nanos(message.intOption(option, 0));
        return namedNs > 0 && namedNs < endNs ? namedNs : usualNs;
    }

    private static long early(final long timeNs, final RandomGenerator random) {
        return timeNs - (timeNs < SPREAD ? 0 : random.nextLong(timeNs / SPREAD));
    }

    private static long nanos(final int seconds) {
        return TimeUnit.SECONDS.toNanos(Integer.toUnsignedLong(seconds));
    }

    /** Length of a mask; -1 where its bits are not in one piece. */
    private static int prefixLength(final int mask) {
        final int bits = Integer.bitCount(mask);
        return mask == (bits == 0 ? 0 : -1 << Integer.SIZE - bits) ? bits : -1;
    }

    /** Where the server says no mask (RFC 791 §3.2, as clients have always done). */
    private static int classMask(final int address) {
        final int bits = address >= 0 ? CLASS_A : address >>> 30 == 2 ? CLASS_B : CLASS_C;
        return -1 << Integer.SIZE - bits;
    }

    private static boolean isHost(final int address, final int prefix) {
        final int first = address >>> 24;
        final int host = prefix >= Integer.SIZE - 1 ? 1 : address & -1 >>> prefix;
        final boolean broadcast = prefix < Integer.SIZE - 1 && host == -1 >>> prefix;
        return first != 0 && first != 127 && first < 224 && host != 0 && !broadcast;
    }
}
