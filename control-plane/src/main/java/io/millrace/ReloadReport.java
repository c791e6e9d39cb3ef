package io.millrace;

import io.millrace.config.ConfigChange;
import io.millrace.config.ConfigException;
import io.millrace.config.ConfigProblem;
import io.millrace.config.MillraceConfig;
import io.millrace.config.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What became of a configuration that was read anew: either everything in it is in effect, or nothing has changed. Thread:
 * any.
 *
 * @param changes what differs from what was in effect, also where it was refused.
 * @param refused why nothing has changed; empty where everything has.
 */
public record ReloadReport(List<ConfigChange> changes, List<ConfigProblem> refused) {
    public ReloadReport {
        changes = List.copyOf(changes);
        refused = List.copyOf(refused);
    }

    /**
     * Of a configuration that cannot be read: what is wrong with it, and what it says beside that and only a restart changes.
     *
     * @param running what is in effect.
     */
    public static ReloadReport unreadable(final MillraceConfig running, final ConfigException unreadable) {
        final List<ConfigProblem> refused = new ArrayList<>(unreadable.problems());
        final MillraceConfig legible = unreadable.legible();
        if (legible != null) {
            // what stands at its default is not said: it may be what could not be read
            ConfigChange.between(running, legible).stream().filter(ConfigChange::needsRestart)
                    .filter(change -> legible.origin(change.key()).source() != Origin.Source.DEFAULT)
                    .map(ConfigChange::refused).forEach(refused::add);
        }
        return new ReloadReport(List.of(), refused);
    }

    /** True where nothing has changed because something cannot. */
    public boolean isRefused() {
        return !refused.isEmpty();
    }

    /** A sentence, and a line for each change, or for each reason. */
    public List<String> lines() {
        if (isRefused()) {
            return Stream
                    .concat(Stream.of("refused, nothing has changed:"), refused.stream().map(ConfigProblem::toString))
                    .toList();
        }
        return changes.isEmpty()
                ? List.of("nothing has changed: the configuration is the one in effect")
                : Stream.concat(Stream.of("reloaded, " + changes.size() + " changed:"),
                        changes.stream().map(ConfigChange::toString)).toList();
    }
}
