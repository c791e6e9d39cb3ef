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
        assertThat(options.faults(0)).hasToString("nothing goes wrong");
    }

    @Test
    void shouldTakeOneValueForBothDirections() {
        final WireFaultOptions options = parse("--loss", "1", "--delay", "10ms", "--jitter", "100us", "--duplicate",
                "2", "--corrupt", "3", "--reorder", "5");
        assertThat(options.faults(0))
                .hasToString("1 % lost, 2 % twice, 3 % corrupted, 5 % held back by up to 1 ms, delay"
                        + " 10 ms, jitter 0.1 ms");
        assertThat(options.faults(1)).hasToString(options.faults(0).toString());
    }

    @Test
    void shouldTakeAValueForEachDirection() {
        final WireFaultOptions options = parse("--loss", "1,0.5", "--reorder", "0,5:2ms", "--rate", "1Gbit,0",
                "--queue", "1MiB,5");
        assertThat(options.faults(0).toString()).isEqualTo("1 % lost, 1000 Mbit/s with a queue of 1048576 bytes");
        assertThat(options.faults(1).toString()).isEqualTo("0.5 % lost, 5 % held back by up to 2 ms");
    }

    @Test
    void shouldLoseInBursts() {
        // A fifth of the time in bursts of 4 frames: 16 frames lie between two of them.
        final WireFaultOptions options = parse("--burst-loss", "20:4,50");
        assertThat(options.faults(0).toString()).isEqualTo("20.0 % lost in bursts of 4.00 frames");
        assertThat(options.faults(1).toString()).isEqualTo("50.0 % lost in bursts of 8.00 frames");
    }

    @Test
    void shouldQueueARoundTripAtTheBottleneck() {
        assertThat(parse("--rate", "200Mbit", "--delay", "30ms,20ms").faults(0).toString())
                .startsWith("200 Mbit/s with a queue of 1250000 bytes");
        assertThat(parse("--rate", "1.5Mbit/s").faults(1).toString())
                .isEqualTo("1.5 Mbit/s with a queue of 65536 bytes");
    }

    private static WireFaultOptions parse(final String... arguments) {
        final WireFaultOptions options = new WireFaultOptions();
        new CommandLine(options).parseArgs(arguments);
        return options;
    }

}
