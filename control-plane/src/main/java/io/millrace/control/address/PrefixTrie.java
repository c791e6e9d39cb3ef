package io.millrace.control.address;

import java.util.List;

/**
 * Longest-prefix match over both families, IPv4 at {@code ::ffff:0:0/96}: a binary trie without nodes that decide
 * nothing (PATRICIA), in flat arrays. A lookup looks at no more nodes than prefixes lie within each other, and one for
 * each bit in which neighbouring prefixes differ; it allocates nothing. Immutable. Thread: any.
 */
final class PrefixTrie {
    /** What {@link #find} answers where no prefix fits. */
    static final int NONE = -1;

    /** Columns of a node: mask and network, each an upper and a lower half. */
    private static final int MASK = 0;
    private static final int NETWORK = 2;
    private static final int NODE = 4;
    /** Columns of its links: length of the prefix, value, child for a 0, child for a 1. */
    private static final int BITS = 0;
    private static final int VALUE = 1;
    private static final int CHILD = 2;
    private static final int ADDRESS_BITS = 128;

    private final long[] nodes;
    private final int[] links;
    private int count;
    private int root = NONE;

    /**
     * @param prefixes what is looked for; the value of each is its index, and of two equal ones the first counts.
     */
    PrefixTrie(final List<Prefix> prefixes) {
        // each prefix adds itself and at most one fork
        nodes = new long[prefixes.size() * 2 * NODE];
        links = new int[prefixes.size() * 2 * NODE];
        for (int value = 0; value < prefixes.size(); value++) {
            insert(prefixes.get(value), value);
        }
    }

    /** The value of the longest prefix that the address lies in, or {@link #NONE}. */
    int find(final long hi, final long lo) {
        int best = NONE;
        int node = root;
        while (node != NONE && (hi & nodes[node + MASK]) == nodes[node + NETWORK]
                && (lo & nodes[node + MASK + 1]) == nodes[node + NETWORK + 1]) {
            if (links[node + VALUE] != NONE) {
                best = links[node + VALUE];
            }
            final int bits = links[node + BITS];
            node = bits == ADDRESS_BITS ? NONE : links[node + CHILD + bit(hi, lo, bits)];
        }
        return best;
    }

    private void insert(final Prefix prefix, final int value) {
        int parent = NONE;
        int node = root;
        while (node != NONE) {
            final int common = common(node, prefix);
            if (common < links[node + BITS]) {
                replace(parent, prefix, fork(node, prefix, common, value));
                return;
            }
            if (common == prefix.bits()) {
                links[node + VALUE] = links[node + VALUE] == NONE ? value : links[node + VALUE];
                return;
            }
            parent = node;
            node = links[node + CHILD + bit(prefix.hi(), prefix.lo(), common)];
        }
        replace(parent, prefix, node(prefix.hi(), prefix.lo(), prefix.bits(), value));
    }

    /** A node above another that differs after some bits: the new prefix itself, or a fork to both. */
    private int fork(final int below, final Prefix prefix, final int common, final int value) {
        final boolean above = common == prefix.bits();
        final int fork = node(prefix.hi(), prefix.lo(), common, above ? value : NONE);
        links[fork + CHILD + bit(nodes[below + NETWORK], nodes[below + NETWORK + 1], common)] = below;
        if (!above) {
            links[fork + CHILD + bit(prefix.hi(), prefix.lo(), common)] = node(prefix.hi(), prefix.lo(), prefix.bits(),
                    value);
        }
        return fork;
    }

    private void replace(final int parent, final Prefix prefix, final int node) {
        if (parent == NONE) {
            root = node;
        } else {
            links[parent + CHILD + bit(prefix.hi(), prefix.lo(), links[parent + BITS])] = node;
        }
    }

    private int node(final long hi, final long lo, final int bits, final int value) {
        final int node = count;
        count += NODE;
        nodes[node + MASK] = Prefix.maskHi(bits);
        nodes[node + MASK + 1] = Prefix.maskLo(bits);
        nodes[node + NETWORK] = hi & Prefix.maskHi(bits);
        nodes[node + NETWORK + 1] = lo & Prefix.maskLo(bits);
        links[node + BITS] = bits;
        links[node + VALUE] = value;
        links[node + CHILD] = NONE;
        links[node + CHILD + 1] = NONE;
        return node;
    }

    /** Leading bits that a node's prefix and another have in common, the shorter one's length at the most. */
    private int common(final int node, final Prefix prefix) {
        return Math.min(Math.min(links[node + BITS], prefix.bits()),
                Prefix.common(nodes[node + NETWORK], nodes[node + NETWORK + 1], prefix.hi(), prefix.lo()));
    }

    private static int bit(final long hi, final long lo, final int index) {
        return (int) ((index < Long.SIZE ? hi : lo) >>> Long.SIZE - 1 - (index & Long.SIZE - 1)) & 1;
    }
}
