package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailureReportTest {
    private final StringWriter err = new StringWriter();

    @Command(name = "failing")
    private record Failing(Exception cause) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw cause;
        }
    }

    private int run(final Exception cause) {
        return new CommandLine(new Failing(cause)).setExecutionExceptionHandler(new FailureReport())
                .setErr(new PrintWriter(err)).execute();
    }

    @Test
    void shouldSayInOneLineWhatTheSystemRefused() {
        assertThat(run(new IOException("cannot open tap:mr0: permission denied"))).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("millrace: cannot open tap:mr0: permission denied");
    }

    @Test
    void shouldShowAllThereIsOfADefect() {
        assertThat(run(new IllegalStateException("defect"))).isEqualTo(1);
        assertThat(err.toString()).contains("IllegalStateException: defect", "\tat ");
    }
}
