package io.millrace.config;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the key that somebody meant who wrote one that does not exist. */
final class NearestKey {
    private static final String ROOT = "millrace";
    private static final List<String> PATHS = ConfigKeys.ALL.stream().map(ConfigKey::path).toList();

    private NearestKey() {}

    /** True for {@code millrace} and what stands directly below it. */
    static boolean isGroup(final String path) {
        return path.equals(ROOT) || ConfigKeys.GROUPS.containsKey(path);
    }

    /** What to say of a key that does not exist. */
    static String unknown(final String path) {
        final String sameName = sameName(path);
        return "unknown key, " + suggestion(path, sameName == null ? nearest(path, PATHS) : sameName);
    }

    /** What to say of a group that does not exist. */
    static String unknownGroup(final String path) {
        final String nearest = nearest(path, ConfigKeys.GROUPS.keySet());
        return "unknown group, " + suggestion(path, distance(path, ROOT) <= 2 ? ROOT : nearest);
    }

    private static String suggestion(final String path, final String nearest) {
        // Half of the letters wrong is no misspelling any more.
        final boolean close = distance(path, nearest) <= Math.max(2, path.length() / 2);
        return close ? "did you mean " + nearest + "?" : "`millrace config reference` lists all";
    }

    /** The key of another group that has the same last part, where there is just one. */
    private static @Nullable String sameName(final String path) {
        final String name = path.substring(path.lastIndexOf('.') + 1);
        final List<String> same = PATHS.stream().filter(key -> key.endsWith('.' + name)).toList();
        return same.size() == 1 ? same.getFirst() : null;
    }

    static String nearest(final String path, final Collection<String> candidates) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (final String candidate : candidates) {
            final int distance = distance(path, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /**
     * How many insertions, deletions, substitutions and swaps of neighbours make one text of another (Damerau 1964, in
     * the restricted form: nothing is edited twice).
     */
    static int distance(final String from, final String to) {
        final int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= to.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            for (int j = 1; j <= to.length(); j++) {
                final int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[from.length()][to.length()];
    }
}
