package io.millrace.cli;

import io.millrace.observe.Metadata.Described;
import io.millrace.observe.Metadata.Kind;
import io.millrace.observe.Observer;
import io.millrace.observe.Reading;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code millrace stat}: live counters, like {@code nstat}. */
@Command(name = "stat", description = {
        "Print the counters of a running stack that are not 0, without stopping its loop.",
        "With --watch: what they counted in each interval, and how many a second."})
final class StatCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private StackTarget target;

    @Option(names = "--watch", paramLabel = "SECONDS", description = "Print again every so many seconds, until the stack ends or Ctrl-C.")
    private @Nullable Integer watch;

    @Option(names = "--count", paramLabel = "N", description = "With --watch: end after so many intervals.")
    private @Nullable Integer count;

    @Option(names = "--zeros", description = "Print counters that are 0 too.")
    private boolean zeros;

    @Option(names = "--json", description = "Print JSON; with --watch a line for each interval.")
    private boolean json;

    @Parameters(paramLabel = "PATTERN", description = "Only counters whose names match one of these, e.g. 'Tcp*' or retrans; * is anything.")
    private List<String> patterns = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check("--watch", watch);
        check("--count", count);
        try (Observer observer = target.open()) {
            if (watch == null) {
                print(observer, Map.of(), 0);
            } else {
                watch(observer, watch);
            }
        }
        return ExitCode.OK;
    }

    private void check(final String option, final @Nullable Integer value) {
        if (value != null && (value < 1 || value > 86_400)) {
            throw new ParameterException(spec.commandLine(), option + ' ' + value + ": must be 1 to 86400");
        }
    }

    private void watch(final Observer observer, final int seconds) throws InterruptedException {
        Map<Described, Long> before = values(observer.readings());
        long lastNs = System.nanoTime();
        for (int i = 0; (count == null || i < count) && observer.isAlive(); i++) {
            TimeUnit.NANOSECONDS.sleep(lastNs + TimeUnit.SECONDS.toNanos(seconds) - System.nanoTime());
            final long nowNs = System.nanoTime();
            before = print(observer, before, nowNs - lastNs);
            lastNs = nowNs;
        }
    }

    private static Map<Described, Long> values(final List<Reading> readings) {
        return readings.stream().collect(Collectors.toMap(Reading::described, Reading::value));
    }

    /** Returns the values now. @param intervalNs 0: no interval, but all since the stack's start. */
    private Map<Described, Long> print(final Observer observer, final Map<Described, Long> before,
            final long intervalNs) {
        final PrintWriter out = spec.commandLine().getOut();
        final List<Reading> readings = observer.readings();
        final List<Line> lines = readings.stream().filter(reading -> matches(reading.label()))
                .map(reading -> new Line(reading, delta(reading, before), intervalNs))
                .filter(line -> zeros || line.value != 0).toList();
        if (json) {
            out.println(JsonText.of(json(observer, lines)));
        } else {
            out.println(observer.metadata().stack() + ", process " + observer.pid());
            final TextTable table = new TextTable(intervalNs == 0
                    ? List.of("Name", "Value", "Unit", "What")
                    : List.of("Name", "Value", "A second", "Unit"));
            lines.forEach(line -> table.row(line.cells()));
            table.lines().forEach(out::println);
            if (lines.isEmpty()) {
                out.println(nothing(readings));
            }
        }
        out.flush();
        return values(readings);
    }

    /** A table without rows is told apart from a name that does not exist. */
    private String nothing(final List<Reading> readings) {
        return readings.stream().anyMatch(reading -> matches(reading.label()))
                ? "(all 0; --zeros prints them)"
                : "(no counter has such a name)";
    }

    private static long delta(final Reading reading, final Map<Described, Long> before) {
        return reading.described().kind() == Kind.COUNT
                ? reading.value() - before.getOrDefault(reading.described(), 0L)
                : reading.value();
    }

    private Map<String, Object> json(final Observer observer, final List<Line> lines) {
        final Map<String, Object> all = new LinkedHashMap<>();
        all.put("pid", observer.pid());
        all.put("stack", observer.metadata().stack());
        if (!lines.isEmpty() && lines.getFirst().intervalNs != 0) {
            all.put("interval-ns", lines.getFirst().intervalNs);
        }
        all.put("counters", lines.stream().map(Line::json).toList());
        return all;
    }

    private boolean matches(final String label) {
        return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> matches(pattern, label));
    }

    /** A text without {@code *} may stand anywhere in the name. */
    static boolean matches(final String pattern, final String label) {
        final String glob = pattern.indexOf('*') < 0 ? '*' + pattern + '*' : pattern;
        final String expression = ("\\Q" + glob.toLowerCase(Locale.ROOT) + "\\E").replace("*", "\\E.*\\Q");
        return Pattern.matches(expression, label.toLowerCase(Locale.ROOT));
    }

    /** A counter, with what it counted in the interval; a gauge, as it is. */
    private record Line(Reading reading, long value, long intervalNs) {
        Map<String, Object> json() {
            final Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", reading.label());
            json.put("value", value);
            json.put("unit", reading.described().unit());
            if (!reading.engines().isEmpty()) {
                json.put("engines", reading.engines());
            }
            return json;
        }

        List<String> cells() {
            final String unit = reading.described().unit();
            if (intervalNs == 0) {
                return List.of(reading.label(), Long.toString(value), unit, reading.described().text());
            }
            final boolean counts = reading.described().kind() == Kind.COUNT;
            return List.of(reading.label(), Long.toString(value),
                    counts ? String.format(Locale.ROOT, "%.1f", value * 1e9 / intervalNs) : "", unit);
        }
    }
}
