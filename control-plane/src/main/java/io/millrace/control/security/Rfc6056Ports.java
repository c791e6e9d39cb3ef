package io.millrace.control.security;

import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.port.FlowPlacement;

/**
 * Local ports for active opens by RFC 6056 §3.3.4 (algorithm 4, double hash): the sequence of ports towards one
 * destination grows by one, so a port comes back as late as possible; where it starts is a keyed hash, and how fast
 * other destinations move it is hidden by a table of counters.
 * <p>
 * Where a stack has several engines, each chooses ports by which the answers come to itself, if the device can tell. What is
 * sent by one engine and answered to the same whatever the port, is chosen from a residue of its own. Either way two engines
 * never make the same 4-tuple, not even while only one of them has heard of another range. Thread: one engine's;
 * {@link #range} any.
 */
public final class Rfc6056Ports implements EphemeralPorts {
    /** Ports to choose from. */
    private record Range(int first, int candidates) {}

    private final int engine;
    private final boolean placed;
    private final FlowPlacement placement;
    private final int stride;
    private final SipHash offsetHash;
    private final SipHash indexHash;
    private final int[] table;

    private volatile Range wanted;
    private Range range;
    private int offset;
    private int index;
    private int left;
    private long localHi;
    private long localLo;
    private long remoteHi;
    private long remoteLo;
    private int remotePort;

    /**
     * @param low     lowest port, 1 to 65,535.
     * @param high    highest port, {@code low} to 65,535.
     * @param engine  which engine this is for, and which queue: without a known placement it takes the ports that leave
     *                this remainder.
     * @param engines how many engines share the range, at most as many as it has ports.
     * @param placement by which queue the answers come.
     * @param counters length of the table of counters, a power of two, 64 to 1,024.
     * @param secret  where the choice starts; the same secret repeats the same choices.
     */
    public Rfc6056Ports(final int low, final int high, final int engine, final int engines,
            final FlowPlacement placement, final int counters, final Secret secret) {
        this.engine = engine;
        this.placement = placement;
        placed = engines > 1 && placement.isKnown();
        stride = placed ? 1 : engines;
        wanted = checkedRange(low, high);
        range = wanted;
        check(counters >= 64 && counters <= 1_024 && Integer.bitCount(counters) == 1, "table length", "" + counters);
        offsetHash = SipHash.twoFour(secret.derive(1));
        indexHash = SipHash.twoFour(secret.derive(2));
        table = new int[counters];
        final SipHash fill = SipHash.twoFour(secret.derive(3));
        for (int i = 0; i < counters; i++) {
            table[i] = (int) Long.remainderUnsigned(fill.begin().add(i).end(), range.candidates);
        }
    }

    private Range checkedRange(final int low, final int high) {
        check(low >= 1 && high <= 65_535 && low <= high, "port range", low + "-" + high);
        check(stride >= 1 && stride <= high - low + 1 && engine >= 0 && (placed || engine < stride), "engine",
                engine + " of " + stride);
        final int first = placed ? low : low + Math.floorMod(engine - low, stride);
        return new Range(first, (high - first) / stride + 1);
    }

    /**
     * Another range for the searches that begin from now on; parameters as in the constructor. Thread: any.
     *
     * @throws IllegalArgumentException where it is none, or has fewer ports than there are engines.
     */
    public void range(final int low, final int high) {
        wanted = checkedRange(low, high);
    }

    @Override
    public String describe() {
        final Range now = wanted;
        final int last = now.first + (now.candidates - 1) * stride;
        return now.candidates + " from " + now.first + " to " + last
                + " (millrace.ephemeral-ports.low and high"
                + (stride == 1 && !placed ? ")" : ", of which each engine has its share)");
    }

    @Override
    public int candidates() {
        return range.candidates;
    }

    @Override
    public void begin(final long fromHi, final long fromLo, final long toHi, final long toLo, final int toPort) {
        range = wanted;
        final long f = hash(offsetHash, fromHi, fromLo, toHi, toLo, toPort);
        final long g = hash(indexHash, fromHi, fromLo, toHi, toLo, toPort);
        offset = (int) Long.remainderUnsigned(f, range.candidates);
        index = (int) g & table.length - 1;
        left = range.candidates;
        localHi = fromHi;
        localLo = fromLo;
        remoteHi = toHi;
        remoteLo = toLo;
        remotePort = toPort;
    }

    /** Goes through the range once at the most. */
    @Override
    public int next() {
        while (left-- > 0) {
            final int port = following();
            if (!placed || placement.queue(localHi, localLo, port, remoteHi, remoteLo, remotePort) == engine) {
                return port;
            }
        }
        return 0;
    }

    private int following() {
        final int candidates = range.candidates;
        final int count = table[index] % candidates; // the range may have been a longer one
        final int sum = offset + count;
        table[index] = count + 1 == candidates ? 0 : count + 1; // kept below the range: it must never wrap unevenly
        return range.first + stride * (sum >= candidates ? sum - candidates : sum);
    }

    private static long hash(final SipHash hash, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int remotePort) {
        return hash.begin().add(localHi).add(localLo).add(remoteHi).add(remoteLo).add(remotePort).end();
    }

    private static void check(final boolean valid, final String what, final String value) {
        if (!valid) {
            throw new IllegalArgumentException("ephemeral ports: invalid " + what + " " + value);
        }
    }
}
