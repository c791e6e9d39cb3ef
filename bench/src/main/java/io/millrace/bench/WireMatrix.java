package io.millrace.bench;

import io.millrace.bench.wire.Cell;
import io.millrace.bench.wire.CellResult;
import io.millrace.bench.wire.Contender;
import io.millrace.bench.wire.Fairness;
import io.millrace.bench.wire.Sample;
import io.millrace.bench.wire.Trial;
import io.millrace.bench.wire.WireSettings;
import io.millrace.config.IdleMode;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs TCP beside TCP over the same bad wire, prints what came of it and writes it to files. */
@Command(name = "WireMatrix", mixinStandardHelpOptions = true, showDefaultValues = true, description = "Goodput of the kernel's TCP and of Millrace's, as sender and as receiver, over the same wire with the same seed:"
        + " every cell of loss, round trip and reordering, contenders in turn, several rounds. Needs root.")
public final class WireMatrix implements Callable<Integer> {
    private static final double[] QUICK_LOSSES = {0, 1};
    private static final int[] QUICK_RTTS = {20};

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

    @Option(names = "--rounds", defaultValue = "3", description = "How often; the median counts.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "4", description = "Length of each transfer, slow start included.")
    private double seconds;

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

    @Option(names = "--fairness", defaultValue = "0", description = "Seconds for which a flow of each shares a link of 20 ms after the matrix; 0: not at all.")
    private int fairnessSeconds;

    @Option(names = "--quick", description = "Only loss 0 and 1 %%, RTT 20 ms, no reordering, one round.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write every transfer there.")
    private @Nullable Path json;

    /** Runs it and ends the JVM. */
    public static void main(final String... arguments) {
        System.exit(new CommandLine(new WireMatrix()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
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
        final List<CellResult> results = matrix(settings);
        results.forEach(result -> print(result, settings));
        for (int round = 0; fairnessSeconds > 0 && round < rounds; round++) {
            final Fairness.Shares shares = new Fairness(settings(TimeUnit.SECONDS.toNanos(fairnessSeconds)))
                    .run(new Cell(0, 20, 0), round);
            System.out.printf("shares of a 20 ms link: kernel %.1f Mbit/s, Millrace %.1f Mbit/s: %.0f:%.0f%n",
                    shares.kernelBits() / 1e6, shares.millraceBits() / 1e6, 100 - 100 * shares.millraceShare(),
                    100 * shares.millraceShare());
        }
        return 0;
    }

    private List<CellResult> matrix(final WireSettings settings) throws IOException, InterruptedException {
        final List<CellResult> results = cells().stream().map(CellResult::new).toList();
        final Trial trial = new Trial(settings);
        for (int round = 0; round < rounds; round++) {
            for (final CellResult result : results) {
                for (final Contender contender : Set.copyOf(EnumSet.copyOf(List.of(contenders)))) {
                    final Sample sample = trial.run(contender, result.cell(), round);
                    result.add(contender, sample);
                    System.err.printf("round %d, %s, %s: %.2f Mbit/s, %s%n", round + 1, result.cell(), contender,
                            sample.bitsPerSecond() / 1e6, sample);
                }
            }
        }
        return results;
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
                TimeUnit.SECONDS.toNanos(3), 1_500, seed, kernelCongestion, ours, idle);
    }

    private static String bestCongestionControl() {
        final List<String> names = CongestionControls.names();
        return names.contains("cubic") ? "cubic" : names.getFirst();
    }

    private static void print(final CellResult result, final WireSettings settings) {
        System.out.println(result.cell());
        for (final Contender contender : result.contenders()) {
            System.out.printf("  %-20s %8.2f Mbit/s  %5.2f  %6.0f sent again  %d stalls%n", contender,
                    result.goodput(contender), result.ratio(contender), result.retransmissions(contender),
                    result.stalls(contender, settings.stallNs()));
        }
    }
}
