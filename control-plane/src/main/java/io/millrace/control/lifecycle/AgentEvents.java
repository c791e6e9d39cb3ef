package io.millrace.control.lifecycle;

import io.millrace.fastpath.control.EngineEvents;
import java.util.List;
import org.agrona.concurrent.CachedNanoClock;

/** Events of one engine on their way to the link that they are of, with the time of the agent's turn. Thread: the agent's. */
final class AgentEvents implements EngineEvents {
    private final int engine;
    private final List<Link> links;
    private final CachedNanoClock turnClock;

    AgentEvents(final int engine, final List<Link> links, final CachedNanoClock turnClock) {
        this.engine = engine;
        this.links = links;
        this.turnClock = turnClock;
    }

    @Override
    public void onArp(final int link, final int operation, final long senderMac, final int senderIp,
            final int targetIp) {
        links.get(link).neighbours().onArp(engine, operation, senderMac, senderIp, targetIp, turnClock.nanoTime());
    }

    @Override
    public void onDhcp(final int link, final int source, final int destination, final long linkSource,
            final long address, final int length) {
        links.get(link).onDhcp(linkSource, address, length, turnClock.nanoTime());
    }

    @Override
    public void onIgmp(final int link, final int source, final int destination, final long address,
            final int length) {
        links.get(link).groups().onMessage(source, address, length, turnClock.nanoTime());
    }

    @Override
    public void onIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int hopLimit, final long linkSource, final long address,
            final int length) {
        links.get(link).onIcmpv6(engine, sourceHi, sourceLo, destinationHi, destinationLo, hopLimit, linkSource,
                address, length, turnClock.nanoTime());
    }

    @Override
    public void onNeighbourWanted(final int link, final long hi, final long lo) {
        links.get(link).neighbours().onNeighbourWanted(engine, hi, lo, turnClock.nanoTime());
    }

    @Override
    public void onNeighbourConfirmed(final int link, final long hi, final long lo) {
        links.get(link).neighbours().onNeighbourConfirmed(hi, lo, turnClock.nanoTime());
    }
}
