package io.millrace.bench;

import io.millrace.bench.wire.Cell;
import io.millrace.bench.wire.CellResult;
import io.millrace.bench.wire.Contender;
import io.millrace.bench.machine.Environment;
import io.millrace.bench.wire.Fairness;
import io.millrace.bench.wire.GoodputPlot;
import io.millrace.bench.wire.JsonReport;
import io.millrace.bench.wire.MarkdownReport;
import io.millrace.bench.wire.MatrixReport;
import io.millrace.bench.wire.Sample;
import io.millrace.bench.wire.SharesPlot;
import io.millrace.bench.wire.Trial;
import io.millrace.bench.wire.WireSettings;
import io.millrace.config.IdleMode;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs TCP beside TCP over the same bad wire, prints what came of it and writes it to files. */
@Command(name = "WireMatrix", showDefaultValues = true, description = "Goodput of the kernel's TCP and of Millrace's, as sender and as receiver, over the same wire with the same seed:"
        + " every cell of loss, round trip and reordering, contenders in turn, several rounds. Needs root.")
public final class WireMatrix implements Callable<Integer> {
    private static final String COMMAND = "java --add-exports java.base/jdk.internal.misc=ALL-UNNAMED"
            + " --enable-native-access=ALL-UNNAMED \\\n    -cp bench/target/benchmarks.jar io.millrace.bench.WireMatrix";
    private static final int FAIRNESS_RTT_MS = 20;
    private static final long WARM_UP_NS = TimeUnit.SECONDS.toNanos(2);
    private static final double[] QUICK_LOSSES = {0, 1};
    private static final int[] QUICK_RTTS = {20};

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Option(names = "--loss", split = ",", defaultValue = "0,0.1,1,3,10", description = "Percent, each way.")
    private double[] losses;

    @Option(names = "--rtt", split = ",", defaultValue = "0,20,100", description = "Milliseconds.")
    private int[] rtts;

    @Option(names = "--reorder", split = ",", defaultValue = "0,5", description = "Percent, each way.")
    private double[] reorderings;

    @Option(names = "--reorder-by", defaultValue = "1000", description = "Microseconds that such a frame is held back at the most.")
    private long reorderByUs;

    @Option(names = "--contenders", split = ",", defaultValue = "KERNEL_TO_KERNEL,KERNEL_TO_MILLRACE,MILLRACE_TO_KERNEL", description = "Of ${COMPLETION-CANDIDATES}.")
    private Contender[] contenders;

    @Option(names = "--rounds", defaultValue = "3", description = "How often, each with a seed of its own.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "3", description = "Length of each transfer at the least, slow start included.")
    private double seconds;

    @Option(names = "--round-trips", defaultValue = "100", description = "That each transfer lasts at the least.")
    private int roundTrips;

    @Option(names = "--rate", defaultValue = "200", description = "Mbit/s of the bottleneck.")
    private long rate;

    @Option(names = "--queue", defaultValue = "131072", description = "Bytes of the bottleneck's queue at the least; else a round trip's.")
    private long queue;

    @Option(names = "--buffer", defaultValue = "16777216", description = "Largest window and send buffer of every contender, bytes.")
    private int buffer;

    @Option(names = "--seed", defaultValue = "1", description = "Of the first round.")
    private long seed;

    @Option(names = "--kernel-congestion", defaultValue = "cubic", description = "Set for each socket.")
    private String kernelCongestion;

    @Option(names = "--millrace-congestion", description = "Else cubic, where there is one.")
    private @Nullable String millraceCongestion;

    @Option(names = "--idle", defaultValue = "YIELD", description = "Of Millrace's loops: ${COMPLETION-CANDIDATES}.")
    private IdleMode idle;

    @Option(names = "--fairness", defaultValue = "0", description = "Seconds for which a flow of each shares a link of 20 ms after the matrix, and for comparison two of the kernel; 0: not at all.")
    private int fairnessSeconds;

    @Option(names = "--quick", description = "Only loss 0 and 1 %%, RTT 20 ms, no reordering, one round.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every transfer there.")
    private @Nullable Path json;

    @Option(names = "--page", paramLabel = "FILE.md", description = "Write the tables there, and the plots beside it.")
    private @Nullable Path page;

    /** Runs it and ends the JVM. */
    public static void main(final String... arguments) {
        CommandLineTool.run(WireMatrix::new, "warn", arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (quick) {
            losses = QUICK_LOSSES;
            rtts = QUICK_RTTS;
            reorderings = new double[]{0};
            rounds = 1;
        }
        final WireSettings settings = settings((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
        final String load = Environment.currentLoad();
        final List<CellResult> results = matrix(settings);
        results.forEach(result -> print(result, settings));
        final List<Fairness.Shares> shares = new ArrayList<>();
        final List<Fairness.Shares> control = new ArrayList<>();
        fairness(shares, control);
        final MatrixReport report = new MatrixReport(settings, Environment.now(load), rounds, results, shares, control);
        if (json != null) {
            Files.writeString(json, JsonReport.render(report));
        }
        if (page != null) {
            writePage(page, report);
        }
        return 0;
    }

    private void writePage(final Path file, final MatrixReport report) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        final String name = file.getFileName().toString().replaceAll("\\.md$", "");
        Files.writeString(file.resolveSibling(name + ".svg"), GoodputPlot.render(report));
        if (!report.shares().isEmpty()) {
            Files.writeString(file.resolveSibling(name + "-shares.svg"),
                    SharesPlot.render(report.settings(), report.shares().getFirst()));
        }
        Files.writeString(file, MarkdownReport.render(report, name + ".svg", name + "-shares.svg", COMMAND + " "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs())));
    }

    /** Flows of each, and as a control two of the kernel, in turn. */
    private void fairness(final List<Fairness.Shares> shares, final List<Fairness.Shares> control)
            throws IOException, InterruptedException {
        if (fairnessSeconds == 0) {
            return;
        }
        final Fairness fairness = new Fairness(settings(TimeUnit.SECONDS.toNanos(fairnessSeconds)));
        final Cell cell = new Cell(0, FAIRNESS_RTT_MS, 0);
        for (int round = 0; round < rounds; round++) {
            shares.add(print("kernel and Millrace", fairness.run(cell, round)));
            control.add(print("kernel and kernel  ", fairness.runControl(cell, round)));
        }
    }

    private static Fairness.Shares print(final String who, final Fairness.Shares shares) {
        System.out.printf("two flows, RTT %d ms: %s %.1f and %.1f Mbit/s, %.0f:%.0f%n", FAIRNESS_RTT_MS, who,
                shares.kernelBits() / 1e6, shares.millraceBits() / 1e6, 100 - 100 * shares.millraceShare(),
                100 * shares.millraceShare());
        return shares;
    }

    private List<CellResult> matrix(final WireSettings settings) throws IOException, InterruptedException {
        final List<CellResult> results = cells().stream().map(CellResult::new).toList();
        warmUp();
        final Trial trial = new Trial(settings);
        for (int round = 0; round < rounds; round++) {
            for (final CellResult result : results) {
                for (final Contender contender : EnumSet.copyOf(List.of(contenders))) {
                    final Sample sample = trial.run(contender, result.cell(), round);
                    result.add(contender, sample);
                    System.err.printf("round %d, %s, %s: %s%n", round + 1, result.cell(), contender, sample);
                }
            }
        }
        return results;
    }

    /** The first transfers would measure the JVM's interpreter. */
    private void warmUp() throws IOException, InterruptedException {
        final Trial trial = new Trial(settings(WARM_UP_NS));
        for (final Contender contender : Contender.values()) {
            trial.run(contender, new Cell(1, 0, 0), 0);
        }
    }

    private List<Cell> cells() {
        final List<Cell> cells = new ArrayList<>();
        for (final double reordering : reorderings) {
            for (final int rtt : rtts) {
                for (final double loss : losses) {
                    cells.add(new Cell(loss, rtt, reordering));
                }
            }
        }
        return cells;
    }

    private WireSettings settings(final long durationNs) {
        final String ours = millraceCongestion != null ? millraceCongestion : bestCongestionControl();
        return new WireSettings(rate * 1_000_000, queue, reorderByUs * 1_000, buffer, durationNs,
                roundTrips, TimeUnit.SECONDS.toNanos(3), 1_500, seed, kernelCongestion, ours, idle);
    }

    private static String bestCongestionControl() {
        final List<String> names = CongestionControls.names();
        return names.contains("cubic") ? "cubic" : names.getFirst();
    }

    private static void print(final CellResult result, final WireSettings settings) {
        System.out.println(result.cell());
        for (final Contender contender : result.contenders()) {
            System.out.printf("  %-20s %8.2f Mbit/s  %-14s %6.0f sent again  %d stalls%n", contender,
                    result.goodput(contender),
                    contender == Contender.KERNEL_TO_KERNEL ? "" : result.ratioText(contender),
                    result.retransmissions(contender), result.stalls(contender, settings.stallNs()));
        }
    }
}
