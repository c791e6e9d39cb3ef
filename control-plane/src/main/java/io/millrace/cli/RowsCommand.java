package io.millrace.cli;

import io.millrace.observe.FileLayout;
import io.millrace.observe.Observer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Commands that print what the control plane of a running stack has, a line for each, whatever its columns. */
abstract class RowsCommand implements Callable<Integer> {
    private final long kind;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackTarget target;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    RowsCommand(final long kind) {
        this.kind = kind;
    }

    @Override
    public final Integer call() throws IOException {
        final List<Map<String, String>> rows;
        try (Observer observer = target.open()) {
            rows = observer.rows(kind);
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.of(rows));
        } else {
            table(rows).lines().forEach(out::println);
        }
        out.flush();
        return ExitCode.OK;
    }

    private static TextTable table(final List<Map<String, String>> rows) {
        final Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> columns.addAll(row.keySet()));
        final List<String> names = new ArrayList<>(columns);
        final TextTable table = new TextTable(names.isEmpty() ? List.of("(none)") : names);
        rows.forEach(row -> table.row(names.stream().map(name -> row.getOrDefault(name, "")).toList()));
        return table;
    }

    /** The command {@code millrace listeners}. */
    @Command(name = "listeners", description = "Print the listeners of a running stack with their queues, now and at their highest.")
    static final class ListenersCommand extends RowsCommand {
        ListenersCommand() {
            super(FileLayout.KIND_LISTENERS);
        }
    }

    /** The command {@code millrace neighbours}. */
    @Command(name = "neighbours", description = "Print the neighbours of a running stack and their states, like `ip neigh`.")
    static final class NeighboursCommand extends RowsCommand {
        NeighboursCommand() {
            super(FileLayout.KIND_NEIGHBOURS);
        }
    }

    /** The command {@code millrace routes}. */
    @Command(name = "routes", description = "Print the addresses and routes of a running stack.")
    static final class RoutesCommand extends RowsCommand {
        RoutesCommand() {
            super(FileLayout.KIND_ROUTES);
        }
    }
}
