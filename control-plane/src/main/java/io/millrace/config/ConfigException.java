package io.millrace.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration is not usable; holds everything that is wrong with it, one line a problem. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigProblem> problems;

    /** @param problems at least one. */
    public ConfigException(final List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All problems, in the order of the sources. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
