package io.millrace.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A key that has another value in one configuration than in another.
 *
 * @param key    what differs.
 * @param from   the value before, as HOCON text.
 * @param to     the value after.
 * @param origin where the value after comes from; where that is the default, where the value before was set, which is
 *               where somebody took it away.
 */
public record ConfigChange(ConfigKey<?> key, String from, String to, Origin origin) {
    /** What differs, in the order of {@link ConfigKeys#ALL}. */
    public static List<ConfigChange> between(final MillraceConfig before, final MillraceConfig after) {
        final List<ConfigChange> changes = new ArrayList<>();
        for (final ConfigKey<?> key : ConfigKeys.ALL) {
            if (!before.get(key).equals(after.get(key))) {
                final Origin now = after.origin(key);
                changes.add(new ConfigChange(key, before.text(key), after.text(key),
                        now.source() == Origin.Source.DEFAULT ? before.origin(key) : now));
            }
        }
        return changes;
    }

    /** True where a running stack cannot follow. */
    public boolean needsRestart() {
        return key.atRunTime() == AtRunTime.RESTART;
    }

    /** As something that is wrong with the configuration, for a running stack cannot follow. */
    public ConfigProblem refused() {
        return refused("is " + from + " in the running stack, and only a restart changes it");
    }

    /** As something that is wrong with the configuration, for this reason. */
    public ConfigProblem refused(final String reason) {
        return new ConfigProblem(origin, key + " = " + to, reason);
    }

    /** E.g. {@code millrace.tcp.mss = 1400 (was 0, my.conf:3): for new connections}. */
    @Override
    public String toString() {
        return key + " = " + to + " (was " + from + ", " + origin + "): " + key.atRunTime();
    }
}
