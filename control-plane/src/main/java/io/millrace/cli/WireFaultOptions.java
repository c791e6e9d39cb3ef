package io.millrace.cli;

import io.millrace.fastpath.port.Faults;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What goes wrong on a wire: options, each for both directions or for each its own. Thread: one. */
final class WireFaultOptions {
    private static final long LEAST_QUEUE = 65_536;
    private static final double BITS_NS = 8e9;
    private static final String REORDER_BY = "1ms";
    private static final String BURST_LENGTH = "8";

    @Option(names = "--loss", paramLabel = "PERCENT", defaultValue = "0", description = "Frames that vanish.")
    private String loss;

    @Option(names = "--burst-loss", paramLabel = "PERCENT[:LENGTH]", defaultValue = "0", description = "Frames that vanish in bursts, besides those of --loss: LENGTH at a time on average (8 where not given), PERCENT of all (Gilbert-Elliott).")
    private String burstLoss;

    @Option(names = "--delay", paramLabel = "TIME", defaultValue = "0", description = "How long each frame takes, one way, e.g. 10ms.")
    private String delay;

    @Option(names = "--jitter", paramLabel = "TIME", defaultValue = "0", description = "Up to this much is added to the delay; frames stay in order.")
    private String jitter;

    @Option(names = "--reorder", paramLabel = "PERCENT[:BY]", defaultValue = "0", description = "Frames that are held back by up to BY (1ms where not given), so that later ones overtake them.")
    private String reorder;

    @Option(names = "--duplicate", paramLabel = "PERCENT", defaultValue = "0", description = "Frames that arrive twice.")
    private String duplicate;

    @Option(names = "--corrupt", paramLabel = "PERCENT", defaultValue = "0", description = "IP packets of which one bit flips.")
    private String corrupt;

    @Option(names = "--rate", paramLabel = "RATE", defaultValue = "0", description = "A bottleneck in front of the delay, in bits a second, e.g. 200Mbit.")
    private String rate;

    @Option(names = "--queue", paramLabel = "SIZE", description = "Bytes that may wait at the bottleneck, e.g. 512KiB; else what it sends in a round trip of the wire, and at least 64KiB.")
    private @Nullable String queue;

    /**
     * The faults of one direction.
     *
     * @param direction 0 from left to right, 1 from right to left.
     * @throws IllegalArgumentException where an option has a wrong value, one sentence.
     */
    Faults faults(final int direction) {
        final TwoWays late = new TwoWays("--reorder", reorder);
        final String[] reordering = late.pair(direction, REORDER_BY);
        final Faults.Builder faults = Faults.builder().loss(probability("--loss", loss, direction))
                .duplication(probability("--duplicate", duplicate, direction))
                .corruption(probability("--corrupt", corrupt, direction))
                .reordering(late.probability(reordering[0]), late.nanos(reordering[1], 1))
                .delay(nanos("--delay", delay, direction)).jitter(nanos("--jitter", jitter, direction));
        addBursts(faults, direction);
        final long bitsPerSecond = bitsPerSecond(direction);
        final long queueBytes = queueBytes(bitsPerSecond, direction);
        if (bitsPerSecond > 0) {
            faults.bottleneck(bitsPerSecond, queueBytes);
        }
        return faults.build();
    }

    /** Of all frames enter / (enter + leave) lie in a burst, and a burst has 1 / leave frames. */
    private void addBursts(final Faults.Builder faults, final int direction) {
        final TwoWays bursts = new TwoWays("--burst-loss", burstLoss);
        final String[] burst = bursts.pair(direction, BURST_LENGTH);
        final double share = bursts.probability(burst[0]);
        if (share > 0) {
            final double leave = 1 / bursts.atLeastOne(burst[1]);
            final double enter = share * leave / (1 - share);
            if (!(enter <= 1)) {
                throw new IllegalArgumentException("--burst-loss " + bursts.text(direction)
                        + ": so much is lost only in longer bursts");
            }
            faults.burstLoss(enter, leave, 1);
        }
    }

    private long queueBytes(final long bitsPerSecond, final int direction) {
        if (queue != null) {
            if (bitsPerSecond(0) == 0 && bitsPerSecond(1) == 0) {
                throw new IllegalArgumentException("--queue " + queue + ": only with --rate, which makes frames wait");
            }
            return new TwoWays("--queue", queue).bytes(direction);
        }
        final long roundTripNs = nanos("--delay", delay, 0) + nanos("--delay", delay, 1);
        return Math.max(LEAST_QUEUE, Math.round(bitsPerSecond * (roundTripNs / BITS_NS)));
    }

    private long bitsPerSecond(final int direction) {
        return new TwoWays("--rate", rate).bitsPerSecond(direction);
    }

    private static double probability(final String option, final String text, final int direction) {
        return new TwoWays(option, text).probability(direction);
    }

    private static long nanos(final String option, final String text, final int direction) {
        return new TwoWays(option, text).nanos(direction);
    }
}
