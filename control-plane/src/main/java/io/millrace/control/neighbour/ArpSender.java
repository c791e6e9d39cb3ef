package io.millrace.control.neighbour;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;

/** ARP packets that leave through one engine over a link; addresses are IPv4 in host order. Thread: the agent's. */
final class ArpSender {
    static final int REQUEST = 1;
    static final int REPLY = 2;
    static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private final EngineCommands[] engines;
    private final int link;
    private final long ownMac;
    private final ControlCounters counters;

    ArpSender(final EngineCommands[] engines, final int link, final long ownMac, final ControlCounters counters) {
        this.engines = engines.clone();
        this.link = link;
        this.ownMac = ownMac;
        this.counters = counters;
    }

    /** Asks for a neighbour; {@code targetMac} is the one to ask, or {@link #BROADCAST}. */
    void request(final int engine, final int ownIp, final long targetMac, final int targetIp) {
        transmit(engine, REQUEST, ownIp, targetMac, targetIp);
    }

    void reply(final int engine, final int ownIp, final long targetMac, final int targetIp) {
        transmit(engine, REPLY, ownIp, targetMac, targetIp);
    }

    /** An ARP announcement: a request for the own address, so that every neighbour updates its entry (RFC 5227 §2.3). */
    void announce(final int ownIp) {
        transmit(0, REQUEST, ownIp, BROADCAST, ownIp);
    }

    /** An ARP probe: does anybody have the address? Without a sender address, so that nobody learns it (RFC 5227 §2.1.1). */
    void probe(final int ownIp) {
        transmit(0, REQUEST, 0, BROADCAST, ownIp);
    }

    private void transmit(final int engine, final int operation, final int ownIp, final long targetMac,
            final int targetIp) {
        if (engines[engine].transmitArp(link, operation, ownMac, ownIp, targetMac, targetIp)) {
            counters.increment(
                    operation == REQUEST ? ControlCounter.ARP_REQUESTS_SENT : ControlCounter.ARP_REPLIES_SENT);
        }
    }
}
