package io.millrace.fastpath.ip;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.wire.IpAddress;

/**
 * Destinations that are known not to take packets as long as our link: what ICMP told about packets of ours (RFC 1191,
 * RFC 8201), or what TCP found out by itself (RFC 4821, RFC 8899). Connections that begin and datagrams go by it; who
 * tells has made sure that the news is about something sent.
 * <p>
 * Bounded: where the table is full, the entry that was renewed longest ago goes, counted. An entry is forgotten some time
 * after its last news: the path may take more by then (RFC 1191 §6.3). Thread: the engine's.
 */
public final class PathMtus {
    /** RFC 8200 §5: every link of IPv6 takes so much. */
    public static final int MINIMUM_V6 = 1_280;
    /** What tells of losses of a probe before its size is given up: MAX_PROBES of RFC 8899 §5.1.2. */
    private static final int MAX_PROBES = 3;
    /** No packet is longer: of a path that nothing is known to be too long for. */
    private static final int UNLIMITED = 65_535;

    private final PathMtuSettings settings;
    private final EngineCounters counters;
    private final AddressSlots slots;
    private final int[] mtu;
    /** Largest probe that arrived; 0: none. */
    private final int[] arrived;
    /** Smallest size that is known, or told, not to pass; 0: none. */
    private final int[] tooLong;
    private final int[] probeSize;
    private final byte[] probesLost;
    private final boolean[] fragmentable;
    private final long[] expiryNs;
    private int version;
    private long nowNs;

    /** @param seed random; keys the hash, so that nobody outside can choose addresses that collide. */
    public PathMtus(final PathMtuSettings settings, final EngineCounters counters, final long seed) {
        final int capacity = settings.entries();
        this.settings = settings;
        this.counters = counters;
        this.slots = new AddressSlots(capacity, seed);
        this.mtu = new int[capacity];
        this.arrived = new int[capacity];
        this.tooLong = new int[capacity];
        this.probeSize = new int[capacity];
        this.probesLost = new byte[capacity];
        this.fragmentable = new boolean[capacity];
        this.expiryNs = new long[capacity];
    }

    /** Changes whenever an answer may be another than before. */
    public int version() {
        return version;
    }

    /** Destinations remembered now. */
    public int size() {
        return slots.size();
    }

    /** Largest packet for a destination as far as is known, in bytes: at most {@code linkMtu}. */
    public int mtu(final long hi, final long lo, final int linkMtu) {
        final int entry = slots.find(hi, lo);
        return entry < 0 ? linkMtu : Math.min(mtu[entry], linkMtu);
    }

    /** What is known of links has changed. */
    void onLinkChanged() {
        version++;
    }

    /** Largest packet that is known to arrive, or was told to, in bytes; 0 where nothing is known of the path. */
    public int confirmed(final long hi, final long lo) {
        final int entry = slots.find(hi, lo);
        return entry < 0 ? 0 : mtu[entry] == UNLIMITED ? arrived[entry] : mtu[entry];
    }

    /** True where the path takes less than the smallest MTU believed, so that routers have to fragment (IPv4). */
    public boolean isFragmentable(final long hi, final long lo) {
        final int entry = slots.find(hi, lo);
        return entry >= 0 && fragmentable[entry];
    }

    /**
     * ICMP told that a packet of ours was too long for the path.
     *
     * @param told    MTU of the next hop as told, in bytes.
     * @param linkMtu that of our link.
     * @return true where that is news; what {@link #mtu} answers is smaller than before, or fragments are allowed.
     */
    public boolean onTooLong(final long hi, final long lo, final int told, final int linkMtu) {
        final boolean v4 = IpAddress.isV4(hi, lo);
        final int before = mtu(hi, lo, linkMtu);
        if (told >= before || !v4 && told < MINIMUM_V6) {
            // RFC 8201 §4: less than every link takes is discarded
            return false;
        }
        final boolean tooSmall = v4 && told < settings.minimumV4();
        final int believed = tooSmall ? Math.min(before, settings.minimumV4()) : told;
        if (believed == before && isFragmentable(hi, lo)) {
            return false;
        }
        counters.increment(Counter.PATH_MTU_REDUCED);
        final int entry = entry(hi, lo);
        mtu[entry] = believed;
        tooLong[entry] = believed + 1;
        fragmentable[entry] |= tooSmall;
        renew(entry);
        return true;
    }

    /** Packets of this size arrive, where longer ones seem to vanish without a word (RFC 4821 §7.7). */
    public void onBlackHole(final long hi, final long lo, final int arrives) {
        counters.increment(Counter.PATH_MTU_REDUCED);
        final int entry = entry(hi, lo);
        mtu[entry] = Math.min(mtu[entry], arrives);
        renew(entry);
    }

    /**
     * The next size to probe with, longer than what arrives (RFC 8899 §5.3): the middle of what is not known; 0 where the
     * search is over until the entry is forgotten.
     *
     * @param arrives   largest size known to arrive.
     * @param most      largest size that would be of use.
     * @param threshold a gain that is not worth a probe, unless by it everything of use is gained.
     */
    public int nextProbe(final long hi, final long lo, final int arrives, final int most, final int threshold) {
        final int entry = slots.find(hi, lo);
        final int limit = entry < 0 || tooLong[entry] == 0 ? most : Math.min(most, tooLong[entry] - 1);
        final int gain = limit - arrives;
        if (gain <= 0) {
            return 0;
        }
        if (gain < threshold) {
            return limit == most ? limit : 0;
        }
        return arrives + (gain + 1) / 2;
    }

    /** A probe arrived. That no longer one was tried yet says nothing against longer packets (RFC 8201 §5.3). */
    public void onProbeArrived(final long hi, final long lo, final int size) {
        final int entry = entry(hi, lo);
        arrived[entry] = Math.max(arrived[entry], size);
        mtu[entry] = Math.max(mtu[entry], size);
        if (tooLong[entry] != 0 && tooLong[entry] <= size) {
            tooLong[entry] = 0;
        }
        probesLost[entry] = 0;
        renew(entry);
    }

    /**
     * A probe was lost, maybe for its size; after the third of one size that and everything above is given up, by all.
     *
     * @param arrives largest size known to arrive.
     */
    public void onProbeLost(final long hi, final long lo, final int size, final int arrives) {
        final int entry = entry(hi, lo);
        if (probeSize[entry] != size) {
            probeSize[entry] = size;
            probesLost[entry] = 0;
        }
        if (++probesLost[entry] >= MAX_PROBES) {
            probesLost[entry] = 0;
            tooLong[entry] = tooLong[entry] == 0 ? size : Math.min(tooLong[entry], size);
            mtu[entry] = Math.min(mtu[entry], Math.max(arrived[entry], arrives));
            renew(entry);
        }
    }

    /** A turn begins: what is old is forgotten; returns how much. Nothing waits for it, so it wakes nobody. */
    public int onTurn(final long newNowNs) {
        nowNs = newNowNs;
        int expired = 0;
        for (int oldest = slots.oldest(); oldest >= 0 && expiryNs[oldest] - nowNs <= 0; oldest = slots.oldest()) {
            slots.remove(oldest);
            version++;
            expired++;
        }
        return expired;
    }

    private void renew(final int entry) {
        expiryNs[entry] = nowNs + settings.expiryNs();
        slots.makeNewest(entry);
        version++;
    }

    /** The entry of a destination, made where there is none. */
    private int entry(final long hi, final long lo) {
        final int found = slots.find(hi, lo);
        if (found >= 0) {
            return found;
        }
        if (slots.isFull()) {
            counters.increment(Counter.PATH_MTU_EVICTED);
            slots.remove(slots.oldest());
        }
        final int entry = slots.add(hi, lo);
        mtu[entry] = UNLIMITED;
        arrived[entry] = 0;
        tooLong[entry] = 0;
        probeSize[entry] = 0;
        probesLost[entry] = 0;
        fragmentable[entry] = false;
        renew(entry);
        return entry;
    }
}
