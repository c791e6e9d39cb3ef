package io.millrace.bench.compare.report;

import static io.millrace.bench.compare.report.Figures.EPOLLS;
import static io.millrace.bench.compare.report.Figures.KERNEL;
import static io.millrace.bench.compare.report.Figures.PORTS;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What targets ask for, as parts. Figures are medians of the rounds, tails those of all rounds together. Any thread. */
final class Conditions {
    private static final double KERNEL_CLIENT_SHARE = 0.7;
    private static final int TAIL = 99;
    private static final int MOST_IDLE = 10_000_000;
    /** What JMH allocates by the iteration, for each of a million operations. */
    private static final double ENGINE_SLACK = 0.01;
    /** What marks and rounds allocate, for each of some ten thousand messages. */
    private static final double PIPELINE_SLACK = 0.05;
    private static final double PIPELINE_TOLERANCE = 0.01;

    private final Figures figures;

    Conditions(final Figures figures) {
        this.figures = figures;
    }

    Part latency(final String what, final Workload workload, final Placement placement, final Contender contender,
            final double limitNs) {
        return figures.of(workload, placement, contender)
                .map(cell -> Part.atMost(what, cell.value(), limitNs, Quantity::time).of(cell))
                .orElseGet(() -> missing(what, workload, placement, Set.of(contender)));
    }

    Part atLeast(final String what, final Workload workload, final Placement placement, final Contender contender,
            final double limit) {
        return figures.of(workload, placement, contender).map(
                cell -> Part.atLeast(what, cell.value(), limit, value -> Quantity.of(workload.unit(), value)).of(cell))
                .orElseGet(() -> missing(what, workload, placement, Set.of(contender)));
    }

    /** In time: the other one takes at least so many times as long. */
    Part faster(final String what, final Workload workload, final Placement placement, final Contender ours,
            final Contender theirs, final double times) {
        final Optional<CellResult> mine = figures.of(workload, placement, ours);
        final Optional<CellResult> other = figures.of(workload, placement, theirs);
        if (mine.isEmpty() || other.isEmpty()) {
            return missing(what, workload, placement, Set.of(mine.isEmpty() ? ours : theirs));
        }
        final double ratio = other.get().value() / mine.get().value();
        return Part.atLeast(what, ratio, times,
                value -> Quantity.time(other.get().value()) + ", " + Quantity.times(value)).of(mine.get(), other.get());
    }

    Part aheadOfKernel(final String what, final Workload workload, final Placement placement, final Contender ours,
            final double times) {
        return ahead(what, workload, placement, Set.of(ours), KERNEL, times);
    }

    Part aheadOfEpoll(final String what, final Workload workload, final Placement placement, final Contender ours,
            final double times) {
        return ahead(what, workload, placement, Set.of(ours), EPOLLS, times);
    }

    Part bestPortAheadOfEpoll(final String what, final Workload workload) {
        return ahead(what, workload, Placement.NAMESPACES, PORTS, EPOLLS, 1);
    }

    /** The best of ours against the best of theirs, by rate. */
    private Part ahead(final String what, final Workload workload, final Placement placement,
            final Collection<Contender> ours, final Collection<Contender> theirs, final double times) {
        final Optional<CellResult> mine = figures.best(workload, placement, ours);
        final Optional<CellResult> other = figures.best(workload, placement, theirs);
        if (mine.isEmpty() || other.isEmpty()) {
            return missing(what, workload, placement,
                    mine.isEmpty() ? ours : theirs);
        }
        return whole(beside(what, mine.get(), other.get(), times), workload, placement, theirs);
    }

    /** Who is ahead of some of them may not be ahead of the others: where one was not measured, that is not shown. */
    private Part whole(final Part part, final Workload workload, final Placement placement,
            final Collection<Contender> theirs) {
        final List<Contender> absent = theirs.stream()
                .filter(contender -> figures.of(workload, placement, contender).isEmpty()).toList();
        return absent.isEmpty() || !part.isMet()
                ? part
                : part.without("ahead of " + absent, figures.why(workload, placement, absent));
    }

    private static Part beside(final String what, final CellResult mine, final CellResult other, final double times) {
        final Workload.Unit unit = mine.cell().workload().unit();
        return Part.atLeast(what.isEmpty() ? "" : what + ":", mine.value() / other.value(), times,
                ratio -> name(mine) + " " + Quantity.of(unit, mine.value()) + ", " + Quantity.times(ratio) + " "
                        + name(other) + "'s " + Quantity.of(unit, other.value()))
                .of(mine, other);
    }

    /** Every port on its own: none makes up for another. */
    List<Part> kernelClient() {
        final List<Part> parts = new ArrayList<>();
        final Optional<CellResult> epoll = figures.of(Workload.PING_PONG_64, Placement.NAMESPACES,
                Contender.EPOLL_BUSY);
        for (final Contender port : PORTS) {
            final Optional<CellResult> mine = figures.of(Workload.PING_PONG_64, Placement.NAMESPACES, port);
            if (mine.isEmpty() || epoll.isEmpty()) {
                parts.add(missing(port.toString(), Workload.PING_PONG_64, Placement.NAMESPACES,
                        Set.of(mine.isEmpty() ? port : Contender.EPOLL_BUSY)));
            } else {
                parts.add(share(port + " p50", mine.get(), epoll.get(), 50, KERNEL_CLIENT_SHARE));
                parts.add(share("p99", mine.get(), epoll.get(), TAIL, 1));
            }
        }
        return parts;
    }

    private static Part share(final String what, final CellResult mine, final CellResult other,
            final double percentile, final double most) {
        final double ns = mine.latencyNs(percentile);
        final double otherNs = other.latencyNs(percentile);
        if (Double.isNaN(ns) || Double.isNaN(otherNs)) {
            return Part.missing(what, "too few messages of " + name(Double.isNaN(ns) ? mine : other));
        }
        return Part.atMost(what, ns / otherNs, most, share -> Quantity.time(ns) + ", " + Quantity.times(share) + " "
                + name(other) + "'s " + Quantity.time(otherNs)).of(mine, other);
    }

    /** The best of ours by requests: its requests against those of the better of epoll's two, its tail against the shorter of theirs. */
    List<Part> http(final double times) {
        final Optional<CellResult> mine = figures.best(Workload.HTTP, Placement.NAMESPACES, PORTS);
        final Optional<CellResult> epoll = figures.best(Workload.HTTP, Placement.NAMESPACES, EPOLLS);
        if (mine.isEmpty() || epoll.isEmpty()) {
            return List.of(missing("requests/s and p99", Workload.HTTP, Placement.NAMESPACES,
                    mine.isEmpty() ? PORTS : EPOLLS));
        }
        final CellResult tail = figures.of(Workload.HTTP, Placement.NAMESPACES, EPOLLS).stream()
                .min(Comparator.comparingDouble(cell -> cell.latencyNs(TAIL))).orElseThrow();
        return List.of(whole(beside("", mine.get(), epoll.get(), times), Workload.HTTP, Placement.NAMESPACES, EPOLLS),
                whole(share("p99", mine.get(), tail, TAIL, 1), Workload.HTTP, Placement.NAMESPACES, EPOLLS));
    }

    /**
     * One port for both directions, that whose worse one is the best; beside the best of the kernel's. Both of epoll's must have
     * been measured, and whichever else the run had among its cells.
     */
    List<Part> streamsAheadOfKernel(final Placement placement) {
        final Optional<CellResult> in = figures.best(Workload.STREAM_IN_1, placement, KERNEL);
        final Optional<CellResult> out = figures.best(Workload.STREAM_OUT_1, placement, KERNEL);
        if (in.isEmpty() || out.isEmpty()) {
            return List.of(missing("the kernel's streams", in.isEmpty() ? Workload.STREAM_IN_1 : Workload.STREAM_OUT_1,
                    placement, KERNEL));
        }
        return streams(placement, in.get().value(), out.get().value(),
                (what, mine) -> whole(beside(what, mine,
                        mine.cell().workload() == Workload.STREAM_IN_1 ? in.get() : out.get(), 1),
                        mine.cell().workload(), placement,
                        figures.epollsAndOthersOfRun(mine.cell().workload(), placement)));
    }

    List<Part> streamsAtLeast(final Placement placement, final double in, final double out) {
        return streams(placement, in, out,
                (what, mine) -> Part.atLeast(what + ": " + name(mine), mine.value(),
                        mine.cell().workload() == Workload.STREAM_IN_1 ? in : out, Quantity::bits).of(mine));
    }

    private interface Direction {
        Part part(String what, CellResult mine);
    }

    private List<Part> streams(final Placement placement, final double in, final double out,
            final Direction direction) {
        record Pair(CellResult in, CellResult out) {}
        final List<Pair> pairs = new ArrayList<>();
        for (final Contender port : PORTS) {
            figures.of(Workload.STREAM_IN_1, placement, port)
                    .ifPresent(one -> figures.of(Workload.STREAM_OUT_1, placement, port)
                            .ifPresent(other -> pairs.add(new Pair(one, other))));
        }
        return pairs.stream()
                .max(Comparator.comparingDouble(pair -> Math.min(pair.in.value() / in, pair.out.value() / out)))
                .map(pair -> List.of(direction.part("in", pair.in), direction.part("out", pair.out)))
                .orElseGet(() -> List.of(missing("both directions",
                        figures.of(Workload.STREAM_IN_1, placement, PORTS).isEmpty()
                                ? Workload.STREAM_IN_1
                                : Workload.STREAM_OUT_1,
                        placement, PORTS)));
    }

    Part noAllocation(final String what, final Workload workload) {
        return figures.of(workload, Placement.ENGINE, Contender.MILLRACE_MEMORY)
                .map(cell -> Part.bytesAtMost(what, cell.median(Sample::allocatedPerMessage), 0,
                        ENGINE_SLACK).of(cell))
                .orElseGet(() -> missing(what + ", bytes", workload, Placement.ENGINE,
                        Set.of(Contender.MILLRACE_MEMORY)));
    }

    /** Than epoll in the mode that allocates less. */
    Part allocatesNoMore(final String what, final Workload workload, final Placement placement,
            final Contender contender) {
        final Optional<CellResult> mine = figures.of(workload, placement, contender);
        final Optional<CellResult> epoll = figures.of(workload, placement, EPOLLS).stream()
                .min(Comparator.comparingDouble(cell -> cell.median(Sample::allocatedPerMessage)));
        if (mine.isEmpty() || epoll.isEmpty()) {
            return missing(what, workload, placement, mine.isEmpty() ? Set.of(contender) : EPOLLS);
        }
        final double limit = epoll.get().median(Sample::allocatedPerMessage);
        final Part part = Part.bytesAtMost(what, mine.get().median(Sample::allocatedPerMessage), limit,
                limit * PIPELINE_TOLERANCE + PIPELINE_SLACK);
        return whole(
                new Part(part.text() + ", " + name(epoll.get()) + " " + Quantity.bytes(limit), part.ratio(), null,
                        false)
                        .of(mine.get(), epoll.get()),
                workload, placement, EPOLLS);
    }

    List<Part> idle(final double limitNs, final double times) {
        final Part few = latency("10 connections", Workload.IDLE_10, Placement.ENGINE, Contender.MILLRACE_MEMORY,
                limitNs);
        final Optional<CellResult> ten = figures.of(Workload.IDLE_10, Placement.ENGINE, Contender.MILLRACE_MEMORY);
        final List<CellResult> all = figures.idle();
        final List<CellResult> many = all.stream().filter(CellResult::isMeasured).toList();
        if (ten.isEmpty() || many.isEmpty()) {
            return List.of(few, missing("many idle connections", Workload.IDLE_MANY, Placement.ENGINE,
                    Set.of(Contender.MILLRACE_MEMORY)));
        }
        final List<Part> parts = new ArrayList<>(List.of(few));
        many.forEach(
                cell -> parts.add(Part.atMost(count(cell.cell()), cell.value(), limitNs, Quantity::time).of(cell)));
        final CellResult worst = many.stream().max(Comparator.comparingDouble(CellResult::value)).orElseThrow();
        parts.add(Part.atMost("the most of these against 10:", worst.value() / ten.get().value(), times,
                Quantity::times).of(ten.get(), worst));
        // unchanged between counts that were measured says nothing of the others
        all.stream().filter(result -> !result.isMeasured())
                .forEach(result -> parts.add(Part.missing(count(result.cell()), figures.why(result.cell()))));
        if (all.getLast().cell().rate() < MOST_IDLE) {
            final Cell most = new Cell(Workload.IDLE_MANY, Placement.ENGINE, Contender.MILLRACE_MEMORY, MOST_IDLE);
            parts.add(Part.missing(count(most), figures.why(most)));
        }
        return parts;
    }

    private static String count(final Cell cell) {
        return String.format(Locale.ROOT, "%,d connections", cell.rate());
    }

    private Part missing(final String what, final Workload workload, final Placement placement,
            final Collection<Contender> contenders) {
        return Part.missing(what, figures.why(workload, placement, contenders));
    }

    private static String name(final CellResult result) {
        return result.cell().contender().toString();
    }
}
