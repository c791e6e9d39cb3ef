package io.millrace.control.multicast;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which sources of a group are wanted (RFC 3376 §3). Immutable. Thread: any.
 *
 * @param include true: these and no others; false: all but these.
 * @param sources addresses of the family of the group.
 */
record GroupFilter(boolean include, SortedSet<GroupAddress> sources) {
    /** Nothing: no member of the group. */
    static final GroupFilter NONE = new GroupFilter(true, new TreeSet<>());

    GroupFilter {
        sources = Collections.unmodifiableSortedSet(new TreeSet<>(sources));
    }

    boolean isNone() {
        return include && sources.isEmpty();
    }

    boolean wants(final GroupAddress source) {
        return include == sources.contains(source);
    }

    /** What all listeners together want (RFC 3376 §3.2). */
    static GroupFilter of(final Collection<GroupFilter> all) {
        final SortedSet<GroupAddress> wanted = new TreeSet<>();
        SortedSet<GroupAddress> unwanted = null;
        for (final GroupFilter filter : all) {
            if (filter.include) {
                wanted.addAll(filter.sources);
            } else if (unwanted == null) {
                unwanted = new TreeSet<>(filter.sources);
            } else {
                unwanted.retainAll(filter.sources);
            }
        }
        if (unwanted == null) {
            return new GroupFilter(true, wanted);
        }
        unwanted.removeAll(wanted);
        return new GroupFilter(false, unwanted);
    }
}
