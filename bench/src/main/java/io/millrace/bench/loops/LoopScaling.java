package io.millrace.bench.loops;

import java.io.PrintStream;
import java.util.List;

/**
 * Prints what 1 to 64 engines come to in {@link LoopModel}. Arguments, both optional: nanoseconds of a core for a request and
 * its answer, as measured (1,000), and of a round trip outside of the server (50,000). Thread: main.
 */
public final class LoopScaling {
    private static final List<Integer> ENGINES = List.of(1, 2, 3, 4, 8, 16, 32, 48, 64);
    private static final List<Integer> FLOWS = List.of(1_000, 10_000, 100_000);
    private static final long SEGMENT_NS = 1_000;
    private static final long ROUND_TRIP_NS = 50_000;
    private static final long SEED = 1;

    private LoopScaling() {}

    public static void main(final String[] arguments) {
        print(System.out, arguments.length > 0 ? Long.parseLong(arguments[0]) : SEGMENT_NS,
                arguments.length > 1 ? Long.parseLong(arguments[1]) : ROUND_TRIP_NS);
    }

    static void print(final PrintStream out, final long segmentNs, final long roundTripNs) {
        out.printf("A core takes %d ns for a request and its answer, a round trip %d ns; one request a flow.%n%n",
                segmentNs, roundTripNs);
        out.println("| engines | flows | million requests/s | of engines x one | least busy engine"
                + " | most flows of one, over the mean |");
        out.println("|---|---|---|---|---|---|");
        for (final int flows : FLOWS) {
            final double one = new LoopModel(1, flows, segmentNs, roundTripNs, SEED).run().perSecond();
            for (final int engines : ENGINES) {
                final LoopModel.Outcome outcome = new LoopModel(engines, flows, segmentNs, roundTripNs, SEED).run();
                out.printf("| %d | %,d | %.2f | %.0f %% | %.0f %% | %.2f |%n", engines, flows,
                        outcome.perSecond() / 1e6, 100 * outcome.perSecond() / (engines * one),
                        100 * outcome.leastBusy(), outcome.mostFlows());
            }
        }
    }
}
