package io.millrace.control.neighbour;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The order in which neighbours are looked at again, and that in which they go where the table is full, so that a flood
 * costs the logarithm of the table's size a stranger and not all of it. An entry is {@linkplain #remove removed} before
 * anything changes that the order goes by, and {@linkplain #add added} after. Thread: who holds the cache's lock.
 */
final class NeighbourOrder {
    private final TreeSet<Neighbour> due = new TreeSet<>(Comparator
            .comparingLong((final Neighbour neighbour) -> neighbour.deadlineNs)
            .thenComparingLong(neighbour -> neighbour.number));
    private final TreeSet<Neighbour> evictable = new TreeSet<>((first, second) -> {
        final int byUse = first.goesBefore(second) ? -1 : second.goesBefore(first) ? 1 : 0;
        return byUse != 0 ? byUse : Long.compare(first.number, second.number);
    });

    void add(final Neighbour neighbour) {
        if (neighbour.deadlineNs != Long.MAX_VALUE) {
            due.add(neighbour);
        }
        if (neighbour.isEvictable()) {
            evictable.add(neighbour);
        }
    }

    void remove(final Neighbour neighbour) {
        due.remove(neighbour);
        if (neighbour.isEvictable()) {
            evictable.remove(neighbour);
        }
    }

    /** When the first is due; {@link Long#MAX_VALUE}: none ever. */
    long firstDeadlineNs() {
        return due.isEmpty() ? Long.MAX_VALUE : due.first().deadlineNs;
    }

    /** One that is due; null where none is. */
    @Nullable
    Neighbour due(final long nowNs) {
        return nowNs >= firstDeadlineNs() && !due.isEmpty() ? due.first() : null;
    }

    /** Which goes first where there is no room; null where all are in use. */
    @Nullable
    Neighbour firstToGo() {
        return evictable.isEmpty() ? null : evictable.first();
    }
}
