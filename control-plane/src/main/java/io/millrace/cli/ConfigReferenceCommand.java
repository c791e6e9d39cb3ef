package io.millrace.cli;

import io.millrace.config.ConfigReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code millrace config reference}. */
@Command(name = "reference", description = {
        "Print an annotated configuration file with every key at its default: unit, range, meaning, and what Linux"
                + " calls it."})
final class ConfigReferenceCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().print(ConfigReference.render());
        spec.commandLine().getOut().flush();
    }
}
