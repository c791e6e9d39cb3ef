package io.millrace.bench.compare.result;

/**
 * What else the machine did in a round.
 *
 * @param otherCores cores that other processes took on the average: 1 is a whole one.
 * @param stolen     cores that the host gave to other machines.
 */
public record Disturbance(double otherCores, double stolen) {
    /** None. */
    public static final Disturbance NONE = new Disturbance(0, 0);

    /** More of it, and a round says nothing: a twentieth of a core. */
    public static final double LIMIT = 0.05;

    /** Cores in all. */
    public double total() {
        return otherCores + stolen;
    }

    /** Whether the round must be repeated. */
    public boolean isTooMuch() {
        return total() > LIMIT;
    }
}
