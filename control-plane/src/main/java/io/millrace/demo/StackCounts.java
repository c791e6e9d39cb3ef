package io.millrace.demo;

import io.millrace.fastpath.counters.Counter;
import java.io.PrintWriter;
import java.util.Map;

/**
 * What a stack sent and sent again. A segment sent again that the peer already had was not lost: a tail loss probe does
 * that where the other end only takes its time, e.g. to load its classes.
 *
 * @param name     of the stack, six letters.
 * @param counters of the stack.
 */
record StackCounts(String name, Map<String, Long> counters) {
    void print(final PrintWriter out) {
        out.printf(
                "  %s     %,d segments sent, %,d sent again (%,d of them had arrived), %,d tail probes, %,d timeouts,"
                        + " %,d SYNs sent again%n",
                name, of(Counter.TCP_SEGMENTS_SENT), of(Counter.TCP_RETRANSMITS), of(Counter.TCP_DSACKS_RECEIVED),
                of(Counter.TCP_LOSS_PROBES), of(Counter.TCP_TIMEOUTS), of(Counter.TCP_SYN_RETRANSMITS));
    }

    long of(final Counter counter) {
        return counters.get(counter.label());
    }
}
