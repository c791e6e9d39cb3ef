package io.millrace.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads settings from HOCON. What is wrong is noted, and reading goes on where it can. */
final class HoconSource {
    private static final ConfigParseOptions OPTIONS = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF)
            .setAllowMissing(false);
    /** What stands first comes first. */
    static final Comparator<Map.Entry<String, ConfigValue>> BY_LINE = Comparator
            .comparingInt(HoconSource::line).thenComparing(Map.Entry::getKey);

    private HoconSource() {}

    private static int line(final Map.Entry<String, ConfigValue> entry) {
        return entry.getValue().origin().lineNumber();
    }

    static void file(final Path file, final Settings into) {
        final String unreadable = unreadable(file);
        if (unreadable != null) {
            into.problem(Origin.file(file.toString(), 0), "", unreadable);
            return;
        }
        read(() -> ConfigFactory.parseFile(file.toFile(), OPTIONS), file.toString(), into);
    }

    static void text(final String text, final Settings into) {
        read(() -> ConfigFactory.parseString(text, OPTIONS.setOriginDescription("text")), "text", into);
    }

    private static @Nullable String unreadable(final Path file) {
        if (!Files.exists(file)) {
            return "no such file";
        }
        if (Files.isDirectory(file)) {
            return "is a directory, must be a file";
        }
        return Files.isReadable(file) ? null : "permission denied";
    }

    private static void read(final Supplier<Config> source, final String name, final Settings into) {
        try {
            walk("", source.get().resolve().root(), into);
        } catch (final com.typesafe.config.ConfigException e) {
            final ConfigOrigin origin = e.origin();
            // The library calls the brace that is missing at the end of a file a parenthesis.
            final String message = String.valueOf(e.getMessage()).replace("close parentheses ')'", "'}'");
            if (origin == null) {
                into.problem(Origin.file(name, 0), "", message);
            } else {
                final String place = origin.description() + ": ";
                into.problem(Origin.of(origin), "",
                        message.startsWith(place) ? message.substring(place.length()) : message);
            }
        }
    }

    private static void walk(final String prefix, final ConfigObject object, final Settings into) {
        final List<Map.Entry<String, ConfigValue>> entries = object.entrySet().stream().sorted(BY_LINE).toList();
        for (final Map.Entry<String, ConfigValue> entry : entries) {
            final String name = ConfigUtil.joinPath(entry.getKey());
            final String path = prefix.isEmpty() ? name : prefix + '.' + name;
            final ConfigValue value = entry.getValue();
            final ConfigKey<?> key = ConfigKeys.find(path);
            if (key != null) {
                into.read(key, value, Origin.of(value.origin()));
            } else if (!NearestKey.isGroup(path)) {
                unknown(path, value, into);
            } else if (value instanceof final ConfigObject group) {
                walk(path, group, into);
            } else {
                into.problem(Origin.of(value.origin()), path,
                        "is a group of keys, must be written " + path + " { ... }");
            }
        }
    }

    /** An unknown group is named once; one that holds a single key is most often a path with a misspelt part. */
    private static void unknown(final String path, final ConfigValue value, final Settings into) {
        if (value instanceof final ConfigObject group && group.size() == 1) {
            final Map.Entry<String, ConfigValue> only = group.entrySet().iterator().next();
            unknown(path + '.' + ConfigUtil.joinPath(only.getKey()), only.getValue(), into);
        } else {
            final boolean group = value instanceof ConfigObject;
            into.problem(Origin.of(value.origin()), path,
                    group ? NearestKey.unknownGroup(path) : NearestKey.unknown(path));
        }
    }
}
