package io.millrace.control.multicast;

import io.millrace.control.address.LinkRoutes;
import io.millrace.fastpath.wire.IgmpMessage;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one family that the stack has joined, and the host side of IGMP or MLD, which are the same state machine
 * (RFC 3376 §5, RFC 3810 §6): a change is reported at once and repeated as often as the robustness variable says; queries
 * are answered after a random time; while an older router asks, its version is spoken. Thread: who holds the lock of
 * {@link GroupMembership}.
 */
final class Membership implements AutoCloseable {
    private final LinkRoutes routes;
    private final MembershipProtocol protocol;
    private final RandomGenerator random;
    private final QuerierVersion querier;
    private final Map<GroupAddress, Group> groups = new TreeMap<>();
    private int version = QuerierVersion.NEWEST;
    private long generalAnswerAtNs = Group.NEVER;
    private long nextDeadlineNs = Group.NEVER;
    private IgmpSettings settings;
    private boolean closed;

    Membership(final IgmpSettings settings, final MembershipProtocol protocol, final LinkRoutes routes,
            final RandomGenerator random) {
        this.settings = settings;
        this.protocol = protocol;
        this.routes = routes;
        this.random = random;
        querier = new QuerierVersion(settings);
    }

    /**
     * Says what a listener wants; true where that changes which groups are joined.
     *
     * @param bounded false for groups that the stack itself needs: they have room where no other has.
     * @throws IllegalStateException where no more groups may be joined.
     */
    boolean listen(final Object listener, final GroupAddress address, final GroupFilter wanted, final boolean bounded) {
        Group group = groups.get(address);
        if (group == null) {
            if (wanted.isNone()) {
                return false;
            }
            if (bounded && groups.size() >= settings.maxGroups()) {
                throw new IllegalStateException("more than " + settings.maxGroups() + " multicast groups");
            }
            group = new Group(address);
            groups.put(address, group);
        }
        final boolean joinedBefore = !group.filter().isNone();
        if (!group.listen(listener, wanted, querier.robustness())) {
            return false;
        }
        if (!protocol.isReported(address)) {
            group.forgetChanges();
            groups.values().removeIf(Group::isOver);
        }
        nextDeadlineNs = Math.min(nextDeadlineNs, group.nextDeadlineNs());
        return joinedBefore == group.filter().isNone();
    }

    /** What a listener wants of a group. */
    GroupFilter wanted(final Object listener, final GroupAddress address) {
        final Group group = groups.get(address);
        return group == null ? GroupFilter.NONE : group.wanted(listener);
    }

    void settings(final IgmpSettings next) {
        settings = next;
    }

    /** Halves of the addresses of the groups that somebody listens to. */
    LongStream joined() {
        return groups.values().stream().filter(group -> !group.filter().isNone())
                .flatMapToLong(group -> LongStream.of(group.address.hi(), group.address.lo()));
    }

    long nextDeadlineNs() {
        return nextDeadlineNs;
    }

    /** A message arrived, from this address. */
    void onMessage(final GroupAddress source, final long address, final int length, final long nowNs) {
        if (!protocol.received().wrap(address, length)) {
            protocol.countIgnored();
            return;
        }
        switch (protocol.kind()) {
            case QUERY -> onQuery(nowNs);
            case OLD_REPORT -> onReport(source, protocol.group());
            case OTHER -> protocol.countIgnored();
        }
        schedule();
    }

    @Override
    public void close() {
        closed = true;
        nextDeadlineNs = Group.NEVER;
        protocol.close();
    }

    /** Reports and answers what is due; returns the number of messages or groups of messages. */
    int doWork(final long nowNs) {
        if (closed || nowNs < nextDeadlineNs) {
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
            protocol.reportOld(version, group.address);
            group.lastReporter(true);
            group.onReported(nowNs + random(settings.oldUnsolicitedNs()));
        } else {
            if (version == 2 && group.isLastReporter()) {
                protocol.leave(group.address);
            }
            group.forgetChanges();
        }
    }

    /** RFC 3376 §5.1. */
    private void reportChanges(final Group group) {
        final GroupFilter filter = group.filter();
        protocol.begin();
        if (group.isModeChangeToReport()) {
            protocol.add(filter.include() ? IgmpMessage.CHANGE_TO_INCLUDE : IgmpMessage.CHANGE_TO_EXCLUDE,
                    group.address, filter.sources());
        } else {
            addIfAny(IgmpMessage.ALLOW_NEW_SOURCES, group, group.changedSources(true));
            addIfAny(IgmpMessage.BLOCK_OLD_SOURCES, group, group.changedSources(false));
        }
        protocol.end();
    }

    private void addIfAny(final int recordType, final Group group, final Collection<GroupAddress> sources) {
        if (!sources.isEmpty()) {
            protocol.add(recordType, group.address, sources);
        }
    }

    private void answer(final Group group) {
        if (version != QuerierVersion.NEWEST) {
            if (isReported(group)) {
                protocol.reportOld(version, group.address);
                group.lastReporter(true);
            }
        } else {
            protocol.begin();
            addState(group, group.answer());
            protocol.end();
        }
        group.onAnswered();
    }

    private void answerAll() {
        generalAnswerAtNs = Group.NEVER;
        protocol.begin();
        for (final Group group : groups.values()) {
            if (isReported(group)) {
                addState(group, group.filter());
            }
        }
        protocol.end();
    }

    private void addState(final Group group, final GroupFilter state) {
        if (!state.isNone()) {
            protocol.add(state.include() ? IgmpMessage.MODE_IS_INCLUDE : IgmpMessage.MODE_IS_EXCLUDE, group.address,
                    state.sources());
        }
    }

    private boolean isReported(final Group group) {
        return protocol.isReported(group.address) && !group.filter().isNone();
    }

    private void onQuery(final long nowNs) {
        final int asking = protocol.queryVersion();
        if (asking == 0 || asking == QuerierVersion.NEWEST && protocol.received().sources() < 0) {
            protocol.countIgnored();
            return;
        }
        protocol.countQuery();
        if (asking == QuerierVersion.NEWEST) {
            querier.onNewest(protocol.received().robustness(), protocol.received().queryIntervalSeconds());
        } else if (protocol.group() == null) {
            querier.onOlder(asking, nowNs);
        }
        version(nowNs);
        final long withinNs = asking == 1 ? settings.queryResponseNs() : protocol.maxResponseNs();
        if (version != QuerierVersion.NEWEST) {
            askOld(withinNs, nowNs);
        } else {
            ask(nowNs + random(withinNs));
        }
    }

    /** RFC 2236 §3: each group answers in its own time, unless another host does first. */
    private void askOld(final long withinNs, final long nowNs) {
        final GroupAddress asked = protocol.group();
        for (final Group group : groups.values()) {
            if ((asked == null || asked.equals(group.address)) && isReported(group)
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
        final GroupAddress asked = protocol.group();
        if (asked == null) {
            generalAnswerAtNs = atNs;
            return;
        }
        final Group group = groups.get(asked);
        if (group != null && isReported(group)) {
            final SortedSet<GroupAddress> sources = new TreeSet<>();
            for (int i = 0; i < protocol.received().sources(); i++) {
                sources.add(protocol.source(i));
            }
            group.ask(sources, atNs);
        }
    }

    /** RFC 2236 §3: one report of a group is enough for an older router. */
    private void onReport(final GroupAddress source, final @Nullable GroupAddress address) {
        final Group group = address == null ? null : groups.get(address);
        if (version == QuerierVersion.NEWEST || group == null
                || routes.current().isOwn(source.hi(), source.lo())) {
            protocol.countIgnored();
            return;
        }
        protocol.countReportHeard();
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
