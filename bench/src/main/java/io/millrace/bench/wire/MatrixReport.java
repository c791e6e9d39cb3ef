package io.millrace.bench.wire;

import io.millrace.bench.machine.Environment;
import java.util.List;

/**
 * All that was measured.
 *
 * @param settings    what was the same in every cell.
 * @param environment where and when.
 * @param rounds      how often each cell was run.
 * @param results     in the order of the cells.
 * @param shares      of a link shared by a flow of each; empty where that did not run.
 * @param control     of the same link shared by two flows of the kernel, in as many rounds.
 */
public record MatrixReport(WireSettings settings, Environment environment, int rounds, List<CellResult> results,
        List<Fairness.Shares> shares, List<Fairness.Shares> control) {
    /** Everybody who ran in any cell. */
    List<Contender> contenders() {
        return results.stream().flatMap(result -> result.contenders().stream()).distinct().sorted().toList();
    }

    List<Double> reorderings() {
        return results.stream().map(result -> result.cell().reordering()).distinct().toList();
    }

    List<Integer> rtts() {
        return results.stream().map(result -> result.cell().rttMs()).distinct().toList();
    }

    List<CellResult> panel(final double reordering, final int rttMs) {
        return results.stream()
                .filter(result -> result.cell().reordering() == reordering && result.cell().rttMs() == rttMs).toList();
    }

    /** Percent of the time in which others kept the wire's thread from its work, for over 1 ms at a time. */
    double wireAwayPercent() {
        final double durationNs = results.stream().flatMap(CellResult::all).mapToLong(Sample::durationNs).sum();
        return 100 * results.stream().flatMap(CellResult::all).mapToLong(Sample::wireAwayNs).sum()
                / Math.max(1, durationNs);
    }

    /** Frames for which the wire had no room. */
    long notForwarded() {
        return results.stream().flatMap(CellResult::all).mapToLong(Sample::notForwarded).sum();
    }

    /** Which congestion control ran on which side, and what the wire was. */
    String description() {
        return ("kernel: %s (chosen for each socket), Millrace: %s; bottleneck of %d Mbit/s each way with a queue of a"
                + " round trip, at least %d KiB; reordered frames held back by up to %d µs; windows of up to %d MiB;"
                + " MTU %d, no offloads; a transfer lasts %.0f s and at least %d round trips from the open connection on,"
                + " slow start included; %d rounds, the first with seed %d; Millrace's loops idle by %s")
                .formatted(settings.kernelCongestion(), settings.millraceCongestion(),
                        settings.bitsPerSecond() / 1_000_000, settings.leastQueueBytes() >> 10,
                        settings.reorderByNs() / 1_000, settings.bufferBytes() >> 20, settings.mtu(),
                        settings.durationNs() / 1e9, settings.roundTrips(), rounds, settings.seed(), settings.idle());
    }
}
