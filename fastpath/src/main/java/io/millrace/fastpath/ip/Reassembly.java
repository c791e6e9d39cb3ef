package io.millrace.fastpath.ip;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.FragmentHeader;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;
import org.jspecify.annotations.Nullable;

/**
 * Puts datagrams together from their fragments (RFC 791 §3.2, RFC 1122 §3.3.2, RFC 8200 §4.5). Fragments may come in any
 * order and more than once. Where two overlap and the later one is not a mere repetition, the whole datagram is dropped, as
 * RFC 5722 asks for IPv6 and Linux does for both: no sender makes such fragments, but who wants to slip bytes past a filter does. Linux
 * looks only at where a repetition lies, here its bytes must be the same too. Nothing of a datagram is
 * looked at before all of it is there, so tiny first fragments (RFC 1858) hide nothing.
 * <p>
 * Bounded: the memory for bytes and records is given; where it is full, the oldest datagram goes. Each waits no longer
 * than the timeout. Thread: the engine's; no allocation on the heap after construction.
 */
final class Reassembly implements AutoCloseable {
    private static final int ICMP_QUOTES = 8;
    /** For {@link #ecn}: fragments with and without ECN. */
    private static final int ECN_INVALID = -1;

    private final EngineCounters counters;
    private final FragmentPages pages;
    private final PartialDatagrams datagrams;
    private final MemoryRegion whole = MemoryRegion.allocate("reassembled datagram",
            ReassemblySettings.BYTES_OF_ONE_DATAGRAM);
    private final PartialDatagram datagram = new PartialDatagram();
    private final Ipv4Header header = new Ipv4Header();
    private final Ipv6Header headerV6 = new Ipv6Header();
    private long timeoutNs;
    private int expiredLink;

    Reassembly(final ReassemblySettings settings, final EngineCounters counters, final long seed) {
        this.counters = counters;
        this.timeoutNs = settings.timeoutNs();
        this.pages = new FragmentPages(settings.pages());
        this.datagrams = new PartialDatagrams(settings.pages(), seed);
    }

    /** How long a datagram waits whose first fragment comes from now on. */
    void timeoutNs(final long newTimeoutNs) {
        timeoutNs = newTimeoutNs;
    }

    /**
     * Takes a fragment; its bytes are copied.
     *
     * @return true where it was the last that was missing: the datagram lies at {@link #datagram} until the next call.
     */
    boolean add(final Fragment fragment, final long nowNs) {
        if (!isWellFormed(fragment)) {
            return false;
        }
        final int end = fragment.end();
        final int index = findOrBegin(fragment, nowNs);
        datagrams.wrap(datagram, index);
        if (datagram.contradicts(end, fragment.more())) {
            drop(index, Counter.IP_FRAGMENTS_CONTRADICT);
            return false;
        }
        final int present = present(fragment.offset(), end);
        if (present != FragmentPages.NONE) {
            if (present == FragmentPages.ALL && isSame(fragment, end)) {
                counters.increment(Counter.IP_FRAGMENT_DUPLICATE);
            } else {
                drop(index, Counter.IP_FRAGMENTS_OVERLAP);
            }
            return false;
        }
        if (!makeRoom(index, fragment.offset(), end)) {
            return false;
        }
        put(fragment.payload(), fragment.offset(), end);
        datagram.onFragment(fragment);
        return datagram.isComplete() && complete(index);
    }

    /** The datagram put together last, or the beginning of the one whose time was over last: an IPv4 packet. */
    long datagram() {
        return whole.address();
    }

    /** When the time of the oldest datagram is over; {@link Long#MAX_VALUE} where there is none. */
    long nextDeadlineNs() {
        return datagrams.oldest() == PartialDatagrams.NONE
                ? Long.MAX_VALUE
                : datagrams.wrap(datagram, datagrams.oldest()).deadlineNs();
    }

    /**
     * Drops the oldest datagram, whose time is over.
     *
     * @return true where fragment zero is there: its header and the next 8 bytes lie at {@link #datagram}. Of IPv6 as
     *         they came, with the fragment header between them, and as many bytes as the fragment had or a page holds.
     */
    boolean expire() {
        final int index = datagrams.oldest();
        datagrams.wrap(datagram, index);
        final int headerLength = datagram.headerLength();
        expiredLink = datagram.link();
        if (headerLength != 0) {
            Memory.copy(datagram.header(), whole.address(), headerLength);
            if (isV4(whole.address())) {
                Memory.copy(pages.bytes(datagram.page(0)), whole.address() + headerLength, ICMP_QUOTES);
            } else {
                restoreFirst(whole.address());
            }
        }
        drop(index, Counter.IP_REASSEMBLY_TIMED_OUT);
        return headerLength != 0;
    }

    /** The link that the one came over whose time was over last; 0 of IPv4. */
    int expiredLink() {
        return expiredLink;
    }

    /** Fragment zero of IPv6 as it came, but for extension headers in front of the fragment header. */
    private void restoreFirst(final long target) {
        final int length = Math.min(datagram.firstLength(), FragmentPages.PAGE_LENGTH);
        final long fragment = target + Ipv6Header.LENGTH;
        headerV6.wrapUnchecked(target).nextHeader(IpProtocol.IPV6_FRAGMENT)
                .payloadLength(FragmentHeader.LENGTH + length);
        FragmentHeader.write(fragment, datagram.protocol(), 0, true, datagram.identity());
        Memory.copy(pages.bytes(datagram.page(0)), fragment + FragmentHeader.LENGTH, length);
    }

    private static boolean isV4(final long packet) {
        return !Ipv6Header.isV6(packet);
    }

    /** Datagrams that wait for fragments. */
    int size() {
        return datagrams.size();
    }

    /** Pages in use, of 4 KiB. */
    int pagesInUse() {
        return pages.inUse();
    }

    @Override
    public void close() {
        pages.close();
        datagrams.close();
        whole.close();
    }

    private boolean isWellFormed(final Fragment fragment) {
        final Counter wrong = fault(fragment);
        if (wrong != null) {
            counters.increment(wrong);
        }
        return wrong == null;
    }

    /** What is wrong with a fragment as such; null where nothing is. */
    static @Nullable Counter fault(final Fragment fragment) {
        if (fragment.length() <= 0 || fragment.more() && (fragment.length() & 7) != 0) {
            return Counter.IP_FRAGMENT_MALFORMED;
        }
        // the "ping of death": an offset near the end, and more bytes than that leaves room for
        return fragment.end() > fragment.limit() ? Counter.IP_FRAGMENT_TOO_LONG : null;
    }

    private int findOrBegin(final Fragment fragment, final long nowNs) {
        final int found = datagrams.find(fragment);
        if (found != PartialDatagrams.NONE) {
            return found;
        }
        if (datagrams.isFull()) {
            drop(datagrams.oldest(), Counter.IP_REASSEMBLY_EVICTED);
        }
        return datagrams.begin(fragment, nowNs + timeoutNs);
    }

    /** How much of a range is there already. */
    private int present(final int offset, final int end) {
        boolean none = true;
        boolean all = true;
        for (int from = offset; from < end; from = nextPage(from)) {
            final int page = datagram.page(from / FragmentPages.PAGE_LENGTH);
            final int present = page < 0
                    ? FragmentPages.NONE
                    : pages.present(page, inPage(from), inPage(from) + Math.min(end, nextPage(from)) - from);
            none &= present == FragmentPages.NONE;
            all &= present == FragmentPages.ALL;
        }
        return none ? FragmentPages.NONE : all ? FragmentPages.ALL : FragmentPages.SOME;
    }

    /** True where the bytes of a fragment are those that are there. */
    private boolean isSame(final Fragment fragment, final int end) {
        final int offset = fragment.offset();
        for (int from = offset; from < end; from = nextPage(from)) {
            final long there = pages.bytes(datagram.page(from / FragmentPages.PAGE_LENGTH)) + inPage(from);
            if (!Memory.equal(there, fragment.payload() + from - offset, Math.min(end, nextPage(from)) - from)) {
                return false;
            }
        }
        return true;
    }

    /** Gives the datagram the pages that a range needs; false where there was no room and it was the oldest itself. */
    private boolean makeRoom(final int index, final int offset, final int end) {
        for (int from = offset; from < end; from = nextPage(from)) {
            final int number = from / FragmentPages.PAGE_LENGTH;
            if (datagram.page(number) < 0) {
                int page = pages.allocate();
                while (page < 0) {
                    final int oldest = datagrams.oldest();
                    drop(oldest, Counter.IP_REASSEMBLY_EVICTED);
                    if (oldest == index) {
                        return false;
                    }
                    datagrams.wrap(datagram, index);
                    page = pages.allocate();
                }
                datagram.page(number, page);
            }
        }
        return true;
    }

    private void put(final long source, final int offset, final int end) {
        for (int from = offset; from < end; from = nextPage(from)) {
            final int length = Math.min(end, nextPage(from)) - from;
            pages.put(datagram.page(from / FragmentPages.PAGE_LENGTH), inPage(from), inPage(from) + length,
                    source + from - offset);
        }
    }

    private boolean complete(final int index) {
        final int headerLength = datagram.headerLength();
        final int length = datagram.length();
        final int ecn = ecn(datagram.ecnSeen());
        // the header of fragment zero may be longer than those that came before it
        if (isV4(datagram.header()) && headerLength + length > Ipv4Header.MAX_TOTAL_LENGTH) {
            drop(index, Counter.IP_FRAGMENT_TOO_LONG);
            return false;
        }
        if (ecn == ECN_INVALID) {
            drop(index, Counter.IP_FRAGMENTS_BAD_ECN);
            return false;
        }
        final long target = whole.address();
        Memory.copy(datagram.header(), target, headerLength);
        for (int from = 0; from < length; from = nextPage(from)) {
            Memory.copy(pages.bytes(datagram.page(from / FragmentPages.PAGE_LENGTH)), target + headerLength + from,
                    Math.min(FragmentPages.PAGE_LENGTH, length - from));
        }
        if (isV4(target)) {
            header.wrapUnchecked(target).totalLength(headerLength + length).flagsAndOffset(0);
            header.dscpEcn(header.dscpEcn() & ~Ipv4Header.ECN_MASK | ecn).updateChecksum();
        } else {
            headerV6.wrapUnchecked(target).payloadLength(length).nextHeader(datagram.protocol());
            headerV6.trafficClass(headerV6.trafficClass() & ~Ipv4Header.ECN_MASK | ecn);
        }
        drop(index, Counter.IP_REASSEMBLED);
        return true;
    }

    /**
     * The ECN field of a datagram from those of its fragments (RFC 3168 §5.3): congestion that one met, all met. Mixed
     * with fragments without ECN it is not to be believed.
     */
    private static int ecn(final int seen) {
        if ((seen & 1) != 0) {
            return seen == 1 ? Ipv4Header.NOT_ECT : ECN_INVALID;
        }
        return (seen & 1 << Ipv4Header.CE) != 0 ? Ipv4Header.CE : Integer.numberOfTrailingZeros(seen);
    }

    private void drop(final int index, final Counter reason) {
        counters.increment(reason);
        datagrams.wrap(datagram, index);
        for (int number = 0; number < FragmentPages.PAGES_A_DATAGRAM; number++) {
            if (datagram.page(number) >= 0) {
                pages.free(datagram.page(number));
            }
        }
        datagrams.remove(index);
    }

    private static int nextPage(final int offset) {
        return (offset | FragmentPages.PAGE_LENGTH - 1) + 1;
    }

    private static int inPage(final int offset) {
        return offset & FragmentPages.PAGE_LENGTH - 1;
    }
}
