package io.millrace.control.neighbour;

import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;

/**
 * Messages of Neighbour Discovery that arrive (RFC 4861 §6.1, §7.1, §8.1; RFC 4862 §5.4.3). What is invalid is counted
 * and dropped. Thread: the agent's.
 */
final class NdInput {
    private final NeighbourCache cache;
    private final NeighbourSender sender;
    private final AddressProbes probes;
    private final AddressDefence defence;
    private final ControlCounters counters;
    private final NdMessage message = new NdMessage();
    private RouterListener routers = RouterListener.NONE;

    NdInput(final NeighbourCache cache, final NeighbourSender sender, final AddressProbes probes,
            final AddressDefence defence, final ControlCounters counters) {
        this.cache = cache;
        this.sender = sender;
        this.probes = probes;
        this.defence = defence;
        this.counters = counters;
    }

    void routers(final RouterListener listener) {
        routers = listener;
    }

    RouterListener routers() {
        return routers;
    }

    /** Parameters as in {@link io.millrace.fastpath.control.EngineEvents#onIcmpv6}. */
    void onMessage(final int engine, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final long linkSource, final long address, final int length, final long nowNs) {
        if (!message.wrap(address, length) || IpAddress.isMulticast(sourceHi, sourceLo)) {
            counters.increment(ControlCounter.ND_INVALID);
            return;
        }
        final boolean valid = switch (message.type()) {
            case NdMessage.SOLICITATION -> onSolicitation(engine, sourceHi, sourceLo, destinationHi, destinationLo,
                    linkSource, nowNs);
            case NdMessage.ADVERTISEMENT -> onAdvertisement(destinationHi, destinationLo, linkSource, nowNs);
            case NdMessage.ROUTER_ADVERTISEMENT -> onRouterAdvertisement(engine, sourceHi, sourceLo, nowNs);
            case NdMessage.REDIRECT -> onRedirect(engine, sourceHi, sourceLo, nowNs);
            default -> true; // a solicitation for routers, which this is none of
        };
        if (!valid) {
            counters.increment(ControlCounter.ND_INVALID);
        }
    }

    /** RFC 4861 §7.2.3. */
    private boolean onSolicitation(final int engine, final long sourceHi, final long sourceLo,
            final long destinationHi, final long destinationLo, final long linkSource, final long nowNs) {
        final long targetHi = message.targetHi();
        final long targetLo = message.targetLo();
        final long mac = message.linkAddress(NdMessage.SOURCE_LINK_ADDRESS);
        final boolean anonymous = (sourceHi | sourceLo) == 0;
        if (isNoHost(targetHi, targetLo) || isNoUnicast(mac) || anonymous
                && (mac != NdMessage.NO_ADDRESS || !NdSender.isSolicitedNode(destinationHi, destinationLo))) {
            return false;
        }
        final RouteTable routes = sender.routes();
        if (!routes.isOwn(targetHi, targetLo)) {
            // our own question may come back from the link: that is no claim (RFC 7527 §1)
            if (anonymous && linkSource != sender.ownMac) {
                probes.onClaim(targetHi, targetLo, linkSource);
            }
            return true;
        }
        if (anonymous) {
            sender.nd.announce(targetHi, targetLo);
            return true;
        }
        if (routes.isOwn(sourceHi, sourceLo)) {
            return true;
        }
        if (mac != NdMessage.NO_ADDRESS) {
            cache.heard(engine, sourceHi, sourceLo, mac, false, isNeighbour(routes, sourceHi, sourceLo), nowNs);
        }
        sender.nd.answer(engine, targetHi, targetLo, sourceHi, sourceLo,
                mac == NdMessage.NO_ADDRESS ? linkSource : mac);
        return true;
    }

    /** RFC 4861 §7.2.5, RFC 4862 §5.4.4. */
    private boolean onAdvertisement(final long destinationHi, final long destinationLo, final long linkSource,
            final long nowNs) {
        final long targetHi = message.targetHi();
        final long targetLo = message.targetLo();
        final int flags = message.flags();
        final long mac = message.linkAddress(NdMessage.TARGET_LINK_ADDRESS);
        if (isNoHost(targetHi, targetLo) || isNoUnicast(mac)
                || IpAddress.isMulticast(destinationHi, destinationLo) && (flags & NdMessage.SOLICITED) != 0) {
            return false;
        }
        final long claimant = mac == NdMessage.NO_ADDRESS ? linkSource : mac;
        if (sender.routes().isOwn(targetHi, targetLo)) {
            if (linkSource != sender.ownMac) {
                defence.onConflict(targetHi, targetLo, claimant, nowNs);
            }
        } else if (linkSource == sender.ownMac || !probes.onClaim(targetHi, targetLo, claimant)) {
            cache.advertised(targetHi, targetLo, mac, flags, nowNs);
        }
        return true;
    }

    /** RFC 4861 §6.1.2, §6.3.4. */
    private boolean onRouterAdvertisement(final int engine, final long sourceHi, final long sourceLo,
            final long nowNs) {
        final long mac = message.linkAddress(NdMessage.SOURCE_LINK_ADDRESS);
        if (!IpAddress.isLinkLocal(sourceHi) || isNoUnicast(mac)) {
            return false;
        }
        if (sender.routes().isOwn(sourceHi, sourceLo)) {
            return true;
        }
        if (mac != NdMessage.NO_ADDRESS) {
            cache.heard(engine, sourceHi, sourceLo, mac, false, true, nowNs);
        }
        cache.isRouter(sourceHi, sourceLo);
        counters.increment(ControlCounter.ROUTER_ADVERTISEMENTS_RECEIVED);
        routers.onRouterAdvertisement(sourceHi, sourceLo, message, nowNs);
        return true;
    }

    /** RFC 4861 §8.1: the target is a router, by its link-local address, or the destination itself. */
    private boolean onRedirect(final int engine, final long sourceHi, final long sourceLo, final long nowNs) {
        final long targetHi = message.targetHi();
        final long targetLo = message.targetLo();
        final long mac = message.linkAddress(NdMessage.TARGET_LINK_ADDRESS);
        final boolean direct = targetHi == message.destinationHi() && targetLo == message.destinationLo();
        if (!IpAddress.isLinkLocal(sourceHi) || isNoHost(message.destinationHi(), message.destinationLo())
                || !direct && !IpAddress.isLinkLocal(targetHi) || isNoUnicast(mac)) {
            return false;
        }
        if (!routers.onRedirect(sourceHi, sourceLo, message, nowNs)) {
            // what is refused says nothing about its target either
            return true;
        }
        if (mac != NdMessage.NO_ADDRESS && isNeighbour(sender.routes(), targetHi, targetLo)) {
            cache.heard(engine, targetHi, targetLo, mac, false, true, nowNs);
        }
        if (!direct) {
            cache.isRouter(targetHi, targetLo);
        }
        return true;
    }

    private static boolean isNeighbour(final RouteTable routes, final long hi, final long lo) {
        return routes.isOnLink(hi, lo);
    }

    /** No address of a host; in the form of IPv6 one of IPv4 (RFC 4291 §2.5.5.2) is none: ARP alone speaks for those. */
    private static boolean isNoHost(final long hi, final long lo) {
        return IpAddress.isMulticast(hi, lo) || IpAddress.isV4(hi, lo);
    }

    private static boolean isNoUnicast(final long mac) {
        return mac != NdMessage.NO_ADDRESS && !NeighbourCache.isUnicast(mac);
    }
}
