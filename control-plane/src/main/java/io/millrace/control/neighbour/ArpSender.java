package io.millrace.control.neighbour;

import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.wire.IpAddress;

/** What leaves the neighbour cache: ARP packets through one engine, news to all. Thread: the agent's. */
final class ArpSender {
    static final int REQUEST = 1;
    static final int REPLY = 2;
    static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private final EngineCommands[] engines;
    private final long ownMac;
    private final PublishedRoutes routes;
    private final ControlCounters counters;

    ArpSender(final EngineCommands[] engines, final long ownMac, final PublishedRoutes routes,
            final ControlCounters counters) {
        this.engines = engines.clone();
        this.ownMac = ownMac;
        this.routes = routes;
        this.counters = counters;
    }

    long ownMac() {
        return ownMac;
    }

    RouteTable routes() {
        return routes.current();
    }

    /** Asks for a neighbour; {@code targetMac} is the one to ask, or {@link #BROADCAST}. */
    void request(final Neighbour neighbour, final long targetMac) {
        final RouteTable table = routes.current();
        final int route = table.route(neighbour.hi, neighbour.lo);
        if (route >= 0) {
            transmit(neighbour.engine, REQUEST, IpAddress.toV4(table.sourceLo(route)), targetMac,
                    IpAddress.toV4(neighbour.lo));
        }
    }

    void reply(final int engine, final int ownIp, final long targetMac, final int targetIp) {
        transmit(engine, REPLY, ownIp, targetMac, targetIp);
    }

    /** An ARP announcement: a request for the own address, so that every neighbour updates its entry (RFC 5227 §2.3). */
    void announce(final int ownIp) {
        transmit(0, REQUEST, ownIp, BROADCAST, ownIp);
    }

    private void transmit(final int engine, final int operation, final int ownIp, final long targetMac,
            final int targetIp) {
        if (engines[engine].transmitArp(operation, ownMac, ownIp, targetMac, targetIp)) {
            counters.increment(
                    operation == REQUEST ? ControlCounter.ARP_REQUESTS_SENT : ControlCounter.ARP_REPLIES_SENT);
        }
    }

    void tellResolved(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourResolved(neighbour.hi, neighbour.lo, neighbour.mac);
        }
    }

    void tellResolved(final int engine, final Neighbour neighbour) {
        engines[engine].neighbourResolved(neighbour.hi, neighbour.lo, neighbour.mac);
    }

    void tellFailed(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourFailed(neighbour.hi, neighbour.lo);
        }
    }

    void tellFailed(final int engine, final long hi, final long lo) {
        engines[engine].neighbourFailed(hi, lo);
    }

    void tellForgotten(final Neighbour neighbour) {
        for (final EngineCommands engine : engines) {
            engine.neighbourForgotten(neighbour.hi, neighbour.lo);
        }
    }
}
