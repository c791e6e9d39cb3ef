package io.millrace.cli;

import io.millrace.config.ConfigKey;
import io.millrace.config.ConfigKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.Origin.Source;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code millrace config show}; what it prints is itself a configuration file. */
@Command(name = "show", description = "Print the configuration in effect, and where each value comes from.")
final class ConfigShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file, HOCON. "
            + "Without: defaults and system properties.")
    private @Nullable Path file;

    @Override
    public Integer call() {
        final MillraceConfig config = file == null ? MillraceConfig.load() : MillraceConfig.load(file);
        final int column = ConfigKeys.ALL.stream().mapToInt(key -> line(config, key).length()).max().orElse(0);
        final PrintWriter out = spec.commandLine().getOut();
        for (final ConfigKey<?> key : ConfigKeys.ALL) {
            out.println(coloured(config, key, line(config, key) + " ".repeat(column - line(config, key).length())));
        }
        out.flush();
        return ExitCode.OK;
    }

    private static String line(final MillraceConfig config, final ConfigKey<?> key) {
        return key + " = " + config.text(key);
    }

    private String coloured(final MillraceConfig config, final ConfigKey<?> key, final String line) {
        final String text = line + "  # " + config.origin(key);
        final boolean changed = config.origin(key).source() != Source.DEFAULT;
        final Ansi ansi = spec.commandLine().getColorScheme().ansi();
        return changed && ansi.enabled() ? Style.bold.on() + text + Style.bold.off() : text;
    }
}
