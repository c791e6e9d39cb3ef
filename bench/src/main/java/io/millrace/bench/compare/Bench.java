package io.millrace.bench.compare;

import io.millrace.bench.compare.engine.EngineArenas;
import io.millrace.bench.compare.net.NamespaceArenas;
import io.millrace.bench.compare.node.LocalArenas;
import io.millrace.bench.compare.node.NodeProcess;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.ArenaFactory;
import io.millrace.bench.compare.run.DisturbanceMeter;
import io.millrace.bench.compare.run.Effort;
import io.millrace.bench.compare.run.Group;
import io.millrace.bench.compare.run.Plan;
import io.millrace.bench.compare.run.Rounds;
import io.millrace.bench.compare.run.Schedule;
import io.millrace.bench.machine.Environment;
import io.millrace.bench.ratio.RatioBaseline;
import io.millrace.bench.ratio.RatioCheck;
import io.millrace.config.MillraceConfig;
import io.millrace.config.TcpRecoveryKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace bench}. */
@Command(name = "millrace bench", description = {
        "Millrace beside Netty's NIO, epoll, epoll busy-wait and io_uring: the same handlers, in turn, in one run. Prints the"
                + " targets and how far each is met.",
        "Without root, cells of namespaces are left out. All cells take two and a half to four hours (see --list);"
                + " interrupted by Ctrl-C, it prints and writes what it has measured until then."}, footer = {"",
                        "Exit codes: 0 measured (whether targets are met or not), 1 something failed, or a ratio of --baseline is out of its band, 2 wrong"
                                + " usage, 130 interrupted by Ctrl-C."})
public final class Bench implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--quick", description = "Within ten minutes: fewer and shorter rounds, fewer cells.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write targets, cells and rounds there.")
    private @Nullable Path json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write the tables there.")
    private @Nullable Path markdown;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the tables and plots there, one page that needs nothing else.")
    private @Nullable Path html;

    @Option(names = "--only", split = ",", paramLabel = "WORKLOAD", completionCandidates = Names.Workloads.class, description = "Of ${COMPLETION-CANDIDATES}.")
    private EnumSet<Workload> workloads = EnumSet.noneOf(Workload.class);

    @Option(names = "--contenders", split = ",", paramLabel = "CONTENDER", completionCandidates = Names.Contenders.class, description = "Of ${COMPLETION-CANDIDATES}.")
    private EnumSet<Contender> contenders = EnumSet.noneOf(Contender.class);

    @Option(names = "--placements", split = ",", paramLabel = "PLACEMENT", completionCandidates = Names.Placements.class, description = "Of ${COMPLETION-CANDIDATES}.")
    private EnumSet<Placement> placements = EnumSet.noneOf(Placement.class);

    @Option(names = "--rounds", paramLabel = "N", description = "Of each cell.")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of a round.")
    private @Nullable Double seconds;

    @Option(names = "--jvm-options", paramLabel = "OPTIONS", description = "Further options of the JVMs of every contender, in one argument;"
            + " benchmarks of the engine alone are without.")
    private @Nullable String jvmOptions;

    @Option(names = "--baseline", paramLabel = "FILE", description = "Measure nothing but the ratios of JMH benchmarks in FILE (bench/baseline/ratios.txt);"
            + " exit code 1 where one is out of its band.")
    private @Nullable Path baseline;

    @Option(names = "--list", description = "Print what would be measured, and exit.")
    private boolean list;

    /** Runs it and ends the JVM. */
    public static void main(final String... arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        final CommandLine command = new CommandLine(new Bench());
        command.registerConverter(Workload.class, text -> Names.parse(Workload.class, text));
        command.registerConverter(Contender.class, text -> Names.parse(Contender.class, text));
        command.registerConverter(Placement.class, text -> Names.parse(Placement.class, text));
        command.setParameterExceptionHandler((wrong, arguments) -> {
            wrong.getCommandLine().getErr()
                    .println("millrace bench: " + wrong.getMessage() + "\nTry 'millrace bench --help'.");
            return CommandLine.ExitCode.USAGE;
        });
        command.setExecutionExceptionHandler((failure, failed, parsed) -> {
            failed.getErr().println("millrace bench: " + failure);
            return FAILED;
        });
        return command;
    }

    @Override
    public Integer call() throws IOException {
        if (baseline != null) {
            return ratios(baseline);
        }
        final Plan plan = plan();
        final PrintWriter out = spec.commandLine().getOut();
        if (list) {
            plan.groups().forEach(group -> out.println(describe(group)));
            final long minutes = Math.ceilDiv(plan.expectedNs(), TimeUnit.MINUTES.toNanos(1));
            out.printf(
                    "%d cells, at most %d rounds of %.1f s each; about %d h %d min, longer where other load disturbs rounds%n",
                    plan.cells(), plan.effort().rounds(), plan.effort().roundNs() / 1e9, minutes / 60, minutes % 60);
            return 0;
        }
        final Output output = new Output(out, spec.commandLine().getErr(), isPart(), json, markdown, html);
        output.unwritable().ifPresent(file -> {
            throw wrong("cannot write to " + file);
        });
        return measure(plan, output) ? 0 : FAILED;
    }

    private int ratios(final Path file) throws IOException {
        if (spec.commandLine().getParseResult().matchedOptions().size() > 1) {
            throw wrong("--baseline goes with no other option");
        }
        return RatioCheck.of(spec.commandLine().getOut()).holds(RatioBaseline.read(file)) ? 0 : FAILED;
    }

    private static String describe(final Group group) {
        final Map<String, List<String>> parts = new LinkedHashMap<>();
        group.cells().forEach(cell -> parts.computeIfAbsent(
                cell.workload().name() + " " + cell.placement().name() + (cell.rate() == 0 ? "" : " " + cell.rate()),
                part -> new ArrayList<>()).add(cell.contender().toString()));
        return parts.entrySet().stream().map(part -> part.getKey() + ": " + String.join(", ", part.getValue()))
                .collect(Collectors.joining("; "));
    }

    private Plan plan() {
        final Plan whole = (quick ? Plans.quick() : Plans.full()).only(workloads, placements, contenders);
        if (whole.groups().isEmpty()) {
            throw wrong("nothing is left to measure of that: see --list");
        }
        final Effort effort = whole.effort();
        if (rounds != null && rounds < 1 || seconds != null && !(seconds >= 0.01 && seconds <= 3_600)) {
            throw wrong("--rounds must be 1 or more, --seconds 0.01 to 3600");
        }
        final int count = rounds == null ? effort.rounds() : rounds;
        final long ns = seconds == null ? effort.roundNs() : (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        return whole.with(new Effort(count, Math.min(count, effort.least()), Math.max(2, effort.extra()),
                effort.sameJvm(), ns, effort.warmMs()));
    }

    private ParameterException wrong(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Returns whether nothing has failed. */
    private boolean measure(final Plan plan, final Output output) throws IOException {
        if (jvmOptions != null) {
            final String others = System.getProperty(NodeProcess.OPTIONS_PROPERTY, "");
            System.setProperty(NodeProcess.OPTIONS_PROPERTY, (others + " " + jvmOptions).strip());
        }
        final String load = Environment.currentLoad();
        final Ledger ledger = new Ledger(plan, new Console(System.err, plan.groups().size()));
        final Survivors survivors = new Survivors();
        survivors.takeDownAtEnd(() -> ledger.close(cells -> interrupted(results(plan, load, cells), output)));
        final Rounds turns = new Rounds(new Arenas(factories(plan.effort().warmMs()), survivors), plan.effort(),
                new DisturbanceMeter(),
                System::nanoTime);
        new Schedule(plan, turns, System::nanoTime).run(ledger);
        final AtomicBoolean good = new AtomicBoolean();
        ledger.close(cells -> good.set(output.put(results(plan, load, cells))));
        return good.get();
    }

    private static void interrupted(final Results results, final Output output) {
        final long measured = results.cells().stream().filter(CellResult::isMeasured).count();
        // nothing takes the place of a file that may be a whole run's
        if (measured > 0) {
            output.put(results);
        }
        output.err().printf("millrace bench: interrupted; %d of %d cells were measured%n", measured,
                results.cells().size());
        output.err().flush();
    }

    private Results results(final Plan plan, final String load, final List<CellResult> cells) {
        return new Results(typed(), plan.effort().rounds(), plan.effort().roundNs(), Environment.now(load),
                congestion(), cells);
    }

    private boolean isPart() {
        return !(workloads.isEmpty() && contenders.isEmpty() && placements.isEmpty());
    }

    private static Map<Placement, ArenaFactory> factories(final long warmMs) {
        final Map<Placement, ArenaFactory> factories = new EnumMap<>(Placement.class);
        final ArenaFactory local = new LocalArenas(warmMs);
        factories.put(Placement.ENGINE, new EngineArenas());
        List.of(Placement.ONE_LOOP, Placement.TWO_LOOPS, Placement.PROCESSES)
                .forEach(placement -> factories.put(placement, local));
        final ArenaFactory namespaces = new NamespaceArenas(warmMs);
        List.of(Placement.NAMESPACES, Placement.NAMESPACES_PLAIN)
                .forEach(placement -> factories.put(placement, namespaces));
        return factories;
    }

    private static String congestion() {
        return "the kernel " + LocalArenas.congestionControl() + ", Millrace "
                + MillraceConfig.builder().systemProperties().build().get(TcpRecoveryKeys.CONGESTION_CONTROL);
    }

    private String typed() {
        return ("./millrace bench " + String.join(" ", spec.commandLine().getParseResult().originalArgs())).strip();
    }
}
