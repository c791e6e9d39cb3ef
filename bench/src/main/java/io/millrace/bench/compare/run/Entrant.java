package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Disturbance;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A cell on its way through the rounds. Thread: the command's. */
final class Entrant {
    private final Cell cell;
    private final List<Sample> samples = new ArrayList<>();
    private @Nullable Arena arena;
    private int opened;
    private @Nullable CellResult missing;

    Entrant(final Cell cell) {
        this.cell = cell;
    }

    /** Also anew, once it is closed. */
    void open(final ArenaFactory factory) {
        try {
            arena = factory.open(cell);
            opened++;
        } catch (final SkippedCellException e) {
            missing = CellResult.skipped(cell, reason(e));
        } catch (final IOException | RuntimeException e) {
            missing = CellResult.failed(cell, reason(e));
        }
    }

    /** Whether it can have a round. */
    boolean isOpen() {
        return arena != null;
    }

    /** Rounds that nothing disturbed. */
    long clean() {
        return samples.stream().filter(sample -> !sample.disturbance().isTooMuch()).count();
    }

    /** One round; a cell that fails is closed, and has no more. */
    void round(final long ns, final LoadMeter meter) {
        final Arena open = arena;
        if (open == null) {
            return;
        }
        try {
            open.resume();
            meter.begin();
            final Sample sample = open.round(ns);
            final Disturbance disturbance = meter.end(open.pids());
            open.pause();
            if (sample.messages() == 0
                    || cell.workload().unit() == Workload.Unit.BYTES && sample.bytes() == 0) {
                throw new IOException("nothing arrived in a whole round");
            }
            samples.add(sample.with(disturbance, opened - 1));
        } catch (final IOException | RuntimeException e) {
            missing = CellResult.failed(cell, reason(e));
            close();
        }
    }

    void close() {
        final Arena open = arena;
        arena = null;
        if (open != null) {
            try {
                open.close();
            } catch (final RuntimeException e) {
                missing = CellResult.failed(cell, "could not be taken down: " + reason(e));
            }
        }
    }

    /** The undisturbed rounds; where these are fewer than {@code least}, the least disturbed ones. */
    CellResult result(final int rounds, final int least) {
        if (missing != null) {
            return missing;
        }
        if (samples.isEmpty()) {
            return CellResult.skipped(cell, "no time was left for it");
        }
        final boolean disturbed = clean() < Math.min(least, samples.size());
        // by number: they stay in the order in which they were
        final List<Sample> kept = IntStream.range(0, samples.size()).boxed()
                .filter(round -> disturbed || !samples.get(round).disturbance().isTooMuch())
                .sorted(Comparator.comparingDouble(round -> samples.get(round).disturbance().total()))
                .limit(disturbed ? least : rounds).sorted().map(samples::get).toList();
        return new CellResult(cell, kept, samples.size() - kept.size(), disturbed, null, false);
    }

    private String reason(final Exception e) {
        final String message = e.getMessage();
        return message == null ? e.toString() : message.replace(cell + ": ", "");
    }
}
