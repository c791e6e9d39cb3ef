package io.millrace.control.multicast;

import io.millrace.fastpath.wire.MembershipMessage;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The messages of IGMP or MLD: the one that arrived, and those that are sent. Versions are those of IGMP; MLD's are one
 * less. Thread: who holds the membership's lock.
 */
interface MembershipProtocol extends AutoCloseable {
    /** What a message is. */
    enum Kind {
        QUERY,
        OLD_REPORT,
        OTHER
    }

    /** The message that arrived. */
    MembershipMessage received();

    Kind kind();

    /** Version of a query; 0 where it is none that is understood. */
    int queryVersion();

    /** The group that a query asks about, or that is reported; null: all. */
    @Nullable
    GroupAddress group();

    /** How long a query leaves time to answer, in nanoseconds; not of version 1. */
    long maxResponseNs();

    GroupAddress source(int index);

    /** False for groups that nobody reports: those that every host is a member of, and those that never leave a host. */
    boolean isReported(GroupAddress group);

    /** Sends a report of an older version. */
    void reportOld(int version, GroupAddress group);

    /** Sends a leave of an older version. */
    void leave(GroupAddress group);

    /** Begins a report of the newest version. */
    void begin();

    /** Adds a record, without a source or with some; what does not fit goes into another report. */
    void add(int recordType, GroupAddress group, Collection<GroupAddress> sources);

    /** Sends the report, if it says anything. */
    void end();

    void countQuery();

    void countReportHeard();

    void countIgnored();

    @Override
    void close();
}
