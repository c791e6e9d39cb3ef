package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    static final String NOT_OF_RUN = "not part of this run";

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

    /** Those with idle connections, but for the few, measured or not; by how many, the most last. */
    List<CellResult> idle() {
        return results.cells().stream()
                .filter(result -> result.cell().workload() == Workload.IDLE_MANY)
                .sorted(Comparator.comparingInt(result -> result.cell().rate())).toList();
    }

    /** Epoll, however it waits, and whichever other transport of the kernel the run has such a cell of, measured or not. */
    Set<Contender> epollsAndOthersOfRun(final Workload workload, final Placement placement) {
        final Set<Contender> all = EnumSet.copyOf(KERNEL);
        all.removeIf(contender -> !EPOLLS.contains(contender)
                && results.of(workload, placement, contender).isEmpty());
        return all;
    }

    /** Why there is no figure of any of these. */
    String why(final Workload workload, final Placement placement, final Collection<Contender> contenders) {
        return contenders.stream().map(contender -> why(new Cell(workload, placement, contender))).distinct().toList()
                .stream().reduce((one, other) -> one + "; " + other).orElse("");
    }

    /** Why there is no figure of this one. */
    String why(final Cell wanted) {
        return results.of(wanted)
                .or(() -> results.cells().stream().filter(result -> sameButForRate(result.cell(), wanted)).findFirst()
                        .filter(result -> wanted.rate() == 0))
                .map(result -> result.skipped() == null
                        ? "measured"
                        : (result.failed() ? "failed: " : "")
                                + result.skipped())
                .orElse(NOT_OF_RUN);
    }

    private static boolean sameButForRate(final Cell one, final Cell other) {
        return one.workload() == other.workload() && one.placement() == other.placement()
                && one.contender() == other.contender();
    }
}
