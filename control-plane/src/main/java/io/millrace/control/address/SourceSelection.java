package io.millrace.control.address;

import io.millrace.config.Cidr;
import io.millrace.fastpath.wire.IpAddress;
import java.util.List;

/**
 * Which own IPv6 address to send from (RFC 6724 §5), without home addresses (rule 4) and temporary addresses (7). Where
 * the rules leave a tie, the address named first. Immutable. Thread: any.
 */
final class SourceSelection {
    /** What {@link #select} answers where the stack has no IPv6 address in use. */
    static final int NONE = -1;

    private static final int SCOPE_LINK = 0x2;
    private static final int SCOPE_SITE = 0x5;
    private static final int SCOPE_GLOBAL = 0xe;
    /** RFC 6724 §2.1: the default policy table, and the labels of its prefixes. */
    private static final String[] POLICY = {"::1/128", "::/0", "::/96", "2002::/16", "2001::/32", "fc00::/7",
            "fec0::/10",
            "3ffe::/16"};
    private static final int[] LABELS = {0, 1, 3, 2, 5, 13, 11, 12};
    private static final PrefixTrie LABEL_OF = new PrefixTrie(
            List.of(POLICY).stream().map(Cidr::parse).map(Prefix::of).toList());

    private final long[] hi;
    private final long[] lo;
    private final int[] prefixBits;
    private final int[] links;
    private final boolean[] deprecated;

    SourceSelection(final List<OwnAddress> addresses) {
        final List<OwnAddress> usable = addresses.stream()
                .filter(own -> own.state().isUsable() && !Prefix.of(own.cidr()).isV4()).toList();
        hi = usable.stream().mapToLong(own -> IpAddress.hi(own.address())).toArray();
        lo = usable.stream().mapToLong(own -> IpAddress.lo(own.address())).toArray();
        prefixBits = usable.stream().mapToInt(own -> own.cidr().prefixLength()).toArray();
        links = usable.stream().mapToInt(OwnAddress::link).toArray();
        deprecated = new boolean[usable.size()];
        for (int i = 0; i < deprecated.length; i++) {
            deprecated[i] = usable.get(i).state() == OwnAddress.State.DEPRECATED;
        }
    }

    /** Number of the best source for a destination that is reached over a link, or {@link #NONE}. */
    int select(final long toHi, final long toLo, final int link) {
        return select(toHi, toLo, link, false);
    }

    /** The same of the addresses of that link alone, as for a link-local destination (RFC 6724 §4). */
    int selectOn(final int link, final long toHi, final long toLo) {
        return select(toHi, toLo, link, true);
    }

    private int select(final long toHi, final long toLo, final int link, final boolean alone) {
        int best = NONE;
        for (int i = 0; i < hi.length; i++) {
            if ((!alone || links[i] == link) && (best == NONE || isBetter(i, best, toHi, toLo, link))) {
                best = i;
            }
        }
        return best;
    }

    long hi(final int source) {
        return hi[source];
    }

    long lo(final int source) {
        return lo[source];
    }

    private boolean isBetter(final int a, final int b, final long toHi, final long toLo, final int link) {
        // rule 1: the destination itself
        final boolean same = hi[a] == toHi && lo[a] == toLo;
        if (same || hi[b] == toHi && lo[b] == toLo) {
            return same;
        }
        // rule 2: a scope that reaches the destination, the smallest of those
        final int scopeA = scope(hi[a], lo[a]);
        final int scopeB = scope(hi[b], lo[b]);
        if (scopeA != scopeB) {
            final int scope = scope(toHi, toLo);
            return scopeA < scopeB ? scopeA >= scope : scopeB < scope;
        }
        // rule 3: not one that is on its way out
        if (deprecated[a] != deprecated[b]) {
            return deprecated[b];
        }
        // rule 5: one of the link that the packet leaves over
        if (links[a] != links[b] && (links[a] == link || links[b] == link)) {
            return links[a] == link;
        }
        // rule 6: of the same kind as the destination
        final int label = label(toHi, toLo);
        final boolean labelA = label(hi[a], lo[a]) == label;
        if (labelA != (label(hi[b], lo[b]) == label)) {
            return labelA;
        }
        // rule 8: the longest prefix in common
        return common(a, toHi, toLo) > common(b, toHi, toLo);
    }

    private int common(final int source, final long toHi, final long toLo) {
        return Math.min(prefixBits[source], Prefix.common(hi[source], lo[source], toHi, toLo));
    }

    /** RFC 6724 §3.1; unique local addresses are global here. */
    private static int scope(final long hi, final long lo) {
        if (hi >>> 56 == 0xff) {
            return (int) (hi >>> 48) & 0xf;
        }
        if (IpAddress.isLinkLocal(hi) || hi == 0 && lo == 1) {
            return SCOPE_LINK;
        }
        return hi >>> 54 == 0xfec0 >>> 6 ? SCOPE_SITE : SCOPE_GLOBAL;
    }

    private static int label(final long hi, final long lo) {
        return LABELS[LABEL_OF.find(hi, lo)];
    }
}
