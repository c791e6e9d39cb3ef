package io.millrace.control.multicast;

import io.millrace.control.address.LinkRoutes;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.MulticastGroups;
import io.millrace.fastpath.wire.IpAddress;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * The multicast groups that are joined on one link, of both families: what is wanted of them, what routers are told by IGMP
 * (RFC 3376, with versions 2 and 1) and by MLD (RFC 3810, with version 1), and the snapshot that engines read.
 * <p>
 * The number of groups of each family is bounded: one more is refused. Thread: any for {@link #listen}; the rest the
 * agent's. Time and randomness are inputs.
 */
public final class GroupMembership implements MulticastGroups, AutoCloseable {
    /** Sources that one listener may name for a group. */
    private static final int MAX_SOURCES = 64;
    private static final GroupFilter EVERYTHING = new GroupFilter(false, new TreeSet<>());

    private final LinkRoutes routes;
    private final Membership igmp;
    private final Membership mld;
    private volatile long nextDeadlineNs = Group.NEVER;

    /**
     * @param engine where messages leave through.
     * @param random how long an answer waits.
     */
    public GroupMembership(final IgmpSettings settings, final EngineCommands engine, final LinkRoutes routes,
            final RandomGenerator random, final ControlCounters counters) {
        this.routes = routes;
        igmp = new Membership(settings, new IgmpProtocol(engine, routes, counters), routes, random);
        mld = new Membership(settings, new MldProtocol(engine, routes, counters), routes, random);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException where no more groups, or sources, may be joined.
     */
    @Override
    public synchronized void listen(final Object listener, final long groupHi, final long groupLo,
            final boolean include, final long... sources) {
        if (!IpAddress.isMulticast(groupHi, groupLo)) {
            throw new IllegalArgumentException(IpAddress.toString(groupHi, groupLo) + " is no multicast group");
        }
        final boolean v4 = IpAddress.isV4(groupHi, groupLo);
        if ((v4 ? igmp : mld).listen(listener, new GroupAddress(groupHi, groupLo),
                new GroupFilter(include, addresses(v4, sources)), true)) {
            publish();
        }
        schedule();
    }

    /** Brings back what a listener wants of a group at this moment; it is not refused. */
    synchronized Runnable asBefore(final Object listener, final long groupHi, final long groupLo) {
        final Membership family = IpAddress.isV4(groupHi, groupLo) ? igmp : mld;
        final GroupAddress group = new GroupAddress(groupHi, groupLo);
        final GroupFilter wanted = family.wanted(listener, group);
        return () -> restore(family, listener, group, wanted);
    }

    private synchronized void restore(final Membership family, final Object listener, final GroupAddress group,
            final GroupFilter wanted) {
        if (family.listen(listener, group, wanted, false)) {
            publish();
        }
        schedule();
    }

    /** The stack itself needs a group of IPv6, or does not any more; it has room where no other group has. Thread: any. */
    public synchronized void need(final Object listener, final long groupHi, final long groupLo, final boolean needed) {
        if (mld.listen(listener, new GroupAddress(groupHi, groupLo), needed ? EVERYTHING : GroupFilter.NONE, false)) {
            publish();
        }
        schedule();
    }

    /** As many groups from now on; those that are joined stay. Thread: any. */
    public synchronized void settings(final IgmpSettings next) {
        igmp.settings(next);
        mld.settings(next);
    }

    /**
     * Before this time {@link #doWork} has nothing to do; {@link Long#MIN_VALUE}: now; {@link Long#MAX_VALUE}: never.
     * Thread: any.
     */
    public long nextDeadlineNs() {
        return nextDeadlineNs;
    }

    /** An IGMP message arrived at an engine; parameters as in {@link io.millrace.fastpath.control.EngineEvents#onIgmp}. */
    public synchronized void onMessage(final int source, final long address, final int length, final long nowNs) {
        igmp.onMessage(GroupAddress.v4(source), address, length, nowNs);
        schedule();
    }

    /**
     * An MLD message arrived at an engine; parameters as in {@link io.millrace.fastpath.control.EngineEvents#onIcmpv6}.
     * One that is not from the link is ignored (RFC 3810 §6.2).
     */
    public synchronized void onMld(final long sourceHi, final long sourceLo, final int hopLimit, final long address,
            final int length, final long nowNs) {
        final boolean fromLink = hopLimit == 1 && (IpAddress.isLinkLocal(sourceHi) || (sourceHi | sourceLo) == 0);
        mld.onMessage(new GroupAddress(sourceHi, sourceLo), address, fromLink ? length : 0, nowNs);
        schedule();
    }

    /** Reports and answers what is due; returns the number of messages or groups of messages. */
    public int doWork(final long nowNs) {
        return nowNs < nextDeadlineNs ? 0 : work(nowNs);
    }

    @Override
    public synchronized void close() {
        igmp.close();
        mld.close();
        schedule();
    }

    private synchronized int work(final long nowNs) {
        final int done = igmp.doWork(nowNs) + mld.doWork(nowNs);
        schedule();
        return done;
    }

    private void schedule() {
        nextDeadlineNs = Math.min(igmp.nextDeadlineNs(), mld.nextDeadlineNs());
    }

    private void publish() {
        routes.join(LongStream.concat(igmp.joined(), mld.joined()).toArray());
    }

    private static SortedSet<GroupAddress> addresses(final boolean v4, final long[] halves) {
        if (halves.length > 2 * MAX_SOURCES) {
            throw new IllegalStateException("more than " + MAX_SOURCES + " sources of a multicast group");
        }
        final SortedSet<GroupAddress> addresses = new TreeSet<>();
        for (int i = 0; i < halves.length; i += 2) {
            if (IpAddress.isV4(halves[i], halves[i + 1]) != v4) {
                throw new IllegalArgumentException("no source of an " + (v4 ? "IPv4" : "IPv6") + " group: "
                        + IpAddress.toString(halves[i], halves[i + 1]));
            }
            addresses.add(new GroupAddress(halves[i], halves[i + 1]));
        }
        return addresses;
    }
}
