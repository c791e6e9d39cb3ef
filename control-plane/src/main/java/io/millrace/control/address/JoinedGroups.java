package io.millrace.control.address;

import io.millrace.config.Cidr;
import io.millrace.fastpath.wire.IpAddress;
import java.net.Inet4Address;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The multicast groups that a stack takes in: those that were joined, and the solicited-node groups of its IPv6
 * addresses, tentative ones among them (RFC 4291 §2.7.1, RFC 4862 §5.4.2). Immutable. Thread: any.
 */
final class JoinedGroups {
    private static final long LINK_SCOPE_HI = 0xff02L << 48;
    /** Lower half of {@code ff02::1:ff00:0/104}, without the bits of the address. */
    private static final long SOLICITED_NODE_LO = 0x1_ff00_0000L;
    private static final int ADDRESS_MASK = 0xFF_FFFF;
    private static final int PREFIX_BITS = 104;

    /** Upper and lower halves in turn, sorted as signed numbers. */
    private final long[] groups;
    /** The last 24 bits of own IPv6 addresses, sorted. */
    private final int[] solicited;
    private final List<Prefix> ownPrefixes;

    JoinedGroups(final Routing routing, final long[] groups) {
        this.groups = sorted(groups);
        solicited = routing.addresses().stream().filter(own -> own.state() != OwnAddress.State.DUPLICATE)
                .map(own -> Prefix.of(own.cidr())).filter(prefix -> !prefix.isV4())
                .mapToInt(prefix -> (int) prefix.lo() & ADDRESS_MASK).sorted().distinct().toArray();
        ownPrefixes = routing.ownPrefixes().stream().filter(prefix -> !(prefix.address() instanceof Inet4Address))
                .map(JoinedGroups::solicitedPrefix).toList();
    }

    /** Lower half of the solicited-node group of an address; the upper half is {@code ff02::}. */
    static long solicitedNodeLo(final long addressLo) {
        return SOLICITED_NODE_LO | addressLo & ADDRESS_MASK;
    }

    boolean contains(final long hi, final long lo) {
        if (hi == LINK_SCOPE_HI && (lo & ~(long) ADDRESS_MASK) == SOLICITED_NODE_LO && isSolicited(hi, lo)) {
            return true;
        }
        int low = 0;
        int high = groups.length / 2 - 1;
        while (low <= high) {
            final int middle = low + high >>> 1;
            final int order = compare(groups[2 * middle], groups[2 * middle + 1], hi, lo);
            if (order == 0) {
                return true;
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }
        return false;
    }

    private boolean isSolicited(final long hi, final long lo) {
        if (Arrays.binarySearch(solicited, (int) lo & ADDRESS_MASK) >= 0) {
            return true;
        }
        for (int i = 0; i < ownPrefixes.size(); i++) {
            if (ownPrefixes.get(i).contains(hi, lo)) {
                return true;
            }
        }
        return false;
    }

    /** The solicited-node groups of all addresses of a prefix. */
    private static Prefix solicitedPrefix(final Cidr prefix) {
        return new Prefix(LINK_SCOPE_HI, solicitedNodeLo(IpAddress.lo(prefix.address())),
                Math.max(PREFIX_BITS, prefix.prefixLength()));
    }

    private static long[] sorted(final long[] pairs) {
        final long[] sorted = new long[pairs.length];
        final int[] order = IntStream.range(0, pairs.length / 2).boxed()
                .sorted((a, b) -> compare(pairs[2 * a], pairs[2 * a + 1], pairs[2 * b], pairs[2 * b + 1]))
                .mapToInt(Integer::intValue).toArray();
        for (int i = 0; i < order.length; i++) {
            sorted[2 * i] = pairs[2 * order[i]];
            sorted[2 * i + 1] = pairs[2 * order[i] + 1];
        }
        return sorted;
    }

    private static int compare(final long hi, final long lo, final long otherHi, final long otherLo) {
        return hi == otherHi ? Long.compare(lo, otherLo) : Long.compare(hi, otherHi);
    }
}
