package io.millrace.cli;

import io.millrace.config.MemoryPlan;
import io.millrace.config.MillraceConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code millrace memory}: what a stack may come to, before it is started. */
@Command(name = "memory", description = {
        "Print the memory that a stack may come to outside of the heap, part by part, and the keys that decide.",
        "It is reserved at start, and taken as it is used. Exit code 2 where there is not so much."})
final class MemoryCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file, HOCON. "
            + "Without: defaults and system properties.")
    private @Nullable Path file;

    @Override
    public Integer call() {
        final MemoryPlan plan = MemoryPlan.of(file == null ? MillraceConfig.load() : MillraceConfig.load(file));
        final TextTable table = new TextTable(List.of("part", "engines", "MiB each", "MiB", "key"));
        for (final MemoryPlan.Part part : plan.parts()) {
            table.row(List.of(part.name(), Integer.toString(part.engines()), mib(part.bytes()), mib(part.total()),
                    part.key()));
        }
        table.row(List.of("total", "", "", mib(plan.total()), ""));
        table.row(List.of("limit", "", "", mib(plan.limitBytes()), "millrace.engine.memory-limit"));
        final PrintWriter out = spec.commandLine().getOut();
        table.lines().forEach(out::println);
        if (!plan.fits()) {
            spec.commandLine().getErr().println(plan.refusal());
        }
        out.flush();
        return plan.fits() ? ExitCode.OK : ExitCode.REFUSED;
    }

    private static String mib(final long bytes) {
        return Long.toString(MemoryPlan.mib(bytes));
    }
}
