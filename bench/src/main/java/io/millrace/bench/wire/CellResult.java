package io.millrace.bench.wire;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
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

    /**
     * Goodput as a share of kernel → kernel's: the geometric mean over the rounds, each compared with the kernel's transfer
     * over the wire of the same seed; NaN where that did not run.
     */
    public double ratio(final Contender contender) {
        return Math.exp(logarithms(contender).average().orElse(Double.NaN));
    }

    /** The share with its standard error, e.g. {@code ×0.95 ± 0.03}; without that of one round, empty where there is none. */
    public String ratioText(final Contender contender) {
        if (Double.isNaN(ratio(contender))) {
            return "";
        }
        final double error = ratio(contender) * ratioError(contender);
        return Double.isNaN(error)
                ? String.format(Locale.ROOT, "×%.2f", ratio(contender))
                : String.format(Locale.ROOT, "×%.2f ± %.2f", ratio(contender), error);
    }

    /** Standard error of {@link #ratio}, as a share of it; NaN for one round. */
    public double ratioError(final Contender contender) {
        final double mean = Math.log(ratio(contender));
        final long rounds = logarithms(contender).count();
        final double squares = logarithms(contender).map(value -> (value - mean) * (value - mean)).sum();
        return rounds < 2 ? Double.NaN : Math.sqrt(squares / (rounds - 1) / rounds);
    }

    private DoubleStream logarithms(final Contender contender) {
        final List<Sample> kernel = samples(Contender.KERNEL_TO_KERNEL);
        final List<Sample> ours = samples(contender);
        return IntStream.range(0, Math.min(kernel.size(), ours.size()))
                .mapToDouble(round -> Math.log(ours.get(round).bitsPerSecond() / kernel.get(round).bitsPerSecond()));
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
