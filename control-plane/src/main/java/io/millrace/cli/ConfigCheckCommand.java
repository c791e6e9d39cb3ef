package io.millrace.cli;

import io.millrace.config.MillraceConfig;
import io.millrace.control.lifecycle.DeviceOpener;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code millrace config check}; a wrong file ends in {@link FailureReport}. */
@Command(name = "check", description = {
        "Check a configuration file, and start nothing. Prints every problem with its line; exit code 2 where there is"
                + " one.",
        "System properties are not looked at."})
final class ConfigCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The file, HOCON.")
    private Path file;

    @Override
    public Integer call() {
        DeviceOpener.discover().check(MillraceConfig.builder().file(file).build());
        spec.commandLine().getOut().println(file + ": ok");
        return ExitCode.OK;
    }
}
