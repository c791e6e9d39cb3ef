package io.millrace.control.multicast;

import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.MulticastGroups;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpAddress;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * The multicast groups that the stack has joined, and IGMP's host side: version 3 (RFC 3376) with source filters, and
 * versions 2 (RFC 2236) and 1 (RFC 1112) while an older router asks. A change is reported at once and repeated as often
 * as the robustness variable says; queries are answered after a random time.
 * <p>
 * The number of groups is bounded: one more is refused. Thread: any for {@link #listen}; the rest the agent's. Time and
 * randomness are inputs.
 */
public final class GroupMembership implements MulticastGroups, AutoCloseable {
    /** All hosts, which every host is a member of and nobody reports (RFC 3376 §5). */
    private static final int ALL_HOSTS = 0xE000_0001;
    /** Sources that one listener may name for a group. */
    private static final int MAX_SOURCES = 64;
    private static final long TENTH_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PublishedRoutes routes;
    private final ControlCounters counters;
    private final IgmpSender sender;
    private final RandomGenerator random;
    private final QuerierVersion querier;
    private final Map<Integer, Group> groups = new TreeMap<>();
    private final IgmpMessage message = new IgmpMessage();
    private int version = QuerierVersion.NEWEST;
    private long generalAnswerAtNs = Group.NEVER;
    private volatile long nextDeadlineNs = Group.NEVER;
    private IgmpSettings settings;
    private boolean closed;

    /**
     * @param engine where IGMP leaves through.
     * @param random how long an answer waits.
     */
    public GroupMembership(final IgmpSettings settings, final EngineCommands engine, final PublishedRoutes routes,
            final RandomGenerator random, final ControlCounters counters) {
        this.settings = settings;
        this.routes = routes;
        this.counters = counters;
        this.random = random;
        sender = new IgmpSender(engine, routes, counters);
        querier = new QuerierVersion(settings);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException where no more groups, or sources, may be joined.
     */
    @Override
    public synchronized void listen(final Object listener, final long groupHi, final long groupLo,
            final boolean include, final long... sources) {
        if (!IpAddress.isV4(groupHi, groupLo) || !IpAddress.isMulticast(groupHi, groupLo)) {
            throw new IllegalArgumentException(IpAddress.toString(groupHi, groupLo) + " is no IPv4 multicast group");
        }
        final GroupFilter wanted = new GroupFilter(include, addresses(sources));
        final int address = IpAddress.toV4(groupLo);
        Group group = groups.get(address);
        if (group == null) {
            if (wanted.isNone()) {
                return;
            }
            if (groups.size() >= settings.maxGroups()) {
                throw new IllegalStateException("more than " + settings.maxGroups() + " multicast groups");
            }
            group = new Group(address);
            groups.put(address, group);
        }
        final boolean joinedBefore = !group.filter().isNone();
        if (group.listen(listener, wanted, querier.robustness())) {
            if (address == ALL_HOSTS) {
                group.forgetChanges();
                groups.values().removeIf(Group::isOver);
            }
            if (joinedBefore == group.filter().isNone()) {
                publish();
            }
            nextDeadlineNs = Math.min(nextDeadlineNs, group.nextDeadlineNs());
        }
    }

    /** As many groups from now on; those that are joined stay. Thread: any. */
    public synchronized void settings(final IgmpSettings next) {
        settings = next;
    }

    private static SortedSet<Integer> addresses(final long[] halves) {
        if (halves.length > 2 * MAX_SOURCES) {
            throw new IllegalStateException("more than " + MAX_SOURCES + " sources of a multicast group");
        }
        final SortedSet<Integer> addresses = new TreeSet<>();
        for (int i = 0; i < halves.length; i += 2) {
            if (!IpAddress.isV4(halves[i], halves[i + 1])) {
                throw new IllegalArgumentException("no source of an IPv4 group: "
                        + IpAddress.toString(halves[i], halves[i + 1]));
            }
            addresses.add(IpAddress.toV4(halves[i + 1]));
        }
        return addresses;
    }

    private void publish() {
        routes.join(groups.values().stream().filter(group -> !group.filter().isNone())
                .flatMapToLong(group -> LongStream.of(0, IpAddress.v4(group.address))).toArray());
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
        if (!message.wrap(address, length)) {
            counters.increment(ControlCounter.IGMP_IGNORED);
            return;
        }
        switch (message.type()) {
            case IgmpMessage.QUERY -> onQuery(nowNs);
            case IgmpMessage.V1_REPORT, IgmpMessage.V2_REPORT -> onReport(source, message.group());
            default -> counters.increment(ControlCounter.IGMP_IGNORED);
        }
        schedule();
    }

    /** Reports and answers what is due; returns the number of messages or groups of messages. */
    public int doWork(final long nowNs) {
        return nowNs < nextDeadlineNs ? 0 : work(nowNs);
    }

    @Override
    public synchronized void close() {
        closed = true;
        nextDeadlineNs = Group.NEVER;
        sender.close();
    }

    private synchronized int work(final long nowNs) {
        if (closed) {
            return 0;
        }
        version(nowNs);
        int done = 0;
        for (final Iterator<Group> all = groups.values().iterator(); all.hasNext();) {
            final Group group = all.next();
            if (group.isReportDue(nowNs)) {
                report(group, nowNs);
                done++;
            }
            if (group.isAnswerDue(nowNs)) {
                answer(group);
                done++;
            }
            if (group.isOver()) {
                all.remove();
            }
        }
        if (generalAnswerAtNs <= nowNs) {
            answerAll();
            done++;
        }
        schedule();
        return done;
    }

    private void schedule() {
        long next = Math.min(generalAnswerAtNs, querier.nextDeadlineNs());
        for (final Group group : groups.values()) {
            next = Math.min(next, group.nextDeadlineNs());
        }
        nextDeadlineNs = next;
    }

    private void version(final long nowNs) {
        final int now = querier.now(nowNs);
        if (now != version) {
            version = now;
            generalAnswerAtNs = Group.NEVER;
            groups.values().forEach(Group::onVersionChange);
        }
    }

    private void report(final Group group, final long nowNs) {
        if (version == QuerierVersion.NEWEST) {
            reportChanges(group);
            group.onReported(nowNs + random(settings.unsolicitedNs()));
        } else if (!group.filter().isNone()) {
            sender.reportOld(version, group.address);
            group.lastReporter(true);
            group.onReported(nowNs + random(settings.oldUnsolicitedNs()));
        } else {
            if (version == 2 && group.isLastReporter()) {
                sender.leave(group.address);
            }
            group.forgetChanges();
        }
    }

    /** RFC 3376 §5.1. */
    private void reportChanges(final Group group) {
        final GroupFilter filter = group.filter();
        sender.begin();
        if (group.isModeChangeToReport()) {
            sender.add(filter.include() ? IgmpMessage.CHANGE_TO_INCLUDE : IgmpMessage.CHANGE_TO_EXCLUDE,
                    group.address, filter.sources());
        } else {
            addIfAny(IgmpMessage.ALLOW_NEW_SOURCES, group, group.changedSources(true));
            addIfAny(IgmpMessage.BLOCK_OLD_SOURCES, group, group.changedSources(false));
        }
        sender.end();
    }

    private void addIfAny(final int recordType, final Group group, final Collection<Integer> sources) {
        if (!sources.isEmpty()) {
            sender.add(recordType, group.address, sources);
        }
    }

    private void answer(final Group group) {
        if (version != QuerierVersion.NEWEST) {
            if (isReported(group)) {
                sender.reportOld(version, group.address);
                group.lastReporter(true);
            }
        } else {
            sender.begin();
            addState(group, group.answer());
            sender.end();
        }
        group.onAnswered();
    }

    private void answerAll() {
        generalAnswerAtNs = Group.NEVER;
        sender.begin();
        for (final Group group : groups.values()) {
            if (isReported(group)) {
                addState(group, group.filter());
            }
        }
        sender.end();
    }

    private void addState(final Group group, final GroupFilter state) {
        if (!state.isNone()) {
            sender.add(state.include() ? IgmpMessage.MODE_IS_INCLUDE : IgmpMessage.MODE_IS_EXCLUDE, group.address,
                    state.sources());
        }
    }

    private static boolean isReported(final Group group) {
        return group.address != ALL_HOSTS && !group.filter().isNone();
    }

    private void onQuery(final long nowNs) {
        final int asking = message.queryVersion();
        if (asking == 0 || asking == QuerierVersion.NEWEST && message.sources() < 0) {
            counters.increment(ControlCounter.IGMP_IGNORED);
            return;
        }
        counters.increment(ControlCounter.IGMP_QUERIES_RECEIVED);
        if (asking == QuerierVersion.NEWEST) {
            querier.onNewest(message.robustness(), message.queryIntervalSeconds());
        } else if (message.group() == 0) {
            querier.onOlder(asking, nowNs);
        }
        version(nowNs);
        final long withinNs = asking == 1 ? settings.queryResponseNs() : message.maxResponseTenths() * TENTH_NS;
        if (version != QuerierVersion.NEWEST) {
            askOld(withinNs, nowNs);
        } else {
            ask(nowNs + random(withinNs));
        }
    }

    /** RFC 2236 §3: each group answers in its own time, unless another host does first. */
    private void askOld(final long withinNs, final long nowNs) {
        for (final Group group : groups.values()) {
            if ((message.group() == 0 || message.group() == group.address) && isReported(group)
                    && group.answerAtNs() - withinNs > nowNs) {
                group.ask(List.of(), nowNs + random(withinNs));
            }
        }
    }

    /** RFC 3376 §5.2, rules 1 to 3. */
    private void ask(final long atNs) {
        if (generalAnswerAtNs <= atNs) {
            return;
        }
        if (message.group() == 0) {
            generalAnswerAtNs = atNs;
            return;
        }
        final Group group = groups.get(message.group());
        if (group != null && isReported(group)) {
            final SortedSet<Integer> sources = new TreeSet<>();
            for (int i = 0; i < message.sources(); i++) {
                sources.add(message.source(i));
            }
            group.ask(sources, atNs);
        }
    }

    /** RFC 2236 §3: one report of a group is enough for an older router. */
    private void onReport(final int source, final int address) {
        final Group group = groups.get(address);
        if (version == QuerierVersion.NEWEST || group == null
                || routes.current().isOwn(0, IpAddress.v4(source))) {
            counters.increment(ControlCounter.IGMP_IGNORED);
            return;
        }
        counters.increment(ControlCounter.IGMP_REPORTS_HEARD);
        group.onAnswered();
        if (!group.filter().isNone()) {
            group.forgetChanges();
        }
        group.lastReporter(false);
    }

    /** More than 0 and at the most this. */
    private long random(final long mostNs) {
        return mostNs == 0 ? 0 : 1 + random.nextLong(mostNs);
    }
}
