package io.millrace.fastpath.udp;

import io.millrace.fastpath.wire.IpAddress;

/**
 * Where an endpoint is bound, whom it is connected to and which groups it joined, as every engine sees it. Immutable:
 * each change publishes another one. Thread: any.
 *
 * @param localHi    with {@code localLo}: the address, or a wildcard.
 * @param localPort  1 to 65,535.
 * @param remoteHi   with {@code remoteLo}: the peer of a connected endpoint.
 * @param remotePort 0 where the endpoint is not connected.
 * @param reuse      {@code SO_REUSEADDR}: shares its address with others that have it too.
 * @param v6Only     bound to {@code ::} it takes IPv6 alone.
 */
record Binding(DatagramEndpoint endpoint, long localHi, long localLo, int localPort, long remoteHi, long remoteLo,
        int remotePort, boolean reuse, boolean v6Only, Memberships groups) {

    /** {@code SO_REUSEPORT}: flows are divided among those that have it. */
    boolean sharesPort() {
        return endpoint.sharesPort();
    }

    boolean isConnected() {
        return remotePort != 0;
    }

    Binding connectedTo(final long newLocalHi, final long newLocalLo, final long newRemoteHi, final long newRemoteLo,
            final int newRemotePort) {
        return new Binding(endpoint, newLocalHi, newLocalLo, localPort, newRemoteHi, newRemoteLo, newRemotePort, reuse,
                v6Only, groups);
    }

    Binding withGroups(final Memberships newGroups) {
        return new Binding(endpoint, localHi, localLo, localPort, remoteHi, remoteLo, remotePort, reuse, v6Only,
                newGroups);
    }

    /** Two that are bound to one port exclude each other where their addresses overlap, unless both reuse or share it. */
    boolean conflicts(final Binding other) {
        return (isFor(other.localHi, other.localLo) || other.isFor(localHi, localLo)) && !(reuse && other.reuse)
                && !(sharesPort() && other.sharesPort());
    }

    /** True where it may send to this address: of its own family, or of IPv4 too where it is bound to {@code ::}. */
    boolean mayReach(final long hi, final long lo) {
        return IpAddress.isV4(localHi, localLo) == IpAddress.isV4(hi, lo) || isWildcardFor(hi, lo);
    }

    /**
     * How well it fits a unicast datagram: 0 not at all; a connected one beats any other, then a specific address the
     * wildcard.
     */
    int rank(final long hi, final long lo, final long fromHi, final long fromLo, final int fromPort) {
        if (!isFrom(fromHi, fromLo, fromPort)) {
            return 0;
        }
        final int connected = isConnected() ? 2 : 0;
        if (localLo == lo && localHi == hi) {
            return connected + 2;
        }
        return isWildcardFor(hi, lo) ? connected + 1 : 0;
    }

    /** True where it takes a broadcast to this address. */
    boolean takesBroadcast(final long hi, final long lo, final long fromHi, final long fromLo, final int fromPort) {
        return isFrom(fromHi, fromLo, fromPort) && isFor(hi, lo);
    }

    /** True where it takes a datagram to this group. */
    boolean takesMulticast(final long hi, final long lo, final long fromHi, final long fromLo, final int fromPort) {
        return isFrom(fromHi, fromLo, fromPort) && isFor(hi, lo) && groups.accept(hi, lo, fromHi, fromLo);
    }

    /** True where a datagram from there may be received: from anywhere, or from the peer. */
    boolean isFrom(final long fromHi, final long fromLo, final int fromPort) {
        return remotePort == 0 || remotePort == fromPort && remoteLo == fromLo && remoteHi == fromHi;
    }

    private boolean isFor(final long hi, final long lo) {
        return localLo == lo && localHi == hi || isWildcardFor(hi, lo);
    }

    /** Either wildcard takes both families unless told otherwise; of IPv6 there may be an address only later. */
    private boolean isWildcardFor(final long hi, final long lo) {
        if (!IpAddress.isAny(localHi, localLo)) {
            return false;
        }
        return !v6Only || IpAddress.isV4(localHi, localLo) == IpAddress.isV4(hi, lo);
    }
}
