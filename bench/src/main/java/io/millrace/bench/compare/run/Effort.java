package io.millrace.bench.compare.run;

/**
 * How much is measured of each cell.
 *
 * @param rounds  of each cell that should count.
 * @param least   of these rounds that are run whatever the time.
 * @param extra   further rounds of a cell, in place of disturbed ones, at the most.
 * @param roundNs length of a round.
 * @param sameJvm of these rounds that an arena has before it is opened anew, in other JVMs: how fast the same code runs differs
 *                from one to the next.
 * @param warmMs  of load at the most that an arena has once, before its first round: until its code is compiled.
 */
public record Effort(int rounds, int least, int extra, int sameJvm, long roundNs, long warmMs) {
    /** @throws IllegalArgumentException where nothing would be measured. */
    public Effort {
        if (least < 1 || rounds < least || extra < 0 || sameJvm < 1 || roundNs < 1 || warmMs < 0) {
            throw new IllegalArgumentException("rounds " + rounds + ", at least " + least + ", extra " + extra
                    + ", " + sameJvm + " in a JVM, of " + roundNs + " ns, warm after " + warmMs + " ms");
        }
    }
}
