package io.millrace.cli;

import io.millrace.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says on standard error why a command failed, and chooses the exit code. */
final class FailureReport implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(final Exception exception, final CommandLine command,
            final ParseResult arguments) {
        final PrintWriter err = command.getErr();
        if (exception instanceof final ConfigException config) {
            config.problems().forEach(err::println);
            return ExitCode.REFUSED;
        }
        if (exception instanceof IOException && exception.getMessage() != null) {
            err.println(command.getColorScheme().errorText("millrace: " + exception.getMessage()));
        } else {
            // Nothing that a user does should lead here: show all there is.
            exception.printStackTrace(err);
        }
        err.flush();
        return ExitCode.FAILED;
    }
}
