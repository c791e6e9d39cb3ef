package io.millrace.bench.compare.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of targets.
 *
 * @param name   what is measured.
 * @param target what is asked for.
 * @param parts  its conditions: all must be met.
 */
public record Target(String name, String target, List<Part> parts) {
    /** Copies the list. */
    public Target {
        parts = List.copyOf(parts);
    }

    /** What was measured. */
    public String value() {
        final String measured = parts.stream().filter(part -> part.missing() == null).map(Part::text)
                .collect(Collectors.joining("; "));
        final String missing = missing();
        return measured.isEmpty() ? missing : missing.isEmpty() ? measured : measured + "; " + missing;
    }

    /** Of the part that is furthest from being met; NaN where none was measured. */
    public double ratio() {
        return parts.stream().mapToDouble(Part::ratio).filter(ratio -> !Double.isNaN(ratio)).min().orElse(Double.NaN);
    }

    /**
     * Null where that cannot be told: nothing that was measured falls short, but something was not, or other load disturbed
     * what would have to show it.
     */
    public @Nullable Boolean met() {
        if (parts.stream().anyMatch(part -> part.missing() == null && !part.isMet())) {
            return false;
        }
        return parts.stream().allMatch(part -> part.isMet() && !part.disturbed()) ? true : null;
    }

    /** Whether a part of it was measured, or was to be. */
    boolean isPartOfRun() {
        return parts.stream().anyMatch(part -> !Figures.NOT_OF_RUN.equals(part.missing()));
    }

    /** Whether a part of it rests on rounds that other load disturbed. */
    public boolean disturbed() {
        return parts.stream().anyMatch(Part::disturbed);
    }

    /** Why parts were not measured; empty where all were. */
    public String missing() {
        final Map<String, List<Part>> reasons = parts.stream().filter(part -> part.missing() != null).collect(Collectors
                .groupingBy(part -> Objects.requireNonNull(part.missing()), LinkedHashMap::new, Collectors.toList()));
        return reasons.entrySet().stream().map(entry -> "not measured: "
                + (entry.getValue().size() == parts.size()
                        ? entry.getKey()
                        : entry.getValue().stream().map(Part::text).collect(Collectors.joining(", ")) + " ("
                                + entry.getKey() + ")"))
                .collect(Collectors.joining("; "));
    }
}
