package io.millrace.config;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A configuration is not usable; holds everything that is wrong with it, one line a problem. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigProblem> problems;
    private final transient @Nullable MillraceConfig legible;

    /** @param problems at least one. */
    public ConfigException(final List<ConfigProblem> problems) {
        this(problems, null);
    }

    ConfigException(final List<ConfigProblem> problems, final @Nullable MillraceConfig legible) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
        this.legible = legible;
    }

    /**
     * What could be read, with defaults in the place of the rest: to look at, never to run a stack with; null where nothing
     * was read.
     */
    public @Nullable MillraceConfig legible() {
        return legible;
    }

    /** All problems, in the order of the sources. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
