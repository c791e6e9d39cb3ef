package io.millrace.bench;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;

/** How every tool of this package begins. Thread: the main thread. */
final class CommandLineTool {
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    private CommandLineTool() {}

    /**
     * Runs a tool and ends the JVM.
     *
     * @param tool     makes it, annotated for picocli.
     * @param logLevel what the stacks log from, where the user has said nothing; stacks are opened and closed in numbers.
     */
    static void run(final Supplier<Callable<Integer>> tool, final String logLevel, final String... arguments) {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, logLevel);
        }
        System.exit(new CommandLine(tool.get()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
    }
}
