package io.millrace.bench.many;

import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.flow.TimeWaitTable;
import java.util.List;
import java.util.Locale;

/**
 * How many short connections there were.
 *
 * @param samples         one a second.
 * @param timeWaits       of the server at the end.
 * @param overflows       times that the server's table was full: the oldest made room.
 * @param reopened        connections that took the place of one in TIME_WAIT.
 * @param retransmissions of both sides.
 * @param allocated       bytes of the heap that a connection takes, of both sides together.
 * @param serverNs        of the time, what the server took.
 */
public record ShortReport(ShortSettings settings, List<Phase> samples, int timeWaits, long overflows, long reopened,
        long retransmissions, long allocated, long serverNs) {

    /** Connections in all. */
    public long count() {
        return samples.stream().mapToLong(Phase::count).sum();
    }

    @Override
    public String toString() {
        final long ns = samples.stream().mapToLong(Phase::ns).sum();
        final double least = samples.stream().mapToDouble(Phase::rate).min().orElse(0);
        final double most = samples.stream().mapToDouble(Phase::rate).max().orElse(0);
        final Phase all = new Phase(count(), ns, samples.stream().mapToLong(Phase::cpuNs).sum());
        return String.format(Locale.ROOT,
                """
                        %,.0f connections a second over %d s (each second %,.0f to %,.0f), both stacks on one thread
                        %.2f us of processor time a connection, of which the server took %.0f %%: %,.0f a second of processor time
                        TIME_WAIT at the server: %,d of %,d; the table was full %,d times, %,d were opened anew
                          a record is %d bytes, its share of the flow table %.1f
                        heap: %d bytes a connection at both sides together; sent again: %,d
                        """,
                all.rate(), samples.size(), least, most, all.cpuMicros(), 100.0 * serverNs / ns, all.cpuRate(),
                timeWaits, settings.timeWait(), overflows, reopened, TimeWaitTable.LENGTH, flowShare(), allocated,
                retransmissions);
    }

    /** Bytes; the table is for connections too, here for few. */
    private double flowShare() {
        final int connections = ShortLives.connections(settings);
        return (double) FlowTable.requiredBytes(connections + settings.timeWait()) / settings.timeWait();
    }
}
