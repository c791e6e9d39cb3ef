package io.millrace.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code millrace}. */
// @formatter:off: a command is one line.
@Command(name = "millrace",
        versionProvider = VersionReport.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "A userspace TCP/IP stack for the JVM.",
        footer = { "",
                "Exit codes: 0 done, 1 failed, 2 wrong usage or wrong configuration (nothing was started, or changed)." },
        subcommands = {
                DemoCommand.class,
                ServeCommand.class,
                FetchCommand.class,
                WireCommand.class,
                StatCommand.class,
                ConnectionsCommand.class,
                RowsCommand.ListenersCommand.class,
                RowsCommand.NeighboursCommand.class,
                RowsCommand.RoutesCommand.class,
                DoctorCommand.class,
                ReloadCommand.class,
                MemoryCommand.class,
                BenchCommand.class,
                ConfigCommand.class
        })
// @formatter:on
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = {"-h",
            "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help and exit.")
    private boolean help;

    @Option(names = {"-V",
            "--version"}, versionHelp = true, description = "Show version, commit, JDK and packet ports, and exit.")
    private boolean version;

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(final String... arguments) {
        System.exit(commandLine(isTerminal()).execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    static CommandLine commandLine(final boolean colours) {
        final CommandLine commandLine = new CommandLine(new Main());
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(colours ? Ansi.ON : Ansi.OFF));
        commandLine.setUsageHelpAutoWidth(colours);
        commandLine.setParameterExceptionHandler(Main::onWrongUsage);
        commandLine.setExecutionExceptionHandler(new FailureReport());
        return commandLine;
    }

    /** Colours are for people: on a terminal, and not where {@code NO_COLOR} is set (no-color.org). */
    private static boolean isTerminal() {
        final String noColour = System.getenv("NO_COLOR");
        return (noColour == null || noColour.isEmpty()) && !"dumb".equals(System.getenv("TERM"))
                && System.console() != null && System.console().isTerminal();
    }

    private static int onWrongUsage(final ParameterException exception, final String[] arguments) {
        final CommandLine command = exception.getCommandLine();
        final PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText("millrace: " + exception.getMessage()));
        UnmatchedArgumentException.printSuggestions(exception, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.REFUSED;
    }
}
