package io.millrace.bench.compare.engine;

import io.millrace.bench.EngineBenchmark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.RunnerException;

/**
 * One benchmark of JMH with a value for each of its parameters. Written {@code Class.method}, and behind it, in brackets,
 * {@code name=value} with commas between.
 *
 * @param name       class and method, within {@code io.millrace.bench}.
 * @param parameters the others have all the values that the benchmark itself names: then it is more than one.
 */
public record JmhCase(String name, Map<String, String> parameters) {
    private static final String PACKAGE = "io.millrace.bench.";
    private static final Pattern TEXT = Pattern.compile("(\\w+\\.\\w+)(?:\\((\\w+=\\w+(?:,\\w+=\\w+)*)\\))?");

    /** Sorts the parameters. */
    public JmhCase {
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    }

    /** @throws IllegalArgumentException where it is not written as one. */
    public static JmhCase parse(final String text) {
        final Matcher parts = TEXT.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("no benchmark: \"" + text.strip() + "\"");
        }
        final Map<String, String> parameters = new TreeMap<>();
        if (parts.group(2) != null) {
            for (final String parameter : parts.group(2).split(",")) {
                final String[] halves = parameter.split("=");
                parameters.put(halves[0], halves[1]);
            }
        }
        return new JmhCase(parts.group(1), parameters);
    }

    /** What {@link EngineNode} is told: a regular expression that only this benchmark matches, then the parameters. */
    List<String> arguments() {
        final List<String> arguments = new ArrayList<>(List.of("^" + Pattern.quote(PACKAGE + name) + "$"));
        parameters.forEach((parameter, value) -> arguments.add(parameter + "=" + value));
        return arguments;
    }

    /** One short measurement in this JVM, of which nothing stays: whether it runs, not how fast. */
    public EngineFigures runHere() throws RunnerException {
        try {
            return EngineNode.measure(arguments(), 1, 1);
        } finally {
            EngineBenchmark.Idle.drop();
        }
    }

    @Override
    public String toString() {
        return parameters.isEmpty()
                ? name
                : name + parameters.toString().replace(" ", "").replace('{', '(').replace('}', ')');
    }
}
