package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Looks figures of a run up, and says of those that are not there why. Any thread. */
final class Figures {
    /** Every transport of the kernel. */
    static final Set<Contender> KERNEL = EnumSet.of(Contender.NIO, Contender.EPOLL, Contender.EPOLL_BUSY,
            Contender.IO_URING);
    /** Netty's epoll, however it waits. */
    static final Set<Contender> EPOLLS = EnumSet.of(Contender.EPOLL, Contender.EPOLL_BUSY);
    /** Ports of Millrace that meet a client of the kernel. */
    static final Set<Contender> PORTS = EnumSet.of(Contender.MILLRACE_TAP, Contender.MILLRACE_AF_PACKET,
            Contender.MILLRACE_AF_XDP);

    private final Results results;

    Figures(final Results results) {
        this.results = results;
    }

    /** A cell that was measured. */
    Optional<CellResult> of(final Workload workload, final Placement placement, final Contender contender) {
        return results.of(workload, placement, contender).filter(CellResult::isMeasured);
    }

    /** Those that were measured. */
    List<CellResult> of(final Workload workload, final Placement placement, final Collection<Contender> contenders) {
        final List<CellResult> all = new ArrayList<>();
        contenders.forEach(contender -> of(workload, placement, contender).ifPresent(all::add));
        return all;
    }

    /** The best of them by what counts of the workload. */
    Optional<CellResult> best(final Workload workload, final Placement placement,
            final Collection<Contender> contenders) {
        final Comparator<CellResult> byValue = Comparator.comparingDouble(CellResult::value);
        return of(workload, placement, contenders).stream()
                .max(workload.unit() == Workload.Unit.LATENCY ? byValue.reversed() : byValue);
    }

    /** The one with the most idle connections. */
    Optional<CellResult> mostIdle() {
        return results.cells().stream()
                .filter(result -> result.cell().workload() == Workload.IDLE_MANY && result.isMeasured())
                .max(Comparator.comparingInt(result -> result.cell().rate()));
    }

    /** Why there is no figure of any of these. */
    String why(final Workload workload, final Placement placement, final Collection<Contender> contenders) {
        return contenders.stream().map(contender -> why(new Cell(workload, placement, contender))).distinct().toList()
                .stream().reduce((one, other) -> one + "; " + other).orElse("");
    }

    private String why(final Cell wanted) {
        return results.cells().stream().filter(result -> sameButForRate(result.cell(), wanted)).findFirst()
                .map(result -> result.skipped() == null
                        ? "measured"
                        : (result.failed() ? "failed: " : "")
                                + result.skipped())
                .orElse("not part of this run");
    }

    private static boolean sameButForRate(final Cell one, final Cell other) {
        return one.workload() == other.workload() && one.placement() == other.placement()
                && one.contender() == other.contender();
    }

    /** The median of a percentile. */
    static ToDoubleFunction<Sample> percentile(final double percentile) {
        return sample -> sample.latencyNs(percentile);
    }
}
