package io.millrace.control.lifecycle;

import io.millrace.control.dhcp.DhcpClient;
import io.millrace.control.multicast.GroupMembership;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.NdMessage;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/** Events of one engine on their way to where they belong, with the time of the agent's turn. Thread: the agent's. */
final class AgentEvents implements EngineEvents {
    private final int engine;
    private final NeighbourCache neighbours;
    private final GroupMembership groups;
    private final @Nullable DhcpClient dhcp;
    private final CachedNanoClock turnClock;

    AgentEvents(final int engine, final NeighbourCache neighbours, final GroupMembership groups,
            final @Nullable DhcpClient dhcp, final CachedNanoClock turnClock) {
        this.engine = engine;
        this.neighbours = neighbours;
        this.groups = groups;
        this.dhcp = dhcp;
        this.turnClock = turnClock;
    }

    @Override
    public void onArp(final int link, final int operation, final long senderMac, final int senderIp,
            final int targetIp) {
        neighbours.onArp(engine, operation, senderMac, senderIp, targetIp, turnClock.nanoTime());
    }

    @Override
    public void onDhcp(final int link, final int source, final int destination, final long linkSource,
            final long address,
            final int length) {
        if (dhcp != null) {
            dhcp.onMessage(linkSource, address, length, turnClock.nanoTime());
        }
    }

    @Override
    public void onIgmp(final int link, final int source, final int destination, final long address, final int length) {
        groups.onMessage(source, address, length, turnClock.nanoTime());
    }

    @Override
    public void onIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int hopLimit, final long linkSource, final long address,
            final int length) {
        final int type = Memory.getUnsignedByte(address);
        if (type >= NdMessage.ROUTER_SOLICITATION && type <= NdMessage.REDIRECT) {
            neighbours.onIcmpv6(engine, sourceHi, sourceLo, destinationHi, destinationLo, linkSource, address, length,
                    turnClock.nanoTime());
        } else {
            groups.onMld(sourceHi, sourceLo, hopLimit, address, length, turnClock.nanoTime());
        }
    }

    @Override
    public void onNeighbourWanted(final int link, final long hi, final long lo) {
        neighbours.onNeighbourWanted(engine, hi, lo, turnClock.nanoTime());
    }

    @Override
    public void onNeighbourConfirmed(final int link, final long hi, final long lo) {
        neighbours.onNeighbourConfirmed(hi, lo, turnClock.nanoTime());
    }
}
