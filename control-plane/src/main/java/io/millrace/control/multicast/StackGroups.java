package io.millrace.control.multicast;

import io.millrace.fastpath.control.MulticastGroups;
import java.util.List;

/**
 * The multicast groups of a stack with several links: what an application joins is joined on each, for it says of none
 * where its senders are. Thread: any.
 */
public final class StackGroups implements MulticastGroups {
    private final List<GroupMembership> links;

    /** @param links groups of each link. */
    public StackGroups(final List<GroupMembership> links) {
        this.links = List.copyOf(links);
    }

    /**
     * {@inheritDoc} On all links or none.
     *
     * @throws IllegalStateException where no more groups, or sources, may be joined.
     */
    @Override
    public synchronized void listen(final Object listener, final long groupHi, final long groupLo,
            final boolean include, final long... sources) {
        int joined = 0;
        try {
            while (joined < links.size()) {
                links.get(joined).listen(listener, groupHi, groupLo, include, sources);
                joined++;
            }
        } catch (final IllegalStateException e) {
            for (int link = 0; link < joined; link++) {
                links.get(link).listen(listener, groupHi, groupLo, true);
            }
            throw e;
        }
    }
}
