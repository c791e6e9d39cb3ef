package io.millrace.control.multicast;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** One group: who listens to it, and what routers are still to be told. Thread: who holds the membership's lock. */
final class Group {
    /** For a deadline: nothing to do. */
    static final long NEVER = Long.MAX_VALUE;
    /** For a deadline: in the next turn. */
    static final long AT_ONCE = Long.MIN_VALUE;
    /** Sources of unanswered queries that are remembered: who asks may name others for almost an hour. */
    private static final int MAX_ASKED = 256;

    final GroupAddress address;
    private final Map<Object, GroupFilter> listeners = new HashMap<>();
    /** What all listeners want together. */
    private GroupFilter filter = GroupFilter.NONE;
    /** How often each change is to be reported yet (RFC 3376 §5.1). */
    private int modeReportsLeft;
    private final SortedMap<GroupAddress, Integer> sourceReportsLeft = new TreeMap<>();
    private long reportAtNs = NEVER;
    private long answerAtNs = NEVER;
    /** The sources that the query to be answered named; empty: it asked about the group as a whole. */
    private final SortedSet<GroupAddress> asked = new TreeSet<>();
    /** Versions 1 and 2: nobody else has reported the group since we did (RFC 2236 §3). */
    private boolean lastReporter;

    Group(final GroupAddress address) {
        this.address = address;
    }

    GroupFilter filter() {
        return filter;
    }

    /** What a listener wants. */
    GroupFilter wanted(final Object listener) {
        return listeners.getOrDefault(listener, GroupFilter.NONE);
    }

    /** Sets what a listener wants; returns true where that changes what all want together. */
    boolean listen(final Object listener, final GroupFilter wanted, final int robustness) {
        if (wanted.isNone()) {
            listeners.remove(listener);
        } else {
            listeners.put(listener, wanted);
        }
        final GroupFilter before = filter;
        filter = GroupFilter.of(listeners.values());
        if (filter.equals(before)) {
            return false;
        }
        if (filter.include() != before.include()) {
            modeReportsLeft = robustness;
            sourceReportsLeft.clear();
        } else {
            changed(before.sources(), filter.sources(), robustness);
            changed(filter.sources(), before.sources(), robustness);
        }
        reportAtNs = AT_ONCE;
        return true;
    }

    private void changed(final Collection<GroupAddress> some, final Collection<GroupAddress> others,
            final int robustness) {
        for (final GroupAddress source : some) {
            if (!others.contains(source)) {
                sourceReportsLeft.put(source, robustness);
            }
        }
    }

    /** True where nobody listens and nothing is to be said. */
    boolean isOver() {
        return filter.isNone() && reportAtNs == NEVER;
    }

    long nextDeadlineNs() {
        return Math.min(reportAtNs, answerAtNs);
    }

    boolean isReportDue(final long nowNs) {
        return reportAtNs <= nowNs;
    }

    boolean isAnswerDue(final long nowNs) {
        return answerAtNs <= nowNs;
    }

    boolean isModeChangeToReport() {
        return modeReportsLeft > 0;
    }

    /** Sources whose change is to be reported: those that are wanted now, or those that are not any more. */
    SortedSet<GroupAddress> changedSources(final boolean wanted) {
        final SortedSet<GroupAddress> sources = new TreeSet<>(sourceReportsLeft.keySet());
        sources.removeIf(source -> filter.wants(source) != wanted);
        return sources;
    }

    /** A report of the changes went out; the next one, if any is left, goes out at this time. */
    void onReported(final long nextNs) {
        modeReportsLeft = Math.max(0, modeReportsLeft - 1);
        sourceReportsLeft.replaceAll((source, left) -> left - 1);
        sourceReportsLeft.values().removeIf(left -> left == 0);
        reportAtNs = modeReportsLeft > 0 || !sourceReportsLeft.isEmpty() ? nextNs : NEVER;
    }

    /** Nothing of the changes is to be reported any more. */
    void forgetChanges() {
        modeReportsLeft = 0;
        sourceReportsLeft.clear();
        reportAtNs = NEVER;
    }

    /** A query about sources of this group is to be answered by this time (RFC 3376 §5.2, rules 3 to 5). */
    void ask(final Collection<GroupAddress> sources, final long atNs) {
        if (answerAtNs != NEVER && asked.isEmpty() || sources.isEmpty()) {
            asked.clear();
        } else {
            asked.addAll(sources);
            if (asked.size() > MAX_ASKED) {
                // RFC 3376 §5.2 lets a host that cannot remember them answer as if asked about the group as a whole
                asked.clear();
            }
        }
        answerAtNs = Math.min(answerAtNs, atNs);
    }

    long answerAtNs() {
        return answerAtNs;
    }

    /** What the answer to the query says of the sources that it named; of a query without sources: the filter. */
    GroupFilter answer() {
        if (asked.isEmpty()) {
            return filter;
        }
        final SortedSet<GroupAddress> wanted = new TreeSet<>(asked);
        wanted.removeIf(source -> !filter.wants(source));
        return new GroupFilter(true, wanted);
    }

    void onAnswered() {
        answerAtNs = NEVER;
        asked.clear();
    }

    /** The version of IGMP changes: what was to be said is not (RFC 3376 §7.2.1), unless it was never said. */
    void onVersionChange() {
        onAnswered();
        if (reportAtNs != AT_ONCE) {
            forgetChanges();
        }
    }

    boolean isLastReporter() {
        return lastReporter;
    }

    void lastReporter(final boolean ours) {
        lastReporter = ours;
    }
}
