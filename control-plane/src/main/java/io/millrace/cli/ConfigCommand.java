package io.millrace.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace config}: what is set, from where, and whether it is right. */
// @formatter:off
@Command(name = "config",
        synopsisSubcommandLabel = "COMMAND",
        description = "Show, check or document the configuration.",
        subcommands = {
                ConfigShowCommand.class,
                ConfigCheckCommand.class,
                ConfigReferenceCommand.class
        })
// @formatter:on
final class ConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
