package io.millrace.bench.wire;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The transfers of one cell, by contender and round. Thread: one. */
public final class CellResult {
    private final Cell cell;
    private final Map<Contender, List<Sample>> samples = new EnumMap<>(Contender.class);

    public CellResult(final Cell cell) {
        this.cell = cell;
    }

    public Cell cell() {
        return cell;
    }

    public void add(final Contender contender, final Sample sample) {
        samples.computeIfAbsent(contender, none -> new ArrayList<>()).add(sample);
    }

    /** Those that have run, in a fixed order. */
    public List<Contender> contenders() {
        return List.copyOf(samples.keySet());
    }

    List<Sample> samples(final Contender contender) {
        return samples.getOrDefault(contender, List.of());
    }

    /** Median of the goodput in Mbit/s. */
    public double goodput(final Contender contender) {
        return median(contender, sample -> sample.bitsPerSecond() / 1e6);
    }

    /** Median of the segments sent again. */
    public double retransmissions(final Contender contender) {
        return median(contender, Sample::retransmissions);
    }

    double least(final Contender contender) {
        return sorted(contender, sample -> sample.bitsPerSecond() / 1e6)[0];
    }

    double most(final Contender contender) {
        final double[] values = sorted(contender, sample -> sample.bitsPerSecond() / 1e6);
        return values[values.length - 1];
    }

    /** Median goodput as a share of kernel ↔ kernel's; NaN where that did not run. */
    public double ratio(final Contender contender) {
        return samples.containsKey(Contender.KERNEL_TO_KERNEL)
                ? goodput(contender) / goodput(Contender.KERNEL_TO_KERNEL)
                : Double.NaN;
    }

    /** Transfers in which nothing moved for longer than that. */
    public long stalls(final Contender contender, final long stallNs) {
        return samples(contender).stream().filter(sample -> sample.longestSilenceNs() > stallNs).count();
    }

    /** All transfers of all contenders. */
    Stream<Sample> all() {
        return samples.values().stream().flatMap(List::stream);
    }

    double median(final Contender contender, final ToDoubleFunction<Sample> figure) {
        final double[] values = sorted(contender, figure);
        final int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private double[] sorted(final Contender contender, final ToDoubleFunction<Sample> figure) {
        return samples(contender).stream().mapToDouble(figure).sorted().toArray();
    }
}
