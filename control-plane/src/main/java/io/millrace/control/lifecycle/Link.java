package io.millrace.control.lifecycle;

import io.millrace.control.dhcp.DhcpClient;
import io.millrace.control.multicast.GroupMembership;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.NdMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.LongToIntFunction;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * What lies behind one port of the stack, and who speaks there: each link has a neighbour cache, multicast groups and,
 * where configured, a DHCP client and autoconfiguration of its own. Thread: the agent's, but for what each part allows.
 */
public final class Link implements AutoCloseable {
    private final String device;
    private final NeighbourCache neighbours;
    private final GroupMembership groups;
    private final @Nullable DhcpClient dhcp;
    private final List<ControlTask> tasks = new ArrayList<>();

    /**
     * @param device name of the port's device, e.g. {@code tap:mr0}.
     * @param dhcp   null where no address is asked for.
     * @param others what else is done on the link in each turn, in this order.
     */
    public Link(final String device, final NeighbourCache neighbours, final GroupMembership groups,
            final @Nullable DhcpClient dhcp, final ControlTask... others) {
        this.device = device;
        this.neighbours = neighbours;
        this.groups = groups;
        this.dhcp = dhcp;
        tasks.add(task(neighbours::doWork, neighbours::nextDeadlineNs));
        tasks.add(task(groups::doWork, groups::nextDeadlineNs));
        if (dhcp != null) {
            tasks.add(task(dhcp::doWork, dhcp::nextDeadlineNs));
        }
        tasks.addAll(List.of(others));
    }

    /** Name of the port's device. Thread: any. */
    public String device() {
        return device;
    }

    /** The neighbours on the link. */
    public NeighbourCache neighbours() {
        return neighbours;
    }

    /** The multicast groups joined on the link. */
    public GroupMembership groups() {
        return groups;
    }

    /** True where an address is leased on the link. Thread: any. */
    public boolean hasDhcpClient() {
        return dhcp != null;
    }

    /** Says good-bye to whom it concerns, while the engines still run. Thread: any. */
    public void takeLeave() {
        if (dhcp != null) {
            dhcp.stop();
        }
    }

    /** Gives back memory, when the agent has stopped. */
    @Override
    public void close() {
        CloseHelper.closeAll(groups, dhcp, neighbours);
    }

    /** What is done on the link in each turn. */
    List<ControlTask> tasks() {
        return tasks;
    }

    /** {@link io.millrace.fastpath.control.EngineEvents#onDhcp}. */
    void onDhcp(final long linkSource, final long address, final int length, final long nowNs) {
        if (dhcp != null) {
            dhcp.onMessage(linkSource, address, length, nowNs);
        }
    }

    /** {@link io.millrace.fastpath.control.EngineEvents#onIcmpv6}, of one engine. */
    void onIcmpv6(final int engine, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int hopLimit, final long linkSource, final long address,
            final int length, final long nowNs) {
        final int type = Memory.getUnsignedByte(address);
        if (type >= NdMessage.ROUTER_SOLICITATION && type <= NdMessage.REDIRECT) {
            neighbours.onIcmpv6(engine, sourceHi, sourceLo, destinationHi, destinationLo, linkSource, address, length,
                    nowNs);
        } else {
            groups.onMld(sourceHi, sourceLo, hopLimit, address, length, nowNs);
        }
    }

    private static ControlTask task(final LongToIntFunction work, final LongSupplier deadline) {
        return new ControlTask() {
            @Override
            public int doWork(final long nowNs) {
                return work.applyAsInt(nowNs);
            }

            @Override
            public long nextDeadlineNs() {
                return deadline.getAsLong();
            }
        };
    }
}
