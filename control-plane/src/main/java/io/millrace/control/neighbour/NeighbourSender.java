package io.millrace.control.neighbour;

import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.wire.IpAddress;

/** Questions and announcements in the protocol of an address's family: ARP or Neighbour Discovery. Thread: the agent's. */
final class NeighbourSender implements AutoCloseable {
    /** For the MAC of whom to ask: all. */
    static final long ALL = ArpSender.BROADCAST;

    final ArpSender arp;
    final NdSender nd;
    final long ownMac;
    private final LinkRoutes routes;
    private final int engines;

    NeighbourSender(final EngineCommands[] engines, final long ownMac, final LinkRoutes routes,
            final ControlCounters counters) {
        this.ownMac = ownMac;
        this.routes = routes;
        this.engines = engines.length;
        arp = new ArpSender(engines, routes.link(), ownMac, counters);
        nd = new NdSender(engines, routes.link(), ownMac, counters);
    }

    RouteTable routes() {
        return routes.current();
    }

    /** Another engine, where there is one. */
    int engineAfter(final int engine) {
        return engine + 1 == engines ? 0 : engine + 1;
    }

    /** Asks for a neighbour, where a route still leads there; {@code mac} is the one to ask, or {@link #ALL}. */
    void request(final Neighbour neighbour, final long mac) {
        final RouteTable table = routes.current();
        final long hi = neighbour.hi;
        final long lo = neighbour.lo;
        final int route = table.route(hi, lo);
        if (route < 0) {
            return;
        }
        final long sourceHi = table.sourceHi(route, hi, lo);
        final long sourceLo = table.sourceLo(route, hi, lo);
        if (IpAddress.isV4(hi, lo)) {
            arp.request(neighbour.engine, IpAddress.toV4(sourceLo), mac, IpAddress.toV4(lo));
        } else if (mac == ALL) {
            nd.solicitAll(neighbour.engine, sourceHi, sourceLo, hi, lo);
        } else {
            nd.solicit(neighbour.engine, sourceHi, sourceLo, hi, lo, mac);
        }
    }

    /** Tells all that the stack has an own address. */
    void announce(final long hi, final long lo) {
        if (IpAddress.isV4(hi, lo)) {
            arp.announce(IpAddress.toV4(lo));
        } else {
            nd.announce(hi, lo);
        }
    }

    /** Asks whether another host has an address that the stack wants. */
    void probe(final long hi, final long lo) {
        if (IpAddress.isV4(hi, lo)) {
            arp.probe(IpAddress.toV4(lo));
        } else {
            nd.probe(hi, lo);
        }
    }

    @Override
    public void close() {
        nd.close();
    }
}
