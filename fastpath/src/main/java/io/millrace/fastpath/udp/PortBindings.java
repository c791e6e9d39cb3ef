package io.millrace.fastpath.udp;

import org.jspecify.annotations.Nullable;

/**
 * The bindings of one port. Connected ones, of which a server may have one for each peer, are found by a hash of the peer
 * where there are many. Never changes; the index is made by the first lookup. Thread: any.
 */
final class PortBindings {
    static final PortBindings NONE = new PortBindings(new Binding[0]);
    /** As many are looked through one by one at the most. */
    private static final int FEW = 8;

    /** In the order in which they were made. */
    final Binding[] all;
    private volatile @Nullable Index index;

    PortBindings(final Binding[] all) {
        this.all = all;
    }

    /**
     * The binding that fits a unicast datagram best; of those that fit equally well the one made last, unless they share the
     * port: then the flow decides. Null where none fits.
     */
    @Nullable
    Binding find(final long hi, final long lo, final long fromHi, final long fromLo, final int fromPort,
            final int seed) {
        if (all.length <= FEW) {
            return best(all, hi, lo, fromHi, fromLo, fromPort, seed);
        }
        Index known = index;
        if (known == null) {
            known = new Index(all);
            index = known;
        }
        final Binding connected = known.find(hi, lo, fromHi, fromLo, fromPort);
        // one that is connected to the sender fits better than any that is not
        return connected != null ? connected : best(known.others, hi, lo, fromHi, fromLo, fromPort, seed);
    }

    private static @Nullable Binding best(final Binding[] among, final long hi, final long lo, final long fromHi,
            final long fromLo, final int fromPort, final int seed) {
        Binding best = null;
        int bestRank = 0;
        int sharing = 0;
        for (int i = among.length - 1; i >= 0; i--) {
            final int rank = among[i].rank(hi, lo, fromHi, fromLo, fromPort);
            if (rank > bestRank) {
                best = among[i];
                bestRank = rank;
                sharing = 0;
            }
            if (rank != 0 && rank == bestRank && among[i].sharesPort()) {
                sharing++;
            }
        }
        if (best == null || sharing < 2 || !best.sharesPort()) {
            return best;
        }
        final int hash = hash(fromHi, fromLo, fromPort) ^ seed;
        int skip = (int) ((mix(hash) & 0xFFFF_FFFFL) * sharing >>> 32);
        for (final Binding each : among) {
            if (each.sharesPort() && each.rank(hi, lo, fromHi, fromLo, fromPort) == bestRank && skip-- == 0) {
                return each;
            }
        }
        return best;
    }

    private static int hash(final long hi, final long lo, final int port) {
        final long mixed = (hi ^ Long.rotateLeft(lo, 17) ^ port * 0x9E37_79B9_7F4A_7C15L) * 0xBF58_476D_1CE4_E5B9L;
        return (int) (mixed >>> 32);
    }

    private static int mix(final int value) {
        final int half = (value ^ value >>> 16) * 0x85EB_CA6B;
        return half ^ half >>> 13;
    }

    /** Connected bindings by their peer, in an open hash that is never more than half full. */
    private static final class Index {
        final Binding[] others;
        private final @Nullable Binding[] slots;

        Index(final Binding[] all) {
            int connected = 0;
            for (final Binding each : all) {
                connected += each.isConnected() ? 1 : 0;
            }
            others = new Binding[all.length - connected];
            slots = new Binding[Integer.highestOneBit(Math.max(1, connected) * 4 - 1)];
            int next = 0;
            for (final Binding each : all) {
                if (each.isConnected()) {
                    put(each);
                } else {
                    others[next++] = each;
                }
            }
        }

        private void put(final Binding binding) {
            int slot = slot(binding.remoteHi(), binding.remoteLo(), binding.remotePort());
            while (slots[slot] != null) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = binding;
        }

        private int slot(final long hi, final long lo, final int port) {
            return hash(hi, lo, port) & slots.length - 1;
        }

        /** Of several with the same peer the one that fits best, and of these the one made last. */
        @Nullable
        Binding find(final long hi, final long lo, final long fromHi, final long fromLo, final int fromPort) {
            Binding best = null;
            int bestRank = 1;
            for (int slot = slot(fromHi, fromLo, fromPort); slots[slot] != null; slot = slot + 1 & slots.length - 1) {
                final int rank = slots[slot].rank(hi, lo, fromHi, fromLo, fromPort);
                if (rank >= bestRank) {
                    best = slots[slot];
                    bestRank = rank;
                }
            }
            return best;
        }
    }
}
