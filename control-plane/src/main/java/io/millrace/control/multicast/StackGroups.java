package io.millrace.control.multicast;

import io.millrace.fastpath.control.MulticastGroups;
import java.util.ArrayList;
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
        final List<Runnable> undo = new ArrayList<>();
        try {
            for (final GroupMembership link : links) {
                final Runnable before = link.asBefore(listener, groupHi, groupLo);
                link.listen(listener, groupHi, groupLo, include, sources);
                undo.add(before);
            }
        } catch (final IllegalStateException e) {
            undo.forEach(Runnable::run);
            throw e;
        }
    }
}
