package io.millrace.cli;

import io.millrace.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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
            err.flush();
            return ExitCode.REFUSED;
        }
        if (exception instanceof IOException && exception.getMessage() != null) {
            err.println(command.getColorScheme().errorText("millrace: " + sentence((IOException) exception)));
        } else {
            // Nothing that a user does should lead here: show all there is.
            exception.printStackTrace(err);
        }
        err.flush();
        return ExitCode.FAILED;
    }

    /** What failed; Java's file system says only which file where the reason is one of the two most frequent. */
    static String sentence(final IOException exception) {
        if (!(exception instanceof final FileSystemException file) || file.getReason() != null) {
            return exception.getMessage();
        }
        return file.getFile() + ": " + switch (file) {
            case NoSuchFileException missing -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            default -> file.getClass().getSimpleName();
        };
    }
}
