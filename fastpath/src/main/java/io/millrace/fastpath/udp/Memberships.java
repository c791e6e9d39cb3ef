package io.millrace.fastpath.udp;

import io.millrace.fastpath.control.MulticastGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups of one endpoint, each with the sources that it wants or does not want (RFC 3376 §3.1). Immutable.
 * Thread: any.
 */
final class Memberships {
    static final Memberships NONE = new Memberships(List.of());

    /**
     * One group.
     *
     * @param include true: only from these sources; false: from any but these.
     * @param sources upper and lower halves in turn.
     */
    private record Membership(long hi, long lo, boolean include, long[] sources) {
        boolean isOf(final long groupHi, final long groupLo) {
            return lo == groupLo && hi == groupHi;
        }

        boolean names(final long sourceHi, final long sourceLo) {
            for (int i = 0; i < sources.length; i += 2) {
                if (sources[i + 1] == sourceLo && sources[i] == sourceHi) {
                    return true;
                }
            }
            return false;
        }

        Membership with(final long sourceHi, final long sourceLo) {
            if (names(sourceHi, sourceLo)) {
                return this;
            }
            final long[] more = Arrays.copyOf(sources, sources.length + 2);
            more[sources.length] = sourceHi;
            more[sources.length + 1] = sourceLo;
            return new Membership(hi, lo, include, more);
        }

        Membership without(final long sourceHi, final long sourceLo) {
            final long[] fewer = new long[sources.length];
            int length = 0;
            for (int i = 0; i < sources.length; i += 2) {
                if (sources[i + 1] != sourceLo || sources[i] != sourceHi) {
                    fewer[length++] = sources[i];
                    fewer[length++] = sources[i + 1];
                }
            }
            return new Membership(hi, lo, include, Arrays.copyOf(fewer, length));
        }
    }

    private final List<Membership> all;

    private Memberships(final List<Membership> all) {
        this.all = all;
    }

    /** True where a datagram from this source to this group is wanted. */
    boolean accept(final long groupHi, final long groupLo, final long sourceHi, final long sourceLo) {
        for (int i = 0; i < all.size(); i++) {
            final Membership membership = all.get(i);
            if (membership.isOf(groupHi, groupLo)) {
                return membership.include() == membership.names(sourceHi, sourceLo);
            }
        }
        return false;
    }

    boolean isMember(final long groupHi, final long groupLo) {
        return find(groupHi, groupLo) != null;
    }

    /** Tells the control plane what is wanted of a group: nothing where it was not joined. */
    void tell(final MulticastGroups groups, final Object listener, final long groupHi, final long groupLo) {
        final Membership wanted = find(groupHi, groupLo);
        if (wanted == null) {
            groups.listen(listener, groupHi, groupLo, true);
        } else {
            groups.listen(listener, groupHi, groupLo, wanted.include(), wanted.sources());
        }
    }

    /** Upper and lower halves of the groups in turn. */
    long[] groups() {
        return all.stream().flatMapToLong(membership -> Arrays.stream(new long[]{membership.hi(), membership.lo()}))
                .toArray();
    }

    /** Member of the group, whatever the source. @throws IllegalStateException where some sources were joined. */
    Memberships join(final long groupHi, final long groupLo) {
        final Membership present = find(groupHi, groupLo);
        if (present == null) {
            return plus(new Membership(groupHi, groupLo, false, new long[0]));
        }
        if (present.include()) {
            throw new IllegalStateException("the group was joined for some sources: leave those first");
        }
        return this;
    }

    /** Member of the group for one source (more). @throws IllegalStateException where every source was joined. */
    Memberships join(final long groupHi, final long groupLo, final long sourceHi, final long sourceLo) {
        final Membership present = find(groupHi, groupLo);
        if (present == null) {
            return plus(new Membership(groupHi, groupLo, true, new long[]{sourceHi, sourceLo}));
        }
        if (!present.include()) {
            throw new IllegalStateException("the group was joined for every source: leave it first");
        }
        return replace(present, present.with(sourceHi, sourceLo));
    }

    /** Not a member any more; changes nothing where it was none. */
    Memberships leave(final long groupHi, final long groupLo) {
        final Membership present = find(groupHi, groupLo);
        return present == null ? this : minus(present);
    }

    /** Without this source; with the last one the membership ends. */
    Memberships leave(final long groupHi, final long groupLo, final long sourceHi, final long sourceLo) {
        final Membership present = find(groupHi, groupLo);
        if (present == null || !present.include()) {
            return this;
        }
        final Membership rest = present.without(sourceHi, sourceLo);
        return rest.sources().length == 0 ? minus(present) : replace(present, rest);
    }

    /** Nothing more from this source. @throws IllegalStateException where the group was not joined for every source. */
    Memberships block(final long groupHi, final long groupLo, final long sourceHi, final long sourceLo) {
        final Membership present = find(groupHi, groupLo);
        if (present == null || present.include()) {
            throw new IllegalStateException("the group was not joined for every source: nothing to block");
        }
        return replace(present, present.with(sourceHi, sourceLo));
    }

    private @Nullable Membership find(final long groupHi, final long groupLo) {
        for (final Membership membership : all) {
            if (membership.isOf(groupHi, groupLo)) {
                return membership;
            }
        }
        return null;
    }

    private Memberships plus(final Membership added) {
        final List<Membership> next = new ArrayList<>(all);
        next.add(added);
        return new Memberships(List.copyOf(next));
    }

    private Memberships minus(final Membership removed) {
        return all.size() == 1 ? NONE : new Memberships(all.stream().filter(next -> next != removed).toList());
    }

    private Memberships replace(final Membership old, final Membership changed) {
        return new Memberships(all.stream().map(next -> next == old ? changed : next).toList());
    }
}
