package io.millrace.control.neighbour;

import static io.millrace.control.neighbour.ArpSender.REPLY;
import static io.millrace.control.neighbour.ArpSender.REQUEST;

import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.wire.IpAddress;

/** ARP packets that arrive (RFC 826, packet reception; RFC 5227). Thread: the agent's. */
final class ArpInput {
    private final NeighbourCache cache;
    private final NeighbourSender sender;
    private final AddressProbes probes;
    private final AddressDefence defence;
    private final ControlCounters counters;

    ArpInput(final NeighbourCache cache, final NeighbourSender sender, final AddressProbes probes,
            final AddressDefence defence, final ControlCounters counters) {
        this.cache = cache;
        this.sender = sender;
        this.probes = probes;
        this.defence = defence;
        this.counters = counters;
    }

    void onPacket(final int engine, final int operation, final long senderMac, final int senderIp, final int targetIp,
            final long nowNs) {
        if (!NeighbourCache.isUnicast(senderMac)) {
            counters.increment(ControlCounter.ARP_INVALID);
            return;
        }
        if (senderMac == sender.ownMac || operation != REQUEST && operation != REPLY) {
            counters.increment(ControlCounter.ARP_IGNORED);
            return;
        }
        if (isClaim(senderMac, senderIp, targetIp, nowNs)) {
            return;
        }
        final RouteTable routes = sender.routes();
        final long senderLo = IpAddress.v4(senderIp);
        final boolean forUs = routes.isOwn(0, IpAddress.v4(targetIp));
        // A probe (RFC 5227 §2.1.1) has no sender address to learn, but is answered: that defends ours.
        final boolean merged = routes.isOnLink(0, senderLo)
                && cache.heard(engine, 0, senderLo, senderMac, forUs && operation == REPLY,
                        forUs && operation == REQUEST, nowNs);
        if (forUs && operation == REQUEST) {
            sender.arp.reply(engine, targetIp, senderMac, senderIp);
        } else if (!merged) {
            counters.increment(ControlCounter.ARP_IGNORED);
        }
    }

    /** True where another host claims an address that we have or want; a probe for one that we want is a claim too. */
    private boolean isClaim(final long senderMac, final int senderIp, final int targetIp, final long nowNs) {
        if (sender.routes().isOwn(0, IpAddress.v4(senderIp))) {
            defence.onConflict(0, IpAddress.v4(senderIp), senderMac, nowNs);
            return true;
        }
        return probes.onClaim(0, IpAddress.v4(senderIp == 0 ? targetIp : senderIp), senderMac);
    }
}
