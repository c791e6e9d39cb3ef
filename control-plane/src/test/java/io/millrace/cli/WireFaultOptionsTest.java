package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class WireFaultOptionsTest {
    @Test
    void shouldLetNothingGoWrongUnlessAsked() {
        final WireFaultOptions options = parse();
        assertThat(options.faults(0).isNone()).isTrue();
        assertThat(options.faults(1).isNone()).isTrue();
    }

    @Test
    void shouldTakeOneValueForBothDirections() {
        final WireFaultOptions options = parse("--loss", "1", "--delay", "10ms", "--jitter", "100us", "--duplicate",
                "2", "--corrupt", "3", "--reorder", "5");
        assertThat(options.faults(0)).hasToString("loss 0.01, duplication 0.02, reordering 0.05 by up to 1000000 ns,"
                + " corruption 0.03, delay 10000000 ns, jitter 100000 ns, 0 bit/s, queue " + Long.MAX_VALUE + " bytes");
        assertThat(options.faults(1)).hasToString(options.faults(0).toString());
    }

    @Test
    void shouldTakeAValueForEachDirection() {
        final WireFaultOptions options = parse("--loss", "1,0.5", "--reorder", "0,5:2ms", "--rate", "1Gbit,0",
                "--queue", "1MiB,5");
        assertThat(options.faults(0).toString()).contains("loss 0.01,", "reordering 0.0 by", "1000000000 bit/s",
                "queue 1048576 bytes");
        assertThat(options.faults(1).toString()).contains("loss 0.005,", "reordering 0.05 by up to 2000000 ns",
                " 0 bit/s");
    }

    @Test
    void shouldLoseInBursts() {
        // A fifth of the time in bursts of 4 frames: 16 frames lie between two of them.
        final WireFaultOptions options = parse("--burst-loss", "20:4,50");
        assertThat(options.faults(0).toString()).endsWith(", bursts 0.0625/0.25 losing 1.0");
        assertThat(options.faults(1).toString()).endsWith(", bursts 0.125/0.125 losing 1.0");
    }

    @Test
    void shouldQueueARoundTripAtTheBottleneck() {
        assertThat(parse("--rate", "200Mbit", "--delay", "30ms,20ms").faults(0).toString())
                .contains("200000000 bit/s, queue 1250000 bytes");
        assertThat(parse("--rate", "1.5Mbit/s").faults(1).toString()).contains("1500000 bit/s, queue 65536 bytes");
    }

    private static WireFaultOptions parse(final String... arguments) {
        final WireFaultOptions options = new WireFaultOptions();
        new CommandLine(options).parseArgs(arguments);
        return options;
    }

}
