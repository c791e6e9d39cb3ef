package io.millrace.cli;

import picocli.CommandLine;

/** Exit codes of every command. */
final class ExitCode {
    /** All is well. */
    static final int OK = CommandLine.ExitCode.OK;
    /** The command began and failed. */
    static final int FAILED = CommandLine.ExitCode.SOFTWARE;
    /** Wrong usage or a wrong configuration; nothing was started. */
    static final int REFUSED = CommandLine.ExitCode.USAGE;

    private ExitCode() {}
}
