package io.millrace.control.neighbour;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.NdMessage;

/** Messages of Neighbour Discovery that leave through one engine over a link (RFC 4861 §4). Thread: the agent's. */
final class NdSender implements AutoCloseable {
    /** RFC 4861 §4: that no router has forwarded the message. */
    private static final int HOP_LIMIT = 255;
    private static final long LINK_SCOPE_HI = 0xff02L << 48;
    private static final long ALL_NODES_LO = 1;
    private static final long ALL_ROUTERS_LO = 2;
    /** {@code ff02::1:ff00:0/104} (RFC 4291 §2.7.1). */
    private static final long SOLICITED_NODE_LO = 0x1_ff00_0000L;
    private static final long SOLICITED_NODE_MASK = 0xFF_FFFFL;
    /** For a link destination: what follows from the group. */
    private static final long OF_GROUP = 0;

    private final EngineCommands[] engines;
    private final int link;
    private final long ownMac;
    private final ControlCounters counters;
    private final MemoryRegion message = MemoryRegion.allocate("neighbour discovery message", NdMessage.MAX_WRITTEN);

    NdSender(final EngineCommands[] engines, final int link, final long ownMac, final ControlCounters counters) {
        this.engines = engines.clone();
        this.link = link;
        this.ownMac = ownMac;
        this.counters = counters;
    }

    /** Asks all for a neighbour (RFC 4861 §7.2.2). */
    void solicitAll(final int engine, final long sourceHi, final long sourceLo, final long targetHi,
            final long targetLo) {
        final int length = NdMessage.writeSolicitation(message.address(), targetHi, targetLo, ownMac);
        send(engine, sourceHi, sourceLo, LINK_SCOPE_HI, solicitedNodeLo(targetLo), OF_GROUP, length,
                ControlCounter.ND_SOLICITATIONS_SENT);
    }

    /** Asks the neighbour itself whether it is still there (RFC 4861 §7.3.3). */
    void solicit(final int engine, final long sourceHi, final long sourceLo, final long targetHi, final long targetLo,
            final long mac) {
        final int length = NdMessage.writeSolicitation(message.address(), targetHi, targetLo, ownMac);
        send(engine, sourceHi, sourceLo, targetHi, targetLo, mac, length, ControlCounter.ND_SOLICITATIONS_SENT);
    }

    /** Asks whether anybody has the address: without a source, so that nobody learns it (RFC 4862 §5.4.2). */
    void probe(final long hi, final long lo) {
        final int length = NdMessage.writeSolicitation(message.address(), hi, lo, NdMessage.NO_ADDRESS);
        send(0, 0, 0, LINK_SCOPE_HI, solicitedNodeLo(lo), OF_GROUP, length, ControlCounter.ND_SOLICITATIONS_SENT);
    }

    /** Answers a solicitation for an own address (RFC 4861 §7.2.4). */
    void answer(final int engine, final long ownHi, final long ownLo, final long hi, final long lo, final long mac) {
        final int length = NdMessage.writeAdvertisement(message.address(), NdMessage.SOLICITED | NdMessage.OVERRIDE,
                ownHi, ownLo, ownMac);
        send(engine, ownHi, ownLo, hi, lo, mac, length, ControlCounter.ND_ADVERTISEMENTS_SENT);
    }

    /** Tells all nodes who has an own address (RFC 4861 §7.2.6): nobody asked, or one who has no address yet. */
    void announce(final long ownHi, final long ownLo) {
        final int length = NdMessage.writeAdvertisement(message.address(), NdMessage.OVERRIDE, ownHi, ownLo, ownMac);
        send(0, ownHi, ownLo, LINK_SCOPE_HI, ALL_NODES_LO, OF_GROUP, length, ControlCounter.ND_ADVERTISEMENTS_SENT);
    }

    /** Asks the routers of the link to say what they have to (RFC 4861 §6.3.7). */
    void solicitRouters(final long sourceHi, final long sourceLo) {
        final int length = NdMessage.writeRouterSolicitation(message.address(), ownMac);
        send(0, sourceHi, sourceLo, LINK_SCOPE_HI, ALL_ROUTERS_LO, OF_GROUP, length,
                ControlCounter.ROUTER_SOLICITATIONS_SENT);
    }

    static long solicitedNodeLo(final long lo) {
        return SOLICITED_NODE_LO | lo & SOLICITED_NODE_MASK;
    }

    static boolean isSolicitedNode(final long hi, final long lo) {
        return hi == LINK_SCOPE_HI && (lo & ~SOLICITED_NODE_MASK) == SOLICITED_NODE_LO;
    }

    @Override
    public void close() {
        message.close();
    }

    private void send(final int engine, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final long mac, final int length, final ControlCounter counter) {
        if (engines[engine].transmitIcmpv6(link, sourceHi, sourceLo, destinationHi, destinationLo, mac, HOP_LIMIT,
                false,
                message.address(), length)) {
            counters.increment(counter);
        }
    }
}
