package io.millrace.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Stands in the list of commands; the launcher runs the benchmarks, which are not part of what is installed, by itself. */
@Command(name = "bench", description = "Measure Millrace beside Netty's NIO, epoll and io_uring, in turn; builds the benchmarks first. "
        + "--quick: within ten minutes.")
final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Parameters(hidden = true)
    private String[] all = {};

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "The benchmarks are built and run by the launcher in the source tree: ./millrace bench --help");
    }
}
