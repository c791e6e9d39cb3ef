package io.millrace.bench.compare.result;

/**
 * What is measured in turn with others.
 *
 * @param rate of {@link Workload#OPEN_LOOP}: messages a second; of {@link Workload#PIPELINE_64}: connections, 0 being the 64
 *             of its name; of {@link Workload#IDLE_MANY}: idle connections; else 0.
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
