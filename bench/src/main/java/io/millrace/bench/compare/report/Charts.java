package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The plots of a run. Pure functions. */
final class Charts {
    private static final int PIPELINE_CONNECTIONS = 64;
    private static final int FEW_IDLE = 10;
    private static final int STREAMS = 8;

    private Charts() {}

    /** A plot of latencies by percentile for all cells that were measured in turn and have latencies. */
    static List<Chart> latencies(final Results results) {
        final Map<String, List<CellResult>> groups = new LinkedHashMap<>();
        for (final CellResult result : results.cells()) {
            if (Percentiles.has(result)) {
                groups.computeIfAbsent(CellTables.title(result.cell()), title -> new ArrayList<>()).add(result);
            }
        }
        return groups.entrySet().stream().map(group -> latency(group.getKey(), group.getValue())).toList();
    }

    private static Chart latency(final String title, final List<CellResult> group) {
        final List<Chart.Curve> curves = group.stream().map(result -> new Chart.Curve(name(result.cell()),
                colour(result.cell().contender()), Percentiles.curve(result))).toList();
        final double most = Math.max(2, Math.ceil(curves.stream().flatMap(curve -> curve.points().stream())
                .mapToDouble(point -> point[0]).max().orElse(0)));
        final List<Double> ticks = new ArrayList<>();
        final List<String> texts = new ArrayList<>();
        for (int nines = 0; nines <= most; nines++) {
            ticks.add((double) nines);
            texts.add(nines == 0 ? "p0" : nines == 1 ? "p90" : nines == 2 ? "p99" : "p99." + "9".repeat(nines - 2));
        }
        return new Chart(title, "percentile", new Chart.Axis(0, most, ticks, texts), Quantity::time, curves);
    }

    /** Messages a second, bits a second, and processor time, each by how many connections there are; a plot for each placement. */
    static List<Chart> byConnections(final Results results) {
        final List<Chart> charts = new ArrayList<>();
        for (final Placement placement : Placement.values()) {
            byConnections(charts, measured(results).filter(result -> result.cell().placement() == placement).toList());
        }
        return charts;
    }

    private static void byConnections(final List<Chart> charts, final List<CellResult> results) {
        add(charts, "pipelined 64 B echoes by connections", results, Charts::pipelines,
                result -> result.value(), Quantity::rate);
        add(charts, "streams by connections", results, Charts::streams, result -> result.value(), Quantity::bits);
        add(charts, "processor time of a pipelined 64 B echo, both ends", results, Charts::pipelines,
                result -> result.median(Sample::cpuNsPerMessage), Quantity::time);
        add(charts, "a turn with nothing to do, by idle connections", results, Charts::idle, result -> result.value(),
                Quantity::time);
    }

    private static void add(final List<Chart> charts, final String title, final List<CellResult> results,
            final ToDoubleFunction<Cell> connections, final ToDoubleFunction<CellResult> figure,
            final DoubleFunction<String> text) {
        final Map<String, List<double[]>> points = new LinkedHashMap<>();
        final Map<String, Contender> contenders = new LinkedHashMap<>();
        final Set<Double> places = new TreeSet<>();
        results.stream().filter(result -> connections.applyAsDouble(result.cell()) > 0).forEach(result -> {
            final double at = Math.log10(connections.applyAsDouble(result.cell()));
            final double value = figure.applyAsDouble(result);
            if (value > 0) {
                final String name = name(result.cell());
                points.computeIfAbsent(name, key -> new ArrayList<>()).add(new double[]{at, value});
                contenders.put(name, result.cell().contender());
                places.add(at);
            }
        });
        points.values().removeIf(line -> line.size() < 2);
        if (!points.isEmpty()) {
            points.values().forEach(line -> line.sort((one, other) -> Double.compare(one[0], other[0])));
            final List<Chart.Curve> curves = points.entrySet().stream().map(entry -> new Chart.Curve(entry.getKey(),
                    colour(Objects.requireNonNull(contenders.get(entry.getKey()))), entry.getValue())).toList();
            charts.add(new Chart(title + "; " + results.getFirst().cell().placement(), "connections",
                    axis(List.copyOf(places)), text, curves));
        }
    }

    private static Chart.Axis axis(final List<Double> places) {
        final List<Double> sorted = places.stream().sorted().toList();
        return new Chart.Axis(sorted.getFirst(), sorted.getLast(), sorted,
                sorted.stream().map(log -> String.format(Locale.ROOT, "%,.0f", Math.pow(10, log))).toList());
    }

    private static Stream<CellResult> measured(final Results results) {
        return results.cells().stream().filter(CellResult::isMeasured);
    }

    private static double pipelines(final Cell cell) {
        return cell.workload() != Workload.PIPELINE_64 ? 0 : cell.rate() == 0 ? PIPELINE_CONNECTIONS : cell.rate();
    }

    private static double streams(final Cell cell) {
        return cell.workload() == Workload.STREAM_IN_1 ? 1 : cell.workload() == Workload.STREAM_IN_8 ? STREAMS : 0;
    }

    private static double idle(final Cell cell) {
        return cell.workload() == Workload.IDLE_10
                ? FEW_IDLE
                : cell.workload() == Workload.IDLE_MANY ? cell.rate() : 0;
    }

    private static String name(final Cell cell) {
        return cell.contender().toString();
    }

    /** Different ones for all that meet in one plot. */
    private static int colour(final Contender contender) {
        return switch (contender) {
            case MILLRACE_MEMORY, MILLRACE_SHM, MILLRACE_TAP -> 0;
            case NIO -> 1;
            case EPOLL -> 2;
            case EPOLL_BUSY -> 3;
            case IO_URING -> 4;
            case MILLRACE_AF_PACKET -> 5;
            case MILLRACE_AF_XDP -> 6;
        };
    }
}
