package io.millrace.cli;

import io.millrace.fastpath.tcp.TcpState;
import io.millrace.observe.ObservedConnection;
import io.millrace.observe.Observer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace connections}, like {@code ss -tiepm}. Lines come as the engines answer. */
@Command(name = "connections", description = {
        "Print the TCP connections, or the UDP endpoints, of a running stack, without stopping its loop: state, queues,"
                + " timer that fires first, owner, then TCP information and memory, like `ss -tiepm`.",
        "Recv-Q: received and not taken by the application; Send-Q: not acknowledged by the peer."})
final class ConnectionsCommand implements Callable<Integer> {
    /** Rows that a column is measured over: so many are held, the rest is printed in the same widths or wider. */
    private static final int PAGE = 256;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackTarget target;

    @Mixin
    private ConnectionFilter filter;

    @Option(names = "--brief", description = "One line for each connection.")
    private boolean brief;

    @Option(names = "--summary", description = "Only how many there are in each state.")
    private boolean summary;

    @Option(names = "--udp", description = "UDP endpoints in the place of connections, like `ss -u`.")
    private boolean udp;

    @Option(names = "--json", description = "Print JSON, a connection or endpoint a line.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (udp && (summary || filter.isOfStates())) {
            throw new ParameterException(spec.commandLine(), "--udp: --state and --summary are of connections alone");
        }
        try (Observer observer = target.open()) {
            if (udp) {
                EndpointList.print(observer, filter, json, spec.commandLine().getOut());
            } else if (summary) {
                printSummary(observer);
            } else {
                print(observer);
            }
        }
        return ExitCode.OK;
    }

    private void print(final Observer observer) throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final List<ObservedConnection> page = new ArrayList<>();
        final boolean[] first = {true};
        observer.connections(connection -> {
            if (!filter.matches(connection)) {
                return;
            }
            if (json) {
                out.println(JsonText.of(ConnectionText.json(connection)));
                return;
            }
            page.add(connection);
            if (page.size() == PAGE) {
                printPage(page, first, out);
            }
        });
        if (!json && (first[0] || !page.isEmpty())) {
            printPage(page, first, out);
        }
        out.flush();
    }

    private void printPage(final List<ObservedConnection> page, final boolean[] first, final PrintWriter out) {
        final TextTable table = new TextTable(ConnectionText.header());
        page.forEach(connection -> table.row(ConnectionText.cells(connection)));
        final List<String> lines = table.lines();
        if (first[0]) {
            out.println(lines.getFirst());
        }
        for (int i = 0; i < page.size(); i++) {
            out.println(lines.get(i + 1));
            final String details = brief ? "" : ConnectionText.details(page.get(i));
            if (!details.isEmpty()) {
                out.println("    " + details);
            }
        }
        first[0] = false;
        page.clear();
    }

    private void printSummary(final Observer observer) throws IOException {
        final Map<TcpState, Long> states = new EnumMap<>(
                TcpState.class);
        observer.connections(connection -> {
            if (filter.matches(connection)) {
                states.merge(connection.state(), 1L, Long::sum);
            }
        });
        final PrintWriter out = spec.commandLine().getOut();
        final Map<String, Long> named = states.entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().name().toLowerCase(Locale.ROOT), Map.Entry::getValue,
                        (one, other) -> one, LinkedHashMap::new));
        named.put("total", states.values().stream().mapToLong(Long::longValue).sum());
        if (json) {
            out.println(JsonText.of(named));
        } else {
            final TextTable table = new TextTable(List.of("State", "Connections"));
            named.forEach((state, count) -> table.row(List.of(state, Long.toString(count))));
            table.lines().forEach(out::println);
        }
        out.flush();
    }
}
