package io.millrace.bench.compare.result;

/**
 * What is measured in turn with others.
 *
 * @param rate messages a second, of {@link Workload#OPEN_LOOP}; connections, of a sweep over them; else 0.
 */
public record Cell(Workload workload, Placement placement, Contender contender, int rate) {
    /** Without a rate. */
    public Cell(final Workload workload, final Placement placement, final Contender contender) {
        this(workload, placement, contender, 0);
    }

    @Override
    public String toString() {
        return workload + (rate == 0 ? "" : " at " + rate) + ", " + placement + ", " + contender;
    }
}
