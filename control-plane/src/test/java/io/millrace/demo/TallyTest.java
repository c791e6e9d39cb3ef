package io.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally tally = new Tally(1);

    @Test
    void shouldBeRightWhereEveryAnswerCameAndWasRight() throws InterruptedException {
        tally.onResponse(1_000, 10, true);
        assertThat(tally.await(0)).isFalse();
        tally.onConnectionOver(true);

        assertThat(tally.await(0)).isTrue();
        assertThat(tally.isRight(1)).isTrue();
        assertThat(tally.verdict(1)).isEqualTo("Every byte was right.");
        assertThat(tally.isRight(2)).as("one is missing").isFalse();
        assertThat(tally.verdict(2)).isEqualTo("NOT every request was answered.");
    }

    @Test
    void shouldNotBeRightAfterAWrongAnswer() {
        tally.onResponse(1_000, 10, false);
        tally.onConnectionOver(true);

        assertThat(tally.isRight(1)).isFalse();
        assertThat(tally.verdict(1)).isEqualTo("NOT every byte was right.");
    }

    @Test
    void shouldNotBeRightAfterABrokenConnection() {
        tally.onResponse(1_000, 10, true);
        tally.onConnectionOver(false);

        assertThat(tally.isRight(1)).isFalse();
    }

    @Test
    void shouldPrintWhatItCountedAndTheFirstFailure() {
        tally.onFailure(new IOException("first"));
        tally.onFailure(new IOException("second"));
        tally.onResponse(2_000_000, 1_234, true);
        tally.onConnectionOver(false);
        final StringWriter out = new StringWriter();
        tally.print(new PrintWriter(out), 3);

        assertThat(out.toString()).contains("1 of 3 answered, 1,234 bytes, 0 answers wrong, 1 connections broken",
                "first", "p50 2.0").doesNotContain("second");
    }

    @Test
    void shouldPrintNoLatencyWhereNothingWasAnswered() {
        final StringWriter out = new StringWriter();
        tally.print(new PrintWriter(out), 1);

        assertThat(out.toString()).doesNotContain("latency");
    }
}
