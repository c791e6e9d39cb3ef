package io.millrace.bench.loops;

import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.fastpath.wire.IpAddress;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Engines that share nothing, each a core that takes {@code segmentNs} for every segment of its flows and does one after the
 * other. Flows have random addresses and ports and are placed by the Toeplitz hash through an indirection table of 128, as a
 * NIC, a TAP or a packet socket places them. Each flow has one request under way: the next reaches its engine a round trip
 * after the last was answered. What the model leaves out: caches and memory that cores share, the port itself, and turns that
 * find nothing to do. Deterministic. Thread: one.
 *
 * @param engines   1 to 256.
 * @param flows     connections, all of them busy all the time.
 * @param segmentNs of a core for a request and its answer.
 * @param roundTripNs between an answer and the next request.
 * @param seed      of addresses, ports and the key of the hash.
 */
public record LoopModel(int engines, int flows, long segmentNs, long roundTripNs, long seed) {
    private static final long SERVER = IpAddress.v4(0x0a000002);
    private static final int PORT = 443;
    private static final int PORTS = 65_536;
    private static final long RUN_NS = 20_000_000;

    /**
     * What came out.
     *
     * @param perSecond requests answered by all engines together.
     * @param leastBusy share of the time that the least busy engine worked, 0 to 1.
     * @param mostFlows of one engine, divided by the mean.
     */
    public record Outcome(double perSecond, double leastBusy, double mostFlows) {}

    private record Arrival(long timeNs, int engine) {}

    /** Runs 20 ms of virtual time. */
    public Outcome run() {
        final Random random = new Random(seed);
        final byte[] key = new byte[RssKey.LENGTH];
        random.nextBytes(key);
        final RssPlacement placement = RssPlacement.spread(RssKey.of(key), engines);
        final PriorityQueue<Arrival> arrivals = new PriorityQueue<>(
                (one, other) -> Long.compare(one.timeNs, other.timeNs));
        final int[] flowsOf = new int[engines];
        for (int i = 0; i < flows; i++) {
            final int engine = placement.queue(0, SERVER, PORT, 0, IpAddress.v4(random.nextInt()),
                    random.nextInt(PORTS));
            flowsOf[engine]++;
            arrivals.add(new Arrival(random.nextLong(roundTripNs), engine));
        }
        return outcome(serve(arrivals), flowsOf);
    }

    /** Requests that each engine answered. */
    private long[] serve(final PriorityQueue<Arrival> arrivals) {
        final long[] freeAtNs = new long[engines];
        final long[] answered = new long[engines];
        for (Arrival next = arrivals.remove(); next.timeNs < RUN_NS; next = arrivals.remove()) {
            final int engine = next.engine;
            final long doneNs = Math.max(next.timeNs, freeAtNs[engine]) + segmentNs;
            freeAtNs[engine] = doneNs;
            if (doneNs <= RUN_NS) {
                answered[engine]++;
            }
            arrivals.add(new Arrival(doneNs + roundTripNs, engine));
        }
        return answered;
    }

    private Outcome outcome(final long[] answered, final int[] flowsOf) {
        long total = 0;
        long least = Long.MAX_VALUE;
        int most = 0;
        for (int i = 0; i < engines; i++) {
            total += answered[i];
            least = Math.min(least, answered[i]);
            most = Math.max(most, flowsOf[i]);
        }
        return new Outcome(total * 1e9 / RUN_NS, least * segmentNs / (double) RUN_NS,
                most * (double) engines / flows);
    }
}
